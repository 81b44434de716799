//! The contents of members of a calendar.

use super::multistatus::{self, Namespace};
use super::url::Member;
use crate::{Malformed, Outside, OwnEvent, Page, Rejected};
use chrono::TimeDelta;
use engine::Interval;
use engine::event::Event;
use engine::ics::{self, first_occurrence};
use engine::time::{Instant, Zone};
use std::collections::HashMap;
use url::Url;

/// How far beyond the window to look for the next time that an event takes place.
const LOOK_AHEAD: TimeDelta = TimeDelta::days(366);

/// How to understand the members of a calendar.
#[derive(Debug, Clone)]
pub struct Reading {
    /// The calendar's zone, which applies to floating times.
    pub zone: Zone,
    /// The owner's e-mail addresses, to find the answer to an invitation by.
    pub owner_emails: Vec<String>,
    /// What takes no time in here is only remembered. `None` = nothing is.
    pub window: Option<Interval>,
}

/// The answer for the members that were requested.
#[derive(Debug, Default, PartialEq)]
pub struct Bodies {
    /// Their events.
    pub page: Page,
    /// Ids of members that contain no event.
    pub without_event: Vec<String>,
    /// Members that the answer mentions without their contents. They must be requested one by one,
    /// because they may exist all the same.
    pub denied: Vec<Member>,
    /// Members that the answer does not mention. They must be requested again.
    pub missing: Vec<Member>,
}

/// Reads the answer to [`super::with_uid`] or [`super::fetch`]: members, with their contents as
/// far as the server sent them.
pub fn read_texts(calendar: &Url, body: &[u8]) -> Result<Vec<(Member, Option<String>)>, Malformed> {
    let mut texts = Vec::new();
    multistatus::read_leniently(body, |mut response| {
        if let Some(member) = Member::of(&response).filter(|member| !member.is(calendar)) {
            texts.push((member, response.take_text(Namespace::CalDav, "calendar-data")));
        }
    })?;
    Ok(texts)
}

impl Reading {
    /// Reads the answer to [`super::fetch`], which requested these members.
    pub fn read(&self, body: &[u8], asked: Vec<Member>) -> Result<Bodies, Malformed> {
        let mut bodies = Bodies::default();
        let mut waiting: HashMap<String, Member> =
            asked.into_iter().map(|member| (member.id.clone(), member)).collect();
        multistatus::read(body, |mut response| {
            let Some(named) = response.href().and_then(Member::at) else { return };
            // Some tell a wrong name, or the same one again.
            let Some(member) = waiting.remove(&named.id) else { return };
            match response.take_text(Namespace::CalDav, "calendar-data") {
                Some(text) => self.add(&member, &text, &mut bodies),
                None => bodies.denied.push(member),
            }
        })?;
        bodies.missing = waiting.into_values().collect();
        bodies.missing.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(bodies)
    }

    /// Reads a member that was requested on its own by [`super::get`].
    pub fn read_member(&self, member: &Member, body: &[u8]) -> Bodies {
        let mut bodies = Bodies::default();
        self.add(member, &ics::decode(body), &mut bodies);
        bodies
    }

    fn add(&self, member: &Member, text: &str, bodies: &mut Bodies) {
        let Bodies { page, without_event, .. } = bodies;
        let id = &member.id;
        let reject = |reason| Rejected { external_event_id: Some(id.clone()), reason };
        let owner: Vec<&str> = self.owner_emails.iter().map(String::as_str).collect();
        let parsed = match ics::parse_resource(text, &self.zone, &owner, &mut || true) {
            Ok(parsed) => parsed,
            Err(error) => return page.rejected.push(reject(error.to_string())),
        };
        let uid = parsed.events.first().map(|event| event.external_event_id.clone());
        let is_own = |event: &Event| Some(&event.external_event_id) == uid.as_ref();
        let is_whole = parsed.rejected.is_empty() && parsed.events.iter().all(is_own);
        let booking_id = uid.as_deref().and_then(OwnEvent::id_in).map(|id| id.to_string());
        if uid.is_none() && is_whole {
            page.outside.extend(outside(member, None));
            return without_event.push(id.clone());
        }
        // Our own events are followed wherever they go.
        if let Some(occurs_at) = self.is_outside(&parsed.events).filter(|_| booking_id.is_none())
            && is_whole
            && let Some(outside) = outside(member, occurs_at)
        {
            return page.outside.push(outside);
        }
        if is_whole {
            page.whole.push(id.clone());
        }
        page.rejected.extend(parsed.rejected.into_iter().map(|rejected| reject(rejected.reason)));
        for mut event in parsed.events {
            if Some(&event.external_event_id) != uid.as_ref() {
                let reason = "a resource must hold one UID alone (RFC 4791 section 4.1)";
                page.rejected.push(reject(reason.into()));
                continue;
            }
            event.external_event_id.clone_from(id);
            // What is not understood as a whole is read again each time, and told each time.
            event.etag = member.version.clone().filter(|_| is_whole);
            event.booking_id.clone_from(&booking_id);
            page.events.push(event);
        }
    }

    /// Whether events take no time in the window; then also when they may take place next.
    #[expect(clippy::option_option, reason = "whether, and when")]
    fn is_outside(&self, family: &[Event]) -> Option<Option<Instant>> {
        let window = self.window?;
        let next = |range| first_occurrence(family, &self.zone, range, &mut || true);
        // What cannot be followed may take place at any time.
        if !matches!(next(window), Ok(None)) {
            return None;
        }
        let ahead = Interval::new(window.end, window.end + LOOK_AHEAD);
        let recurs = family.iter().any(|event| event.recurrence.is_some());
        Some(match next(ahead) {
            Ok(Some(occurrence)) => Some(occurrence.start.max(window.end)),
            Ok(None) if recurs => Some(ahead.end),
            Ok(None) => family
                .iter()
                .map(|event| event.span.interval(&self.zone).start)
                .filter(|start| *start >= window.end)
                .min(),
            Err(_) => return None,
        })
    }
}

fn outside(member: &Member, occurs_at: Option<Instant>) -> Option<Outside> {
    let etag = member.version.clone()?;
    Some(Outside { external_event_id: member.id.clone(), etag, occurs_at })
}
