//! CalDAV servers.

use crate::peer::{Abilities, Daily, Held, Peer, Planned, ZONE, zone};
use async_trait::async_trait;
use calendar_tests::peers::CaldavServer;
use engine::event::{Span, Status, When};
use engine::ics;
use engine::time::{Instant, Offsets};
use provider_fakes::caldav::Caldav;
use providers::Place;
use providers::caldav::read_listing;
use std::fs;
use std::process::Command;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, sleep};
use std::time::Duration;
use sync_agent::connector::Connector;
use sync_agent::connector::caldav::CalDav;
use sync_agent::net::http::{Http, Limits};

mod radicale {
    crate::suite::conforms!(
        #[ignore = "needs CALENDAR_TEST_PYTHON"]
        super::radicale
    );
}

/// The stand-in is as the real ones are, as far as the agent can see.
mod standin {
    crate::suite::conforms!(super::standin);
}

mod xandikos {
    crate::suite::conforms!(
        #[ignore = "needs CALENDAR_TEST_PYTHON"]
        super::xandikos
    );
}

/// Whatever server there is, for those that cannot be had everywhere; see
/// [`CaldavServer::elsewhere`]. Each test makes a calendar there, and removes it unless
/// it fails. To be run with `--test-threads 1`: some servers want a UID to be in one
/// calendar of their user alone.
///
/// `CALENDAR_TEST_CALDAV_SHOWS_AGAIN` says that its lists of changes may show what they have shown
/// before, as those of DAViCal 1.1 do, whose tokens mean a second.
mod elsewhere {
    crate::suite::conforms!(
        #[ignore = "needs CALENDAR_TEST_CALDAV_URL, and by hand alone"]
        super::elsewhere
    );
}

async fn radicale() -> Calendar {
    static SERVER: LazyLock<CaldavServer> = LazyLock::new(CaldavServer::radicale);
    Calendar::new(&SERVER, |calendar| {
        fs::remove_dir_all(
            calendar.server.files(&calendar.name).join(".Radicale.cache/sync-token"),
        )
        .unwrap();
    })
}

async fn standin() -> Calendar {
    static SERVER: LazyLock<(Caldav, CaldavServer)> = LazyLock::new(|| {
        // In threads of its own: the tests wait for its answers without leaving theirs.
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
        let runtime = Box::leak(Box::new(runtime.unwrap()));
        let caldav = thread::scope(|scope| {
            scope.spawn(|| runtime.block_on(Caldav::start(0)).unwrap()).join().unwrap()
        });
        let server = CaldavServer::at(caldav.home(), Caldav::USERNAME, Caldav::PASSWORD);
        (caldav, server)
    });
    Calendar::new(&SERVER.1, |_| SERVER.0.forget_tokens())
}

async fn xandikos() -> Calendar {
    static SERVER: LazyLock<CaldavServer> = LazyLock::new(CaldavServer::xandikos);
    Calendar::new(&SERVER, |calendar| {
        // Its tokens name trees of a Git repository.
        let repository = calendar.server.files(&calendar.name);
        let mut python = Command::new(std::env::var_os("CALENDAR_TEST_PYTHON").unwrap());
        let status = python.args(["-c", FORGET_TREES]).arg(repository).status();
        assert!(status.unwrap().success());
    })
}

async fn elsewhere() -> Calendar {
    static SERVER: LazyLock<CaldavServer> = LazyLock::new(CaldavServer::elsewhere);
    let mut calendar = Calendar::new(&SERVER, |calendar| {
        // Tokens for the old calendar mean nothing to a new one in its place.
        let members = calendar.members();
        calendar.server.remove_calendar(&calendar.name);
        calendar.server.make_calendar(&calendar.name);
        for (id, ics) in members {
            calendar.put(&id, &ics);
        }
        // Cyrus cannot remove calendars of one name twice within a second.
        sleep(Duration::from_secs(1));
    });
    calendar.shows_again = std::env::var_os("CALENDAR_TEST_CALDAV_SHOWS_AGAIN").is_some();
    calendar.tells_changes = SERVER.properties(&calendar.url).contains("sync-collection");
    calendar
}

/// Removes all trees of a Git repository but the last.
const FORGET_TREES: &str = r#"
import sys
from pathlib import Path
from dulwich.repo import Repo
repository = Repo(sys.argv[1])
last = repository[repository.head()].tree
trees = [id for id in repository.object_store if repository[id].type_name == b"tree" and id != last]
for id in trees:
    Path(repository.controldir(), "objects", id[:2].decode(), id[2:].decode()).unlink()
"#;

/// A calendar on a CalDAV server.
struct Calendar {
    server: &'static CaldavServer,
    name: String,
    url: String,
    connector: CalDav,
    added: AtomicUsize,
    tells_changes: bool,
    shows_again: bool,
    forget_tokens: fn(&Self),
}

impl Calendar {
    fn new(server: &'static CaldavServer, forget_tokens: fn(&Self)) -> Self {
        static MADE: AtomicUsize = AtomicUsize::new(0);
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let name = format!("calendar{}-{number}", std::process::id());
        let url = server.make_calendar(&name);
        let limits = Limits { allow_private_networks: true, ..Limits::default() };
        let connector = CalDav::new(
            Http::new(limits).unwrap(),
            server.origin().parse().unwrap(),
            &server.username,
            &server.password.clone().into(),
        );
        let (connector, added) = (connector.unwrap(), AtomicUsize::new(0));
        let (tells_changes, shows_again) = (true, false);
        Self { server, name, url, connector, added, tells_changes, shows_again, forget_tokens }
    }

    /// The members, by name.
    fn members(&self) -> Vec<(String, String)> {
        let listing = {
            let url = self.url.parse().unwrap();
            read_listing(&url, self.server.properties(&self.url).as_bytes()).unwrap()
        };
        let get = |id: &str| self.server.get(&self.url, &escaped(id));
        listing.members.into_iter().map(|member| (member.id.clone(), get(&member.id))).collect()
    }

    fn put(&self, id: &str, ics: &str) {
        self.server.put(&self.url, &escaped(id), ics);
    }
}

impl Drop for Calendar {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.server.remove_calendar(&self.name);
        }
    }
}

#[async_trait]
impl Peer for Calendar {
    fn abilities(&self) -> Abilities {
        Abilities {
            unchanged: true,
            changes: self.tells_changes,
            all_day: true,
            series: true,
            writes: true,
            preconditions: true,
            keeps_changes: false,
            telling_ids: true,
            many: 101,
        }
    }

    fn is_believed(&self) -> bool {
        false
    }

    fn shows_again(&self) -> bool {
        self.shows_again
    }

    fn connector(&self) -> &dyn Connector {
        &self.connector
    }

    fn place(&self) -> Place {
        Place { external_calendar_id: self.url.clone(), timezone: ZONE.into() }
    }

    async fn add(&self, event: &Planned) -> String {
        let number = self.added.fetch_add(1, Ordering::Relaxed);
        let id = format!("event {number}.ics");
        self.put(&id, &ics(&vevents(&format!("{number}@{}", self.name), event)));
        id
    }

    async fn change(&self, external_event_id: &str, event: &Planned) {
        let members = self.members();
        let (_, old) = members.iter().find(|(name, _)| name == external_event_id).unwrap();
        let uid = old.lines().find_map(|line| line.strip_prefix("UID:")).unwrap();
        self.put(external_event_id, &ics(&vevents(uid, event)));
    }

    async fn remove(&self, external_event_id: &str) {
        self.server.delete(&self.url, &escaped(external_event_id));
    }

    async fn held(&self) -> Vec<Held> {
        self.members().iter().map(|(name, ics)| held(name, ics)).collect()
    }

    async fn forget_tokens(&self) {
        (self.forget_tokens)(self);
    }
}

/// A name as it stands in a URL.
fn escaped(id: &str) -> String {
    id.replace(' ', "%20")
}

/// What a member says.
fn held(name: &str, ics: &str) -> Held {
    let parsed = ics::parse(ics, &zone(), &[], &mut || true).unwrap();
    let event = &parsed.events[0];
    let unfolded = ics.replace("\r\n ", "");
    let attendees = unfolded.lines().filter(|line| line.starts_with("ATTENDEE"));
    Held {
        external_event_id: name.into(),
        title: event.title.clone().unwrap_or_default(),
        span: event.span,
        is_tentative: event.status == Status::Tentative,
        invited: attendees.map(|line| line.rsplit_once("mailto:").unwrap().1.into()).collect(),
    }
}

/// A stream with these VEVENTs.
pub(crate) fn ics(vevents: &str) -> String {
    format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//A user//EN\r\n\
         {VTIMEZONE}{vevents}END:VCALENDAR\r\n"
    )
}

/// An event as a user's program writes it.
pub(crate) fn vevents(uid: &str, event: &Planned) -> String {
    let Planned { title, span, daily } = event;
    let rule = daily.as_ref().map(|daily| format!("RRULE:FREQ=DAILY;COUNT={}", daily.count));
    let without = daily.as_ref().and_then(|daily| daily.cancelled);
    let without = without.map(|index| property("EXDATE", event.original(index)));
    let mut text = vevent(uid, title, *span, &[rule, without]);
    if let Some(Daily { moved: Some((index, interval)), .. }) = daily {
        let id = property("RECURRENCE-ID", event.original(*index));
        text += &vevent(uid, title, Span::Times(*interval), &[Some(id)]);
    }
    text
}

fn vevent(uid: &str, title: &str, span: Span, lines: &[Option<String>]) -> String {
    let (start, end) = match span {
        Span::Dates(start, end) => (When::Date(start), When::Date(end)),
        Span::Times(interval) => (When::At(interval.start), When::At(interval.end)),
    };
    let title = title.replace(',', "\\,");
    let lines: String = lines.iter().flatten().map(|line| format!("{line}\r\n")).collect();
    format!(
        "BEGIN:VEVENT\r\nUID:{uid}\r\nDTSTAMP:20261101T000000Z\r\nSUMMARY:{title}\r\n\
         {}\r\n{}\r\n{lines}END:VEVENT\r\n",
        property("DTSTART", start),
        property("DTEND", end)
    )
}

fn property(name: &str, when: When) -> String {
    match when {
        When::Date(date) => format!("{name};VALUE=DATE:{}", date.format("%Y%m%d")),
        When::At(instant) => format!("{name};TZID={ZONE}:{}", local(instant)),
    }
}

fn local(instant: Instant) -> String {
    zone().instant_to_local(instant).format("%Y%m%dT%H%M%S").to_string()
}

const VTIMEZONE: &str = "BEGIN:VTIMEZONE\r\nTZID:America/New_York\r\n\
    BEGIN:STANDARD\r\nDTSTART:20071104T020000\r\nRRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU\r\n\
    TZOFFSETFROM:-0400\r\nTZOFFSETTO:-0500\r\nEND:STANDARD\r\n\
    BEGIN:DAYLIGHT\r\nDTSTART:20070311T020000\r\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU\r\n\
    TZOFFSETFROM:-0500\r\nTZOFFSETTO:-0400\r\nEND:DAYLIGHT\r\nEND:VTIMEZONE\r\n";
