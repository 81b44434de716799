//! An account on a CalDAV server: Radicale, or the stand-in, where something is to go wrong.

use crate::account::{Account, Shown};
use calendar_tests::peers::CaldavServer;
use engine::event::Transparency;
use engine::ics;
use engine::time::Zone;
use provider_fakes::caldav::Caldav;
use provider_fakes::server::Server;
use providers::caldav::read_listing;
use std::sync::Arc;
use sync_agent::connector::Connector;
use sync_agent::connector::caldav::CalDav;
use sync_agent::net::http::Http;
use tokio::runtime::Runtime;

const NAMES: [&str; 2] = ["main", "team"];

struct Calendars {
    standin: Option<Caldav>,
    server: CaldavServer,
    calendars: [String; 2],
}

pub(crate) fn radicale(_runtime: &Runtime, _zone: &str) -> Box<dyn Account> {
    let server = CaldavServer::radicale();
    let calendars = NAMES.map(|name| server.make_calendar(name));
    Box::new(Calendars { standin: None, server, calendars })
}

pub(crate) fn standin(runtime: &Runtime, _zone: &str) -> Box<dyn Account> {
    let standin = runtime.block_on(Caldav::start(0)).unwrap();
    let calendars = NAMES.map(|name| standin.add_calendar(name));
    let server = CaldavServer::at(standin.home(), Caldav::USERNAME, Caldav::PASSWORD);
    Box::new(Calendars { standin: Some(standin), server, calendars })
}

impl Account for Calendars {
    fn provider(&self) -> &'static str {
        "caldav"
    }

    fn calendars(&self) -> [String; 2] {
        self.calendars.clone()
    }

    fn server(&self) -> Option<&Server> {
        self.standin.as_ref().map(Caldav::server)
    }

    fn creates(&self) -> &'static str {
        "PUT /"
    }

    fn connector(&self, http: Http) -> Arc<dyn Connector> {
        let (url, password) = (self.server.origin().parse().unwrap(), &self.server.password);
        let password = password.clone().into();
        Arc::new(CalDav::new(http, url, &self.server.username, &password).unwrap())
    }

    fn events(&self, calendar: &str) -> Vec<(String, Shown)> {
        let listing = self.server.properties(calendar);
        let listing = read_listing(&calendar.parse().unwrap(), listing.as_bytes()).unwrap();
        let members = listing.members.into_iter();
        members
            .map(|member| (member.id.clone(), shown(&self.server.get(calendar, &member.id))))
            .collect()
    }

    fn change(&self, calendar: &str, id: &str) {
        let uid = id.strip_suffix(".ics").unwrap();
        let ics = format!(
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//A user//EN\r\nBEGIN:VEVENT\r\nUID:{uid}\r\n\
             DTSTAMP:20260302T150000Z\r\nDTSTART:20260320T150000Z\r\nDTEND:20260320T160000Z\r\n\
             SEQUENCE:7\r\nSUMMARY:Mine\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
        );
        self.server.put(calendar, id, &ics);
    }

    fn delete(&self, calendar: &str, id: &str) {
        self.server.delete(calendar, id);
    }
}

fn shown(ics: &str) -> Shown {
    let parsed = ics::parse(ics, &Zone::UTC, &[], &mut || true).unwrap();
    let [event] = parsed.events.as_slice() else { panic!("{ics}") };
    let unfolded = ics.replace("\r\n ", "");
    // An alarm has a description, too.
    let has_notes =
        unfolded.matches("\nDESCRIPTION:").count() > unfolded.matches("END:VALARM").count();
    let values =
        |start: &'static str| unfolded.lines().filter_map(move |line| line.strip_prefix(start));
    Shown {
        title: event.title.clone().unwrap_or_default(),
        notes: values("DESCRIPTION:").next().filter(|_| has_notes).unwrap_or_default().to_owned(),
        span: event.span,
        is_free: event.transparency == Transparency::Transparent,
        reminders: values("TRIGGER:").map(minutes_before).collect(),
        guests: values("ATTENDEE").count() + values("ORGANIZER").count(),
    }
}

/// The minutes of a trigger, which a server may write in another form: "-P1DT2H30M".
fn minutes_before(trigger: &str) -> u64 {
    let digits = |text: &str| text.parse::<u64>().unwrap_or_else(|_| panic!("{trigger}"));
    let parts = trigger.strip_prefix("-P").expect(trigger).replace('T', "");
    let part = |part: &str| match part.split_at(part.len() - 1) {
        (number, "W") => 7 * 24 * 60 * digits(number),
        (number, "D") => 24 * 60 * digits(number),
        (number, "H") => 60 * digits(number),
        (number, "M") => digits(number),
        _ => panic!("{trigger}"),
    };
    parts.split_inclusive(char::is_alphabetic).map(part).sum()
}
