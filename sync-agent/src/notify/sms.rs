//! Text messages, by Twilio.

use super::{Outcome, Then};
use crate::config::{self, Config};
use crate::net::http::{Failed, Http, Limits};
use chrono::{TimeDelta, Utc};
use messages::{Kind, Notification};
use providers::twilio::{Answer, Message, Sender, answer, send, show_account};
use secrecy::ExposeSecret as _;
use std::time::Duration;
use url::Url;

/// How long Twilio may take, which is well below a lease.
const TIMEOUT: Duration = Duration::from_secs(30);

/// The largest answer.
const MAX_ANSWER: usize = 1 << 20;

/// How long a message may wait at Twilio.
const VALID: Duration = Duration::from_secs(4 * 3600);

/// Hands text messages to Twilio.
pub struct Texter {
    http: Http,
    twilio: config::Twilio,
    status: Option<Url>,
    redirect_to: Option<String>,
}

impl Texter {
    /// Connects when something is sent.
    pub fn new(twilio: &config::Twilio, config: &Config) -> crate::Result<Self> {
        let limits = Limits {
            // A test's Twilio is on this machine.
            allow_private_networks: config.allow_private_networks,
            max_body: MAX_ANSWER,
            max_pause: TIMEOUT,
            max_time: TIMEOUT,
        };
        Ok(Self {
            http: Http::through(limits, config.proxy.as_ref())?,
            twilio: twilio.clone(),
            status: config.messages.twilio_status.clone(),
            redirect_to: config.messages.redirect_sms_to.clone(),
        })
    }

    /// Whether Twilio lets us in.
    pub async fn check(&self) -> Result<(), String> {
        let request = show_account(&self.sender()).ok_or("twilio.base_url is not usable")?;
        match self.http.send(request).await {
            Ok(answer) if answer.status().is_success() => Ok(()),
            Ok(answer) => Err(format!("Twilio answered {}", answer.status().as_u16())),
            Err(error) => Err(error.to_string()),
        }
    }

    /// Sends a notification.
    pub async fn send(&self, notification: &Notification, text: &str) -> Outcome {
        let to = notification.to.as_ref().and_then(|to| to.phone.as_deref());
        let Some(to) = to else { return Outcome::NoAddress };
        let to = self.redirect_to.as_deref().unwrap_or(to);
        let mut valid = VALID;
        if notification.kind == Kind::Reminder {
            // A reminder that arrives later is of no use.
            let begins = notification.booking.as_ref().map(|booking| booking.start - Utc::now());
            let begins = begins.unwrap_or(TimeDelta::MAX).to_std().unwrap_or_default();
            valid = valid.min(begins);
        }
        let status = self.status.as_ref();
        let status = status.and_then(|url| url.join(&notification.id.to_string()).ok());
        self.hand_over(to, text, status.as_ref().map(Url::as_str), valid).await
    }

    /// Sends an SMS to try things out.
    pub async fn send_test(&self, to: &str) -> Outcome {
        self.hand_over(to, "This SMS was sent by sync-agent notify test.", None, VALID).await
    }

    async fn hand_over(
        &self,
        to: &str,
        body: &str,
        status_callback: Option<&str>,
        valid: Duration,
    ) -> Outcome {
        let message = Message { to, body, status_callback, valid };
        let Some(request) = send(&self.sender(), &message) else {
            return Outcome::retry("twilio.base_url is not usable");
        };
        match self.http.try_send(request).await {
            Ok(got) => match answer(got.status(), got.headers(), got.body()) {
                Answer::Accepted(sid) => Outcome::Sent(Some(sid)),
                Answer::Later { problem, retry_after } => {
                    Outcome::Failed { problem, then: Then::Retry(retry_after) }
                }
                Answer::Never(problem) => Outcome::never(problem),
                Answer::Unknown(problem) => Outcome::unknown(problem),
                Answer::OptedOut => Outcome::Failed {
                    problem: "the recipient has replied STOP".into(),
                    then: Then::Suppress,
                },
            },
            // Nothing has reached Twilio.
            Err(Failed { error, is_unsent: true }) => Outcome::retry(error.to_string()),
            Err(Failed { error, .. }) => {
                Outcome::unknown(format!("it is not known whether Twilio sent it: {error}"))
            }
        }
    }

    fn sender(&self) -> Sender<'_> {
        Sender {
            base_url: &self.twilio.base_url,
            account_sid: &self.twilio.account_sid,
            auth_token: self.twilio.auth_token.expose_secret(),
            from: &self.twilio.from,
        }
    }
}
