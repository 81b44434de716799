//! What is logged, and how.

use crate::config::LogFormat;
use crate::output::visible;
use tracing::level_filters::LevelFilter;
use tracing::{Level, Subscriber};
use tracing_subscriber::field::MakeExt as _;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::debug_fn;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::{Layer as _, fmt};

/// Logs to a writer. The level applies to this program alone: at lower levels, libraries
/// log requests and queries with the secrets in them. A text log has one line for each
/// event, whatever a provider's text contains.
pub fn subscriber<W>(level: Level, format: LogFormat, writer: W) -> impl Subscriber
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let targets = Targets::new().with_default(LevelFilter::WARN).with_target("sync_agent", level);
    let layer = fmt::layer().with_writer(writer);
    let layer = match format {
        LogFormat::Text => layer
            .fmt_fields(
                debug_fn(|writer, field, value| {
                    let value = format!("{value:?}");
                    match field.name() {
                        "message" => write!(writer, "{}", visible(&value)),
                        name => write!(writer, "{name}={}", visible(&value)),
                    }
                })
                .delimited(" "),
            )
            .with_ansi(false)
            .with_target(false)
            .boxed(),
        LogFormat::Json => layer.json().flatten_event(true).boxed(),
    };
    tracing_subscriber::registry().with(layer.with_filter(targets))
}
