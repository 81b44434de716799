//! Calendars and their team members.

use super::member;
use crate::{Malformed, RemoteCalendar, lenient};
use serde::Deserialize;
use serde_json::Value;

/// A calendar.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Calendar {
    /// Its id.
    pub id: String,
    #[serde(default, deserialize_with = "lenient::value")]
    name: Option<String>,
    /// Whether it is active; otherwise it is a draft.
    #[serde(default, deserialize_with = "lenient::value")]
    is_active: Option<bool>,
    /// `round_robin`, `collective`, `event` and so on.
    #[serde(default, deserialize_with = "lenient::value")]
    calendar_type: Option<String>,
    #[serde(default, deserialize_with = "lenient::list")]
    team_members: Vec<TeamMember>,
}

/// A user whose time a calendar offers.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
struct TeamMember {
    user_id: String,
    #[serde(default, deserialize_with = "lenient::value")]
    is_primary: Option<bool>,
    #[serde(default, deserialize_with = "lenient::value")]
    priority: Option<f64>,
}

impl Calendar {
    /// Reads the answer to [`Location::calendar`](super::Location::calendar).
    pub fn read(body: &[u8]) -> Result<Self, Malformed> {
        #[derive(Deserialize)]
        struct Answer {
            calendar: Calendar,
        }
        member(body, "a calendar").map(|Answer { calendar }| calendar)
    }

    /// The users whose time it offers.
    pub fn users(&self) -> impl Iterator<Item = &str> {
        self.team_members.iter().map(|member| member.user_id.as_str())
    }

    /// Whether an appointment takes all of its users, so that each of them must be free.
    pub fn needs_all_users(&self) -> bool {
        self.calendar_type.as_deref() == Some("collective")
    }

    /// The user who gets an appointment made here. Calendars that distribute appointments
    /// among several users refuse one without a user.
    pub(super) fn assignee(&self) -> Option<&str> {
        let rank = |member: &TeamMember| {
            (member.is_primary.unwrap_or(false), member.priority.unwrap_or(0.5))
        };
        self.team_members
            .iter()
            .reduce(|best, next| if rank(next) > rank(best) { next } else { best })
            .map(|member| member.user_id.as_str())
    }
}

/// Reads the answer to [`Location::calendars`](super::Location::calendars).
pub fn calendars(body: &[u8]) -> Result<Vec<RemoteCalendar>, Malformed> {
    #[derive(Deserialize)]
    struct Answer {
        #[serde(deserialize_with = "Option::deserialize")]
        calendars: Option<Vec<Value>>,
    }
    let Answer { calendars } = member(body, "a list of calendars")?;
    Ok(calendars
        .unwrap_or_default()
        .into_iter()
        .filter_map(|calendar| serde_json::from_value::<Calendar>(calendar).ok())
        .map(|calendar| RemoteCalendar {
            external_calendar_id: calendar.id,
            display_name: calendar.name.unwrap_or_default(),
            // That of the location, which it does not tell.
            timezone: None,
            is_primary: false,
            is_writable: calendar.is_active.unwrap_or(true),
        })
        .collect())
}
