//! A user's calendar on a CalDAV server.

use crate::ics;
use crate::occurrences;
use crate::provider::{Program, Provider, Seen};
use crate::series::{self, Series};
use crate::time::Span;
use provider_fakes::caldav::Caldav;
use provider_fakes::server::Server;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use sync_agent::connector::Connector;
use sync_agent::connector::caldav::CalDav;
use sync_agent::net::http::Http;
use tokio::runtime::Runtime;

const CALENDAR: &str = "main";
const OTHER: &str = "other";

struct Account {
    server: Caldav,
    /// What the server calls the calendars.
    calendars: [String; 2],
    added: Cell<u32>,
    copied: Cell<u32>,
    /// The user's series, by the names of their members.
    series: RefCell<BTreeMap<String, Series>>,
    /// What the user deleted, by its name, and the calendar that had it.
    deleted: RefCell<HashMap<String, (&'static str, String)>>,
}

pub(crate) fn start(runtime: &Runtime) -> Box<dyn Provider> {
    let server = runtime.block_on(Caldav::start(0)).unwrap();
    let calendars = [CALENDAR, OTHER].map(|name| server.add_calendar(name));
    Box::new(Account {
        server,
        calendars,
        added: Cell::default(),
        copied: Cell::default(),
        series: RefCell::default(),
        deleted: RefCell::default(),
    })
}

impl Provider for Account {
    fn name(&self) -> &'static str {
        "caldav"
    }

    fn server(&self) -> &Server {
        self.server.server()
    }

    fn calendar(&self) -> String {
        self.calendars[0].clone()
    }

    fn other_calendar(&self) -> Option<String> {
        Some(self.calendars[1].clone())
    }

    fn connector(&self, http: Http) -> Arc<dyn Connector> {
        let (url, password) = (self.server.home().parse().unwrap(), Caldav::PASSWORD.into());
        Arc::new(CalDav::new(http, url, Caldav::USERNAME, &password).unwrap())
    }

    fn program(&self) -> Program {
        let home = self.server.home();
        let arguments =
            ["caldav", "--url", &home, "--username", Caldav::USERNAME, "--password-stdin"];
        Program {
            arguments: arguments.map(str::to_owned).into(),
            secret: Caldav::PASSWORD.into(),
            environment: Vec::new(),
        }
    }

    fn events(&self) -> Vec<Seen> {
        let [main, other] = [CALENDAR, OTHER].map(|name| self.server.members(name));
        let series = self.series.borrow();
        let main = main.iter().filter(|(name, _)| !series.contains_key(name));
        let main = main.flat_map(|(name, ics)| occurrences::seen(name, ics));
        let other = other.iter().flat_map(|(name, ics)| occurrences::seen(name, ics));
        let other = other.map(|event| Seen { is_elsewhere: true, ..event });
        let theirs = series.iter().flat_map(|(name, series)| series.seen(name));
        main.chain(other).chain(theirs).collect()
    }

    fn add(&self, title: &str, span: Span) {
        let name = self.new_name();
        self.put(&name, &ics::vevent(&uid(&name), title, span, ""));
    }

    fn add_series(&self, title: &str, first: Span, count: u32) -> bool {
        let name = self.new_name();
        self.series.borrow_mut().insert(name.clone(), Series::new(title, first, count));
        self.edit_series(&name, |_| {});
        true
    }

    fn delete_series(&self, id: &str) {
        match self.series.borrow_mut().remove(id) {
            Some(_) => assert!(self.server.remove(CALENDAR, id)),
            None => self.delete(id),
        }
    }

    fn shift(&self, id: &str, span: Span) {
        match series::occurrence(id) {
            Some((name, index)) if self.series.borrow().contains_key(name) => {
                self.edit_series(name, |series| series.shift(index, span));
            }
            Some((name, index)) => self.edit(name, |ics| occurrences::shifted(ics, index, span)),
            None => self.edit(id, |ics| ics::shifted(ics, span)),
        }
    }

    fn make_series(&self, event: &Seen, count: u32) -> bool {
        self.edit(&event.id, |ics| occurrences::repeated(ics, count));
        true
    }

    fn copy(&self, event: &Seen) -> Option<String> {
        let (from, ics) = self.member(&event.id);
        self.copied.set(self.copied.get() + 1);
        let name = format!("copy-{}.ics", self.copied.get());
        let to = if from == CALENDAR { OTHER } else { CALENDAR };
        self.server.put_if_new(to, &name, &ics).then_some(name)
    }

    fn make_all_day(&self, id: &str, days: Span) -> bool {
        if series::occurrence(id).is_some() {
            return false;
        }
        self.edit(id, |ics| ics::all_day(ics, days));
        true
    }

    fn remark(&self, id: &str, number: u32) {
        let [title, notes, trigger] = remarks(number);
        let (name, _) = series::occurrence(id).unwrap_or((id, 0));
        self.edit(name, |ics| {
            occurrences::each(ics, |ics| ics::remarked(ics, [&title, &notes, &trigger]))
        });
    }

    fn remarked(&self, number: u32) -> Vec<String> {
        remarks(number).into()
    }

    fn delete(&self, id: &str) {
        match series::occurrence(id) {
            Some((name, index)) if self.series.borrow().contains_key(name) => {
                return self.edit_series(name, |series| series.delete(index));
            }
            Some((name, index)) => return self.edit(name, |ics| occurrences::without(ics, index)),
            None => {}
        }
        let (calendar, ics) = self.member(id);
        assert!(self.server.remove(calendar, id));
        self.deleted.borrow_mut().insert(id.to_owned(), (calendar, ics));
    }

    fn put_back(&self, id: &str) -> bool {
        let deleted = self.deleted.borrow();
        let deleted = deleted.get(id);
        deleted.is_some_and(|(calendar, ics)| self.server.put_if_new(calendar, id, ics))
    }

    fn refile(&self, id: &str) -> bool {
        let (from, ics) = self.member(id);
        let to = if from == CALENDAR { OTHER } else { CALENDAR };
        self.server.put_if_new(to, id, &ics) && self.server.remove(from, id)
    }

    fn forget_tokens(&self) {
        self.server.forget_tokens();
    }
}

impl Account {
    fn new_name(&self) -> String {
        format!("{}.ics", self.added.replace(self.added.get() + 1))
    }

    fn put(&self, name: &str, vevents: &str) {
        self.server.put(CALENDAR, name, &ics::stream(vevents));
    }

    fn edit_series(&self, name: &str, edit: impl FnOnce(&mut Series)) {
        let mut all = self.series.borrow_mut();
        let series = all.get_mut(name).unwrap();
        edit(series);
        self.put(name, &series.vevents(&uid(name)));
    }

    fn edit(&self, id: &str, edit: impl Fn(&str) -> String) {
        let (calendar, ics) = self.member(id);
        self.server.put(calendar, id, &edit(&ics));
    }

    /// A member's calendar, and its text.
    fn member(&self, id: &str) -> (&'static str, String) {
        let of = |calendar| {
            let members = self.server.members(calendar).into_iter();
            members.filter(|(name, _)| name == id).map(move |(_, ics)| (calendar, ics)).next()
        };
        [CALENDAR, OTHER].into_iter().find_map(of).unwrap()
    }
}

fn uid(member: &str) -> String {
    format!("{member}@user")
}

fn remarks(number: u32) -> [String; 3] {
    [format!("my title {number}"), format!("my notes {number}"), format!("-PT{number}M")]
}
