//! E-mails, by SMTP.

use super::{Outcome, Then};
use crate::config::{Messages, Smtp, Tls};
use engine::ics::{Person, organized_by};
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, Message, MultiPart, SinglePart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls as Encryption, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::{Error, PoolConfig};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};
use messages::{Email, Invitation, Method, Notification, Recipient, one_line};
use secrecy::ExposeSecret as _;
use std::error::Error as _;
use std::time::Duration;

/// How long one command may take. RFC 5321 section 4.5.3.2 would have minutes, but a lease is
/// renewed meanwhile only as long as the agent lives.
const TIMEOUT: Duration = Duration::from_secs(60);

/// How long a connection that is not used is kept.
const IDLE: Duration = Duration::from_secs(30);

/// Hands e-mails to a mail server.
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    operators: Vec<Mailbox>,
    redirect_to: Option<Mailbox>,
}

impl Mailer {
    /// Connects when something is sent.
    pub fn new(smtp: &Smtp, messages: &Messages) -> anyhow::Result<Self> {
        let encrypted = || TlsParameters::new_rustls(smtp.host.clone());
        let tls = match smtp.tls {
            Tls::StartTls => Encryption::Required(encrypted()?),
            Tls::Implicit => Encryption::Wrapper(encrypted()?),
            Tls::None => Encryption::None,
        };
        let pool = PoolConfig::new().max_size(smtp.connections).idle_timeout(IDLE);
        let mut transport =
            AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(smtp.host.clone())
                .port(smtp.port)
                .tls(tls)
                .timeout(Some(TIMEOUT))
                .hello_name(ClientId::Domain(smtp.from.email.domain().to_owned()))
                .pool_config(pool);
        if let Some((username, password)) = &smtp.credentials {
            let password = password.expose_secret().to_owned();
            transport = transport.credentials(Credentials::new(username.clone(), password));
        }
        Ok(Self {
            transport: transport.build(),
            from: smtp.from.clone(),
            operators: messages.operators.clone(),
            redirect_to: messages.redirect_to.clone(),
        })
    }

    /// Whether the mail server lets us in.
    pub async fn check(&self) -> Result<(), String> {
        match self.transport.test_connection().await {
            Ok(true) => Ok(()),
            Ok(false) => Err("the mail server does not answer as it should".into()),
            Err(error) => Err(problem(&error)),
        }
    }

    /// Sends a notification. Each attempt has the same Message-ID.
    pub async fn send(&self, notification: &Notification, email: &Email) -> Outcome {
        let recipients = match self.recipients(notification) {
            Ok(recipients) if recipients.is_empty() => return Outcome::NoAddress,
            Ok(recipients) => recipients,
            Err(outcome) => return outcome,
        };
        let message = match self.message(notification, email, recipients) {
            Ok(message) => message,
            Err(reason) => {
                return Outcome::never(format!("the e-mail cannot be written: {reason}"));
            }
        };
        self.hand_over(message).await
    }

    /// Sends an e-mail to try things out.
    pub async fn send_test(&self, to: &Mailbox) -> Outcome {
        let message = Message::builder()
            .from(self.from.clone())
            .to(to.clone())
            .subject("Test of sync-agent")
            .header(ContentType::TEXT_PLAIN)
            .body("This e-mail was sent by sync-agent notify test.\n".to_owned());
        match message {
            Ok(message) => self.hand_over(message).await,
            Err(error) => Outcome::never(format!("the e-mail cannot be written: {error}")),
        }
    }

    async fn hand_over(&self, message: Message) -> Outcome {
        match self.transport.send(message).await {
            Ok(answer) => {
                let answer = one_line(&answer.message().collect::<Vec<_>>().join(" "));
                Outcome::Sent(Some(answer).filter(|answer| !answer.is_empty()))
            }
            Err(error) => Outcome::Failed { problem: problem(&error), then: then(&error) },
        }
    }

    fn recipients(&self, notification: &Notification) -> Result<Vec<Mailbox>, Outcome> {
        let to = notification.to.as_ref();
        let mut recipients = match to.and_then(|to| to.email.as_deref()) {
            Some(email) => {
                let invalid = |_| Outcome::Failed {
                    problem: "the recipient's address is not valid".into(),
                    then: Then::Suppress,
                };
                let email: Address = email.parse().map_err(invalid)?;
                let name = to.and_then(|to| to.name.as_deref()).map(one_line);
                vec![Mailbox::new(name.filter(|name| !name.is_empty()), email)]
            }
            None if notification.recipient == Recipient::Operator => self.operators.clone(),
            None => Vec::new(),
        };
        if let Some(redirect_to) = &self.redirect_to
            && !recipients.is_empty()
        {
            recipients = vec![redirect_to.clone()];
        }
        Ok(recipients)
    }

    fn message(
        &self,
        notification: &Notification,
        email: &Email,
        recipients: Vec<Mailbox>,
    ) -> Result<Message, String> {
        let from = self.sender(notification);
        let domain = self.from.email.domain();
        let mut builder = Message::builder()
            .from(from.clone())
            .subject(email.subject.clone())
            .message_id(Some(format!("<{}@{domain}>", notification.id)))
            .date_now()
            .raw_header(header("Auto-Submitted", "auto-generated"));
        for recipient in recipients {
            builder = builder.to(recipient);
        }
        if let Some(reply_to) = reply_to(notification) {
            builder = builder.reply_to(reply_to);
        }
        if let Some(url) = &email.unsubscribe {
            builder = builder
                .raw_header(header("List-Unsubscribe", &format!("<{url}>")))
                .raw_header(header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"));
        }
        let alternative = MultiPart::alternative()
            .singlepart(SinglePart::plain(email.text.clone()))
            .singlepart(SinglePart::html(email.html.clone()));
        let message = match &notification.invitation {
            None => builder.multipart(alternative),
            Some(invitation) => {
                let ics = invitation_of(invitation, &from);
                let method = invitation.method.name();
                let kind = format!("text/calendar; charset=utf-8; method={method}");
                let kind = ContentType::parse(&kind).map_err(|e| e.to_string())?;
                let part = SinglePart::builder().header(kind).body(ics.clone());
                let attached = ContentType::parse("application/ics").map_err(|e| e.to_string())?;
                builder.multipart(
                    MultiPart::mixed()
                        .multipart(alternative.singlepart(part))
                        .singlepart(Attachment::new("invite.ics".into()).body(ics, attached)),
                )
            }
        };
        message.map_err(|e| e.to_string())
    }

    /// Who a recipient sees as the sender: leads, the broker; others, the system.
    fn sender(&self, notification: &Notification) -> Mailbox {
        let broker = notification.broker.as_ref().map(|broker| one_line(&broker.name));
        match (notification.recipient, broker) {
            (Recipient::Lead, Some(name)) if !name.is_empty() => {
                Mailbox::new(Some(name), self.from.email.clone())
            }
            _ => self.from.clone(),
        }
    }
}

/// An invitation whose organizer is who sends it: otherwise mail programs show no buttons.
fn invitation_of(invitation: &Invitation, from: &Mailbox) -> String {
    if invitation.method == Method::Publish {
        return invitation.ics.clone();
    }
    let organizer = Person { name: from.name.clone(), email: from.email.to_string() };
    organized_by(&invitation.ics, &organizer)
}

/// Who gets the answers: the other party.
fn reply_to(notification: &Notification) -> Option<Mailbox> {
    let (name, email) = match notification.recipient {
        Recipient::Lead => {
            let broker = notification.broker.as_ref()?;
            (Some(broker.name.as_str()), broker.email.as_deref()?)
        }
        Recipient::Broker => {
            let lead = notification.lead.as_ref()?;
            (lead.name.as_deref(), lead.email.as_deref()?)
        }
        Recipient::Operator => return None,
    };
    let name = name.map(one_line).filter(|name| !name.is_empty());
    Some(Mailbox::new(name, email.parse().ok()?))
}

fn header(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}

/// What follows a failure: 4xx and silence mean later, with the same Message-ID; 5xx means never,
/// unless it is about us. An address that does not exist gets nothing any more.
fn then(error: &Error) -> Then {
    if !error.is_permanent() {
        return Then::Retry(None);
    }
    let code = error.status().map_or(0, u16::from);
    match (code, enhanced(error).as_deref()) {
        // RFC 3463: the mailbox, its domain or its syntax.
        (_, Some("5.1.1" | "5.1.2" | "5.1.3" | "5.1.6" | "5.1.10" | "5.2.1")) => Then::Suppress,
        // The sender, or that we have not signed in.
        (530 | 534 | 535 | 538, _) | (_, Some("5.1.7" | "5.1.8" | "5.7.8" | "5.7.9")) => {
            Then::Retry(None)
        }
        _ => Then::Final,
    }
}

/// Why, without the server's own words, which repeat addresses.
fn problem(error: &Error) -> String {
    match error.status() {
        Some(code) => match enhanced(error) {
            Some(enhanced) => format!("the mail server answered {code} {enhanced}"),
            None => format!("the mail server answered {code}"),
        },
        None if error.is_timeout() => "the mail server does not answer in time".into(),
        None if error.is_response() => "the mail server's answer cannot be understood".into(),
        None => {
            let mut cause: &dyn std::error::Error = error;
            while let Some(source) = cause.source() {
                cause = source;
            }
            format!("the mail server cannot be used: {}", one_line(&cause.to_string()))
        }
    }
}

/// The enhanced status code (RFC 2034) at the start of an answer.
fn enhanced(error: &Error) -> Option<String> {
    let text = error.source()?.to_string();
    let code = text.split_whitespace().next()?;
    let parts: Vec<_> = code.split('.').collect();
    let is_code = parts.len() == 3
        && parts.iter().all(|part| {
            (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
        });
    is_code.then(|| code.to_owned())
}
