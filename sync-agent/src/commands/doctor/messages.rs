//! Whether messages can be sent.

use super::{Check, ok, problem, warning};
use crate::commands::Context;
use crate::notify::Notifier;
use std::sync::Arc;

/// Checks the templates, the mail server and Twilio.
pub(super) async fn check(context: &Context, checks: &mut Vec<Check>) {
    let notifier = match Notifier::new(&context.config, Arc::default()) {
        Ok(notifier) => notifier,
        Err(error) => {
            let advice = "correct the template, or the settings of messages";
            checks.push(problem("messages", &format!("{error:#}"), advice));
            return;
        }
    };
    let settings = &context.config.messages;
    let templates = match &settings.templates {
        Some(directory) => format!("with those of {}", directory.display()),
        None => "built in".into(),
    };
    checks.push(ok("templates", templates));
    checks.push(match (notifier.mailer(), &settings.smtp) {
        (Some(mailer), Some(smtp)) => match mailer.check().await {
            Ok(()) => ok("smtp", format!("{}:{}", smtp.host, smtp.port)),
            Err(error) => problem("smtp", &error, "correct the settings of smtp"),
        },
        // Another agent may send, or nobody may want it.
        _ => ok("smtp", "smtp.host is not set, so this agent sends no e-mail".into()),
    });
    if let (Some(texter), Some(twilio)) = (notifier.texter(), &settings.twilio) {
        checks.push(match texter.check().await {
            Ok(()) => ok("twilio", twilio.account_sid.clone()),
            Err(error) => problem("twilio", &error, "correct the settings of twilio"),
        });
    }
    if settings.redirect_to.is_some() || settings.redirect_sms_to.is_some() {
        let found = "messages go to the addresses of messages.redirect_to, not to their recipients";
        checks.push(warning("messages", found.into(), "remove it once things were tried out"));
    }
}
