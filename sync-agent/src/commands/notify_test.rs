//! `sync-agent notify test`.

use super::stdin::from_stdin;
use super::{Context, Outcome};
use crate::cli::NotifyTest;
use crate::notify::{Notifier, Outcome as Sent};
use crate::output::table;
use anyhow::{Context as _, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::ExposeSecret as _;
use serde::Serialize;
use std::sync::Arc;
use url::Url;

/// What came of one way.
#[derive(Debug, Serialize)]
struct Tried {
    channel: &'static str,
    is_sent: bool,
    /// What the other side calls it, or why it was not sent.
    answer: String,
}

pub(super) async fn run(context: &Context, what: &NotifyTest) -> anyhow::Result<Outcome> {
    let notifier = Notifier::new(&context.config, Arc::default())?;
    let mut tried = Vec::new();
    if let Some(address) = &what.email {
        let to = address.parse().with_context(|| format!("--email {address}"))?;
        let Some(mailer) = notifier.mailer() else { bail!("smtp.host is not set") };
        tried.push(Tried::new("email", mailer.send_test(&to).await));
    }
    if let Some(number) = &what.sms {
        let Some(texter) = notifier.texter() else {
            bail!("twilio.account_sid is not set, or messages.redirect_to is set alone");
        };
        tried.push(Tried::new("sms", texter.send_test(number).await));
    }
    if let Some(url) = &what.webhook {
        let url = Url::parse(url).with_context(|| format!("--webhook {url}"))?;
        let secret = from_stdin("webhook secret")?;
        let encoded = secret.expose_secret();
        let decoded = STANDARD.decode(encoded.strip_prefix("whsec_").unwrap_or(encoded));
        let Ok(decoded) = decoded else { bail!("the secret must be whsec_ and base64") };
        tried.push(Tried::new("webhook", notifier.caller().send_test(&url, &decoded).await));
    }
    let is_well = tried.iter().all(|tried| tried.is_sent);
    context.output.print(&tried, |tried| text(tried));
    Ok(if is_well { Outcome::Done } else { Outcome::Failed })
}

impl Tried {
    fn new(channel: &'static str, sent: Sent) -> Self {
        let (is_sent, answer) = match sent {
            Sent::Sent(answer) => (true, answer.unwrap_or_default()),
            Sent::Failed { problem, .. } => (false, problem),
            Sent::NoAddress => (false, "there is no address".into()),
        };
        Self { channel, is_sent, answer }
    }
}

fn text(tried: &[Tried]) -> String {
    let rows = tried.iter().map(|tried| {
        let state = if tried.is_sent { "ok" } else { "PROBLEM" };
        [state.to_owned(), tried.channel.to_owned(), tried.answer.clone()]
    });
    table(&["", "channel", "answer"], rows)
}
