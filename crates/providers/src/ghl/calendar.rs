//! Calendars and their team members.

use super::member;
use crate::{Malformed, RemoteCalendar};
use serde::Deserialize;

/// A calendar.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Calendar {
    /// Its id.
    pub id: String,
    #[serde(default)]
    name: String,
    /// Whether it is active; otherwise it is a draft.
    is_active: Option<bool>,
    #[serde(default)]
    team_members: Vec<TeamMember>,
}

/// A user whose time a calendar offers.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
struct TeamMember {
    user_id: String,
    is_primary: Option<bool>,
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

    /// The calendar's user, if it has exactly one.
    pub fn owner(&self) -> Option<&str> {
        match self.team_members.as_slice() {
            [only] => Some(&only.user_id),
            _ => None,
        }
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
        calendars: Vec<Calendar>,
    }
    let Answer { calendars } = member(body, "a list of calendars")?;
    Ok(calendars
        .into_iter()
        .map(|calendar| RemoteCalendar {
            external_calendar_id: calendar.id,
            display_name: calendar.name,
            // That of the location, which it does not tell.
            timezone: None,
            is_primary: false,
            is_writable: calendar.is_active.unwrap_or(true),
        })
        .collect())
}
