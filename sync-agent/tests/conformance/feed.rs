//! iCalendar feeds.

use crate::caldav::{ics, vevents};
use crate::peer::{Abilities, Held, Peer, Planned, ZONE};
use async_trait::async_trait;
use calendar_tests::peers::Nginx;
use providers::Place;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{LazyLock, Mutex};
use sync_agent::connector::Connector;
use sync_agent::connector::feed::Feed;
use sync_agent::net::http::{Http, Limits};
use tempfile::TempDir;

mod nginx {
    crate::suite::conforms!(
        #[ignore = "needs CALENDAR_TEST_NGINX"]
        super::nginx
    );
}

/// By a server that tells no version.
mod nginx_without_etags {
    crate::suite::conforms!(
        #[ignore = "needs CALENDAR_TEST_NGINX"]
        super::nginx_without_etags
    );
}

mod file {
    crate::suite::conforms!(super::file);
}

async fn nginx() -> Calendar {
    on_nginx("")
}

async fn nginx_without_etags() -> Calendar {
    on_nginx("plain/")
}

fn on_nginx(path: &str) -> Calendar {
    static SERVER: LazyLock<Nginx> = LazyLock::new(Nginx::start);
    static MADE: AtomicUsize = AtomicUsize::new(0);
    let name = format!("{}.ics", MADE.fetch_add(1, Ordering::Relaxed));
    let address = format!("{}/{path}{name}", SERVER.origin());
    Calendar::new(&address, Box::new(move |text| SERVER.put(&name, Some(text))))
}

async fn file() -> Calendar {
    let directory = TempDir::new().unwrap();
    let path: PathBuf = directory.path().join("calendar.ics");
    let address = path.to_string_lossy().into_owned();
    // The directory lasts as long as what writes to it.
    let write = move |text: &str| std::fs::write(directory.path().join("calendar.ics"), text);
    Calendar::new(&address, Box::new(move |text| write(text).unwrap()))
}

/// What publishes a stream.
type Publish = Box<dyn Fn(&str) + Send + Sync>;

struct Calendar {
    connector: Feed,
    /// By UID, as VEVENTs.
    events: Mutex<BTreeMap<String, String>>,
    added: AtomicUsize,
    publish: Publish,
}

impl Calendar {
    fn new(address: &str, publish: Publish) -> Self {
        let limits = Limits { allow_private_networks: true, ..Limits::default() };
        let connector = Feed::new(Http::new(limits).unwrap(), address).unwrap();
        let events = Mutex::default();
        let calendar = Self { connector, events, added: AtomicUsize::new(0), publish };
        calendar.edit(|_| {});
        calendar
    }

    fn edit(&self, edit: impl FnOnce(&mut BTreeMap<String, String>)) {
        let mut events = self.events.lock().unwrap();
        edit(&mut events);
        (self.publish)(&ics(&events.values().cloned().collect::<String>()));
    }
}

#[async_trait]
impl Peer for Calendar {
    fn abilities(&self) -> Abilities {
        Abilities {
            unchanged: true,
            changes: false,
            all_day: true,
            series: true,
            writes: false,
            preconditions: false,
            keeps_changes: false,
            telling_ids: false,
            many: 501,
        }
    }

    fn connector(&self) -> &dyn Connector {
        &self.connector
    }

    fn place(&self) -> Place {
        Place { external_calendar_id: self.connector.id(), timezone: ZONE.into() }
    }

    async fn add(&self, event: &Planned) -> String {
        let uid = format!("{}@user", self.added.fetch_add(1, Ordering::Relaxed));
        self.change(&uid, event).await;
        uid
    }

    async fn change(&self, external_event_id: &str, event: &Planned) {
        let text = vevents(external_event_id, event);
        self.edit(|events| drop(events.insert(external_event_id.to_owned(), text)));
    }

    async fn remove(&self, external_event_id: &str) {
        self.edit(|events| drop(events.remove(external_event_id)));
    }

    async fn held(&self) -> Vec<Held> {
        unreachable!("nothing is written to a feed")
    }

    async fn forget_tokens(&self) {
        unreachable!("a feed does not tell changes")
    }
}
