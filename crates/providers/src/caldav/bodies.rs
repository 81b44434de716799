//! The contents of members of a calendar.

use super::multistatus::{self, Namespace};
use super::url::Member;
use crate::{Malformed, Page, Rejected};
use engine::event::Event;
use engine::ics;
use engine::time::Zone;
use std::collections::HashMap;

/// How to understand the members of a calendar.
#[derive(Debug, Clone)]
pub struct Reading {
    /// The calendar's zone, which applies to floating times.
    pub zone: Zone,
    /// The owner's e-mail addresses, to find the answer to an invitation by.
    pub owner_emails: Vec<String>,
}

/// The answer for the members that were requested.
#[derive(Debug, Default, PartialEq)]
pub struct Bodies {
    /// Their events.
    pub page: Page,
    /// Ids of members that are gone or contain no event.
    pub without_event: Vec<String>,
    /// Members that the answer does not mention. They must be requested one by one,
    /// because they may exist all the same.
    pub missing: Vec<Member>,
}

impl Reading {
    /// Reads the answer to [`super::fetch`], which requested these members.
    pub fn read(&self, body: &[u8], asked: Vec<Member>) -> Result<Bodies, Malformed> {
        let mut bodies = Bodies::default();
        let mut waiting: HashMap<String, Member> =
            asked.into_iter().map(|member| (member.id.clone(), member)).collect();
        multistatus::read(body, |mut response| {
            let Some(member) = response.href().and_then(Member::at) else { return };
            // Some tell a wrong name, or the same one again.
            if !waiting.contains_key(&member.id) {
                return;
            }
            let etag = response.property(Namespace::Dav, "getetag").and_then(|p| p.text());
            let etag = etag.map(str::to_owned);
            if matches!(response.status(), Some(404 | 410)) {
                bodies.without_event.push(member.id.clone());
            } else if let Some(text) = response.take_text(Namespace::CalDav, "calendar-data") {
                self.add(&member.id, etag.as_deref(), &text, &mut bodies);
            } else {
                return;
            }
            waiting.remove(&member.id);
        })?;
        bodies.missing = waiting.into_values().collect();
        bodies.missing.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(bodies)
    }

    /// Reads a member that was requested on its own by [`super::get`].
    pub fn read_member(&self, id: &str, etag: Option<&str>, body: &[u8]) -> Bodies {
        let mut bodies = Bodies::default();
        self.add(id, etag, &ics::decode(body), &mut bodies);
        bodies
    }

    fn add(&self, id: &str, etag: Option<&str>, text: &str, bodies: &mut Bodies) {
        let Bodies { page, without_event, .. } = bodies;
        let reject = |reason| Rejected { external_event_id: Some(id.to_owned()), reason };
        let owner: Vec<&str> = self.owner_emails.iter().map(String::as_str).collect();
        let parsed = match ics::parse(text, &self.zone, &owner, &mut || true) {
            Ok(parsed) => parsed,
            Err(error) => return page.rejected.push(reject(error.to_string())),
        };
        let uid = parsed.events.first().map(|event| event.external_event_id.clone());
        let is_own = |event: &Event| Some(&event.external_event_id) == uid.as_ref();
        let is_whole = parsed.rejected.is_empty() && parsed.events.iter().all(is_own);
        match &uid {
            Some(_) if is_whole => page.whole.push(id.to_owned()),
            None if is_whole => without_event.push(id.to_owned()),
            _ => {}
        }
        page.rejected.extend(parsed.rejected.into_iter().map(|rejected| reject(rejected.reason)));
        for mut event in parsed.events {
            if !is_own(&event) {
                let reason = "a resource must hold one UID alone (RFC 4791 section 4.1)";
                page.rejected.push(reject(reason.into()));
                continue;
            }
            event.external_event_id = id.to_owned();
            event.etag = etag.map(str::to_owned);
            page.events.push(event);
        }
    }
}
