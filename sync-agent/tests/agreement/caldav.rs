//! A user's calendar on a CalDAV server.

use crate::ics;
use crate::provider::{Program, Provider, Seen};
use crate::time::Span;
use provider_fakes::caldav::Caldav;
use provider_fakes::server::Server;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::sync::Arc;
use sync_agent::connector::Connector;
use sync_agent::connector::caldav::CalDav;
use sync_agent::net::http::Http;
use tokio::runtime::Runtime;

const CALENDAR: &str = "main";

struct Account {
    server: Caldav,
    calendar: String,
    added: Cell<u32>,
    /// What the user deleted, by its name.
    deleted: RefCell<HashMap<String, String>>,
}

pub(crate) fn start(runtime: &Runtime) -> Box<dyn Provider> {
    let server = runtime.block_on(Caldav::start(0)).unwrap();
    let calendar = server.add_calendar(CALENDAR);
    Box::new(Account { server, calendar, added: Cell::default(), deleted: RefCell::default() })
}

impl Provider for Account {
    fn name(&self) -> &'static str {
        "caldav"
    }

    fn server(&self) -> &Server {
        self.server.server()
    }

    fn calendar(&self) -> String {
        self.calendar.clone()
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
        let members = self.server.members(CALENDAR);
        members.iter().map(|(name, ics)| ics::seen(name, ics)).collect()
    }

    fn add(&self, title: &str, span: Span) {
        let number = self.added.replace(self.added.get() + 1);
        let vevent = ics::vevent(&format!("{number}@user"), title, span);
        self.server.put(CALENDAR, &format!("{number}.ics"), &ics::stream(&vevent));
    }

    fn shift(&self, id: &str, span: Span) {
        self.edit(id, |ics| ics::shifted(ics, span));
    }

    fn make_all_day(&self, id: &str, days: Span) -> bool {
        self.edit(id, |ics| ics::all_day(ics, days));
        true
    }

    fn remark(&self, id: &str, number: u32) {
        let [title, notes, trigger] = remarks(number);
        self.edit(id, |ics| ics::remarked(ics, [&title, &notes, &trigger]));
    }

    fn remarked(&self, number: u32) -> Vec<String> {
        remarks(number).into()
    }

    fn delete(&self, id: &str) {
        let members = self.server.members(CALENDAR);
        self.deleted.borrow_mut().extend(members.into_iter().filter(|(name, _)| name == id));
        assert!(self.server.remove(CALENDAR, id));
    }

    fn put_back(&self, id: &str) -> bool {
        let deleted = self.deleted.borrow();
        let ics = deleted.get(id);
        ics.inspect(|ics| self.server.put(CALENDAR, id, ics)).is_some()
    }

    fn forget_tokens(&self) {
        self.server.forget_tokens();
    }
}

impl Account {
    fn edit(&self, id: &str, edit: impl Fn(&str) -> String) {
        let members = self.server.members(CALENDAR);
        let (_, ics) = members.iter().find(|(name, _)| name == id).unwrap();
        self.server.put(CALENDAR, id, &edit(ics));
    }
}

fn remarks(number: u32) -> [String; 3] {
    [format!("my title {number}"), format!("my notes {number}"), format!("-PT{number}M")]
}
