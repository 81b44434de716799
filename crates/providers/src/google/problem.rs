//! Google's error answers.

use serde_json::Value;
use std::fmt;

/// An error's body, in any of the shapes in use: `{"error": {"errors": […]}}`,
/// `{"error": {"status", "details": […]}}`, and OAuth's `{"error": "…"}`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problem {
    /// Its codes, such as `rateLimitExceeded` or `RATE_LIMIT_EXCEEDED`.
    reasons: Vec<String>,
    is_about_usage: bool,
    message: Option<String>,
}

/// The longest message that is passed on.
const MAX_MESSAGE: usize = 200;

impl Problem {
    /// Reads a body. Anything in it that is not understood is ignored.
    pub fn read(body: &[u8]) -> Self {
        let value: Value = serde_json::from_slice(body).unwrap_or_default();
        let error = &value["error"];
        let list = |key: &str| error[key].as_array().map(Vec::as_slice).unwrap_or_default();
        let reasons = list("errors").iter().chain(list("details")).map(|one| &one["reason"]);
        let reasons = reasons.chain([&error["status"], error]).filter_map(Value::as_str);
        let message = [&error["message"], &value["error_description"]];
        Self {
            reasons: reasons.map(str::to_owned).collect(),
            is_about_usage: list("errors").iter().any(|one| one["domain"] == "usageLimits"),
            message: message.into_iter().find_map(|m| Some(m.as_str()?.to_owned())),
        }
    }

    /// Whether there were too many requests.
    pub fn is_usage_limit(&self) -> bool {
        // Of the same domain: the API is switched off for the project.
        let is_switched_off = self.is(&["accessNotConfigured", "SERVICE_DISABLED"]);
        let is_limit = self.is(&[
            "calendarUsageLimitsExceeded",
            "dailyLimitExceeded",
            "quotaExceeded",
            "rateLimitExceeded",
            "RESOURCE_EXHAUSTED",
            "userRateLimitExceeded",
        ]);
        (self.is_about_usage || is_limit) && !is_switched_off
    }

    /// Whether the account's owner has not granted the necessary permission.
    pub fn lacks_scope(&self) -> bool {
        self.is(&["insufficientPermissions", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"])
    }

    /// Whether Google sends no notifications for such a calendar.
    pub fn is_without_push(&self) -> bool {
        self.is(&["pushNotSupportedForRequestedResource"])
    }

    fn is(&self, wanted: &[&str]) -> bool {
        self.reasons.iter().any(|reason| wanted.iter().any(|wanted| same_code(reason, wanted)))
    }
}

/// The codes and the message. A message that may name a person is left out.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.reasons.first().map_or("no reason given", String::as_str))?;
        match &self.message {
            Some(message) if !message.contains('@') => {
                let message: String = message.chars().take(MAX_MESSAGE).collect();
                write!(f, ": {message}")
            }
            _ => Ok(()),
        }
    }
}

/// `rateLimitExceeded` and `RATE_LIMIT_EXCEEDED` are the same code.
fn same_code(a: &str, b: &str) -> bool {
    let letters = |code: &str| {
        code.chars().filter(|&c| c != '_').map(|c| c.to_ascii_lowercase()).collect::<String>()
    };
    letters(a) == letters(b)
}
