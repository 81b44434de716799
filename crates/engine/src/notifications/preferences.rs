//! What a broker wants to be sent.

use super::QuietHours;
use chrono::NaiveTime;
use serde_json::Value;

/// A broker's `notify`: {"lead": {"sms": ["reminder"]}, "quiet_from": "21:00"}. It was checked when
/// it was stored.
#[derive(Debug, Clone, Copy)]
pub struct Preferences<'a>(pub &'a Value);

impl Preferences<'_> {
    /// Whether a message of this kind is sent by `channel` (email or sms) to `recipient` (lead or
    /// broker).
    pub fn want(self, recipient: &str, channel: &str, kind: &str) -> bool {
        match self.0.get(recipient).and_then(|channels| channels.get(channel)) {
            Some(Value::Array(kinds)) => kinds.iter().any(|wanted| wanted == kind),
            _ if channel == "email" => recipient == "lead" || kind != "reminder",
            _ => {
                recipient == "broker"
                    && matches!(kind, "booking_failed" | "manual_booking" | "unwritten")
            }
        }
    }

    /// When leads are sent no SMS.
    pub fn quiet_hours(self) -> QuietHours {
        let time = |key: &str| NaiveTime::parse_from_str(self.0.get(key)?.as_str()?, "%H:%M").ok();
        let usual = QuietHours::default();
        QuietHours {
            from: time("quiet_from").unwrap_or(usual.from),
            until: time("quiet_until").unwrap_or(usual.until),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_not_set_is_as_usual() {
        let set = json!({"lead": {"sms": ["reminder"], "email": []}, "quiet_until": "07:30"});
        let set = Preferences(&set);
        assert!(set.want("lead", "sms", "reminder") && !set.want("lead", "sms", "booked"));
        assert!(!set.want("lead", "email", "booked"));
        assert!(set.want("broker", "email", "booked") && !set.want("broker", "email", "reminder"));
        assert!(set.want("broker", "sms", "unwritten") && !set.want("broker", "sms", "booked"));
        let hours = set.quiet_hours();
        assert_eq!(
            (hours.from.to_string(), hours.until.to_string()),
            ("21:00:00".into(), "07:30:00".into())
        );
    }
}
