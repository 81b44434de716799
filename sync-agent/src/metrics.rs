//! Counts and measures for Prometheus, in the OpenMetrics text format
//! (<https://prometheus.io/docs/specs/om/open_metrics_spec/>). Labels name providers, kinds of
//! messages and outcomes, never a calendar or a person, so that the number of series does not grow.

use crate::database::Measured;
use crate::part::Part;
use prometheus_client::encoding::text::encode;
use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::{Family, MetricConstructor};
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

/// The media type of the format.
pub const MEDIA_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// The upper bounds of the parts of a histogram, in seconds.
const SECONDS: [f64; 10] = [0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0];

/// The outcomes of a pull.
const PULLS: [&str; 4] = ["changed", "unchanged", "gone", "failed"];
/// The outcomes of a push.
const PUSHES: [&str; 6] = ["written", "removed", "found", "conflict", "gone", "failed"];
/// The outcomes of a call of a provider.
const CALLS: [&str; 2] = ["ok", "failed"];
/// The outcomes of a notification of a provider.
const RECEIVED: [&str; 2] = ["accepted", "refused"];
/// What messages are about.
const KINDS: [&str; 14] = [
    "booked",
    "requested",
    "confirmed",
    "declined",
    "rescheduled",
    "cancelled",
    "booking_failed",
    "manual_booking",
    "reminder",
    "unwritten",
    "needs_reconnect",
    "sync_failing",
    "alert",
    "recovered",
];
/// How messages are sent.
const CHANNELS: [&str; 3] = ["email", "sms", "webhook"];
/// The outcomes of an attempt to send a message.
const SENT: [&str; 4] = ["sent", "delayed", "failed", "skipped"];

/// How calendars can do.
const STATES: [&str; 3] = ["ok", "failing", "off"];

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Provider {
    provider: Name,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Ended {
    provider: Name,
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct State {
    provider: Name,
    state: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Message {
    kind: &'static str,
    channel: &'static str,
    outcome: &'static str,
}

/// A provider as a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Name(Part);

impl EncodeLabelValue for Name {
    fn encode(
        &self,
        encoder: &mut prometheus_client::encoding::LabelValueEncoder<'_>,
    ) -> Result<(), std::fmt::Error> {
        self.0.name().encode(encoder)
    }
}

type Counts = Family<Ended, Counter>;
type Durations = Family<Provider, Histogram, Buckets>;
type Level = Gauge<f64, AtomicU64>;

/// Makes histograms with [`SECONDS`].
#[derive(Debug, Clone)]
struct Buckets;

impl MetricConstructor<Histogram> for Buckets {
    fn new_metric(&self) -> Histogram {
        Histogram::new(SECONDS)
    }
}

/// What the agent counts and measures.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    pulls: Counts,
    pull_duration: Durations,
    pushes: Counts,
    calls: Counts,
    call_duration: Durations,
    received: Counts,
    messages: Family<Message, Counter>,
    database_up: Gauge,
    calendars: Family<State, Gauge>,
    calendar_age: Family<Provider, Level>,
    outbox_open: Family<Provider, Gauge>,
    outbox_oldest: Family<Provider, Level>,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("calendar_agent");
        let mut metrics = Self {
            pulls: Counts::default(),
            pull_duration: Durations::new_with_constructor(Buckets),
            pushes: Counts::default(),
            calls: Counts::default(),
            call_duration: Durations::new_with_constructor(Buckets),
            received: Counts::default(),
            messages: Family::default(),
            database_up: Gauge::default(),
            calendars: Family::default(),
            calendar_age: Family::default(),
            outbox_open: Family::default(),
            outbox_oldest: Family::default(),
            registry: Registry::default(),
        };
        let build = Info::new([("version", env!("CARGO_PKG_VERSION"))]);
        registry.register("build", "The program", build);
        metrics.register(&mut registry);
        metrics.begin();
        metrics.registry = registry;
        metrics
    }
}

impl Metrics {
    fn register(&self, to: &mut Registry) {
        to.register("pulls", "Pulls of calendars that have ended", self.pulls.clone());
        to.register(
            "pull_duration_seconds",
            "How long pulls of calendars took",
            self.pull_duration.clone(),
        );
        to.register(
            "pushes",
            "Writes of bookings and deadlines that have ended",
            self.pushes.clone(),
        );
        to.register("provider_calls", "Calls of providers that have ended", self.calls.clone());
        to.register(
            "provider_call_duration_seconds",
            "How long calls of providers took",
            self.call_duration.clone(),
        );
        to.register(
            "webhooks_received",
            "Notifications that providers have sent",
            self.received.clone(),
        );
        to.register(
            "notifications",
            "Attempts to send a message that have ended",
            self.messages.clone(),
        );
        to.register(
            "database_up",
            "Whether the last call of the database succeeded",
            self.database_up.clone(),
        );
        to.register("calendars", "Calendars, by how they are in sync", self.calendars.clone());
        to.register(
            "calendar_age_seconds_max",
            "How long ago the calendar that has waited longest was in sync",
            self.calendar_age.clone(),
        );
        to.register(
            "outbox_open",
            "Changes of bookings that are not yet at the provider",
            self.outbox_open.clone(),
        );
        to.register(
            "outbox_oldest_seconds",
            "The age of the oldest change that is not yet at the provider",
            self.outbox_oldest.clone(),
        );
    }

    /// Has every series there from the start.
    fn begin(&self) {
        for provider in Part::PROVIDERS.map(Name) {
            let each = |counts: &Counts, outcomes: &[&'static str]| {
                for &outcome in outcomes {
                    drop(counts.get_or_create(&Ended { provider, outcome }));
                }
            };
            each(&self.pulls, &PULLS);
            each(&self.pushes, &PUSHES);
            each(&self.calls, &CALLS);
            each(&self.received, &RECEIVED);
            let label = Provider { provider };
            drop(self.pull_duration.get_or_create(&label));
            drop(self.call_duration.get_or_create(&label));
            drop(self.calendar_age.get_or_create(&label));
            drop(self.outbox_open.get_or_create(&label));
            drop(self.outbox_oldest.get_or_create(&label));
            for state in STATES {
                drop(self.calendars.get_or_create(&State { provider, state }));
            }
        }
        for kind in KINDS {
            for channel in CHANNELS {
                for outcome in SENT {
                    drop(self.messages.get_or_create(&Message { kind, channel, outcome }));
                }
            }
        }
    }

    /// A pull of a calendar has ended.
    pub fn pulled(&self, provider: &str, outcome: &'static str, took: Duration) {
        if let Some(provider) = named(provider) {
            self.pulls.get_or_create(&Ended { provider, outcome }).inc();
            self.pull_duration.get_or_create(&Provider { provider }).observe(took.as_secs_f64());
        }
    }

    /// A write of a booking or a deadline has ended.
    pub fn pushed(&self, provider: &str, outcome: &'static str) {
        if let Some(provider) = named(provider) {
            self.pushes.get_or_create(&Ended { provider, outcome }).inc();
        }
    }

    /// A call of a provider has ended.
    pub fn called(&self, part: Part, is_ok: bool, took: Duration) {
        let provider = Name(part);
        let outcome = if is_ok { "ok" } else { "failed" };
        self.calls.get_or_create(&Ended { provider, outcome }).inc();
        self.call_duration.get_or_create(&Provider { provider }).observe(took.as_secs_f64());
    }

    /// A provider has sent a notification.
    pub fn notified(&self, part: Part, is_accepted: bool) {
        let outcome = if is_accepted { "accepted" } else { "refused" };
        self.received.get_or_create(&Ended { provider: Name(part), outcome }).inc();
    }

    /// An attempt to send a message has ended.
    pub fn messaged(&self, kind: &str, channel: &str, outcome: &'static str) {
        let kind = KINDS.into_iter().find(|&known| known == kind);
        let channel = CHANNELS.into_iter().find(|&known| known == channel);
        if let (Some(kind), Some(channel)) = (kind, channel) {
            self.messages.get_or_create(&Message { kind, channel, outcome }).inc();
        }
    }

    /// What the database says; none = it could not be asked.
    pub fn measured(&self, measured: Option<&[Measured]>) {
        self.database_up.set(i64::from(measured.is_some()));
        for one in measured.unwrap_or_default() {
            let Some(provider) = named(&one.provider) else { continue };
            let label = Provider { provider };
            for (state, count) in STATES.into_iter().zip(one.calendars) {
                self.calendars.get_or_create(&State { provider, state }).set(count);
            }
            self.calendar_age.get_or_create(&label).set(one.calendar_age_seconds_max);
            self.outbox_open.get_or_create(&label).set(one.outbox_open);
            self.outbox_oldest.get_or_create(&label).set(one.outbox_oldest_seconds);
        }
    }

    /// All of it, as [`MEDIA_TYPE`].
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing into a text cannot fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}

fn named(provider: &str) -> Option<Name> {
    Part::PROVIDERS.into_iter().find(|part| part.name() == provider).map(Name)
}
