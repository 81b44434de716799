//! What is sent to people and programs: lease, render, send, finish.
//!
//! The database decides what is due and for whom. The committed lease is the state `sending`. An
//! e-mail and a webhook may be sent twice, always with the same id; an SMS is never sent again if
//! it is not known whether it was sent.

mod email;
mod round;
mod sms;
mod templates;
mod webhook;

pub use email::Mailer;
pub use round::Counts;
pub(crate) use round::notify;
pub use sms::Texter;
pub use templates::templates;
pub use webhook::Caller;

use crate::config::Config;
use crate::health::Health;
use crate::part::Part;
use messages::{Channel, Links, Notification, Templates};
use std::sync::Arc;
use std::time::Duration;

/// What came of one notification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It was handed over; what the other side calls it.
    Sent(Option<String>),
    /// It was not sent.
    Failed {
        /// Why, as a sentence without personal data.
        problem: String,
        /// What follows.
        then: Then,
    },
    /// There is no one to send it to.
    NoAddress,
}

/// What follows a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    /// It is tried again, not before this has passed.
    Retry(Option<Duration>),
    /// It is never sent, unless an operator asks for it.
    Final,
    /// It is never sent, because it may have been.
    Unknown,
    /// It is never sent, and nothing else is sent to this address.
    Suppress,
    /// It is never sent, and nothing else is sent to this endpoint.
    Disable,
}

impl Outcome {
    pub(crate) fn retry(problem: impl Into<String>) -> Self {
        Self::Failed { problem: problem.into(), then: Then::Retry(None) }
    }

    pub(crate) fn never(problem: impl Into<String>) -> Self {
        Self::Failed { problem: problem.into(), then: Then::Final }
    }

    pub(crate) fn unknown(problem: impl Into<String>) -> Self {
        Self::Failed { problem: problem.into(), then: Then::Unknown }
    }
}

/// Sends notifications, as it is configured.
pub struct Notifier {
    templates: Templates,
    links: Links,
    mailer: Option<Mailer>,
    texter: Option<Texter>,
    caller: Caller,
    health: Arc<Health>,
}

impl std::fmt::Debug for Notifier {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Notifier")
            .field("channels", &self.channels())
            .finish_non_exhaustive()
    }
}

impl Notifier {
    /// Prepares to send. A template that cannot be rendered is an error.
    pub fn new(config: &Config, health: Arc<Health>) -> anyhow::Result<Self> {
        let settings = &config.messages;
        Ok(Self {
            templates: templates(settings.templates.as_deref())?,
            links: settings.links.clone(),
            mailer: settings.smtp.as_ref().map(|smtp| Mailer::new(smtp, settings)).transpose()?,
            texter: settings
                .twilio
                .as_ref()
                // To try things out must not reach people on another way.
                .filter(|_| settings.redirect_to.is_none() || settings.redirect_sms_to.is_some())
                .map(|twilio| Texter::new(twilio, config))
                .transpose()?,
            caller: Caller::new(config)?,
            health,
        })
    }

    /// The channels that it can send on, by the database's names.
    pub fn channels(&self) -> Vec<&'static str> {
        let email = self.mailer.as_ref().map(|_| "email");
        let sms = self.texter.as_ref().map(|_| "sms");
        [email, sms, Some("webhook")].into_iter().flatten().collect()
    }

    /// The mail server.
    pub fn mailer(&self) -> Option<&Mailer> {
        self.mailer.as_ref()
    }

    /// Twilio.
    pub fn texter(&self) -> Option<&Texter> {
        self.texter.as_ref()
    }

    /// What sends webhooks.
    pub fn caller(&self) -> &Caller {
        &self.caller
    }

    /// Sends a notification.
    pub async fn send(&self, notification: &Notification) -> Outcome {
        match notification.channel {
            Channel::Email => {
                let Some(mailer) = &self.mailer else { return unable("e-mail") };
                let email = match self.templates.email(notification, &self.links) {
                    Ok(email) => email,
                    Err(error) => return Outcome::never(error.to_string()),
                };
                self.noted(Part::Smtp, mailer.send(notification, &email).await)
            }
            Channel::Sms => {
                let Some(texter) = &self.texter else { return unable("SMS") };
                let text = match self.templates.sms(notification, &self.links) {
                    Ok(text) => text,
                    Err(error) => return Outcome::never(error.to_string()),
                };
                self.noted(Part::Twilio, texter.send(notification, &text).await)
            }
            Channel::Webhook => self.caller.send(notification).await,
        }
    }

    /// Notes how the other side does: a refusal of one message is an answer as well.
    fn noted(&self, part: Part, outcome: Outcome) -> Outcome {
        match &outcome {
            Outcome::Failed { problem, then: Then::Retry(_) } => {
                self.health.called(part, Some(problem.clone()));
            }
            Outcome::NoAddress => {}
            _ => self.health.called(part, None),
        }
        outcome
    }
}

fn unable(what: &str) -> Outcome {
    Outcome::retry(format!("this agent sends no {what}"))
}
