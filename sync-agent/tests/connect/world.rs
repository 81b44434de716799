//! A database with a broker, providers, agents that serve pages, and browsers.

use bytes::Bytes;
use calendar_tests::{Database, fixture};
use http::{Method, Request, Response, StatusCode};
use postgres::Client;
use provider_fakes::google::{Calendar, Google};
use provider_fakes::microsoft::Microsoft;
use secrecy::SecretString;
use std::cell::RefCell;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::time::Duration;
use sync_agent::config::Config;
use sync_agent::database::{Database as Agent, Pool};
use sync_agent::net::http::{Http, Limits};
use sync_agent::secret::Keyring;
use sync_agent::server::{Connecting, PublicUrl, Server, Services, Settings};
use sync_agent::store::Store;
use sync_agent::store::spool::Spool;
use sync_agent::sync::accounts::{Providers, StoredAccounts};
use sync_agent::sync::channels::{end_accounts, end_channels};
use sync_agent::sync::round::Round;
use tokio::runtime::Runtime;
use url::Url;
use uuid::Uuid;

const KEY: &str = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";
const GHL_KEY: &str = "MCowBQYDK2VwAyEAA6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=";

/// A database with a broker, providers, and agents that serve pages.
pub(crate) struct World {
    pub(crate) runtime: Runtime,
    pub(crate) db: Database<'static>,
    pub(crate) google: Google,
    pub(crate) microsoft: Microsoft,
    pub(crate) broker: Uuid,
}

/// An agent that serves pages.
pub(crate) struct Desk {
    pub(crate) origin: String,
}

/// A browser that keeps cookies and follows no redirect by itself.
pub(crate) struct Browser<'a> {
    pub(crate) world: &'a World,
    pub(crate) http: Http,
    pub(crate) cookie: RefCell<Option<String>>,
    pub(crate) address: String,
}

impl World {
    pub(crate) fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let google = runtime.block_on(Google::start(0)).unwrap();
        let mut main = Calendar::new("ada@example.com", "America/New_York".parse().unwrap());
        main.is_primary = true;
        google.add_calendar(main);
        google.add_calendar(Calendar::new("family", "America/New_York".parse().unwrap()));
        let microsoft = runtime.block_on(Microsoft::start(0)).unwrap();
        let db = Database::new();
        let mut admin = db.connect();
        let columns = [("name", "Ada Brooks"), ("email", "ada@oak.example")];
        let broker = fixture::broker(&mut admin, &columns);
        let origin = "insert into calendar.page_origins values ('https://app.example.com')";
        admin.batch_execute(origin).unwrap();
        Self { runtime, db, google, microsoft, broker }
    }

    pub(crate) fn admin(&self) -> Client {
        self.db.connect()
    }

    pub(crate) fn text(&self, query: &str) -> String {
        let query = format!("select ({query})::text");
        self.admin().query_one(&query, &[]).unwrap().get::<_, Option<String>>(0).unwrap_or_default()
    }

    pub(crate) fn config(&self) -> Config {
        let (google, microsoft) = (self.google.server().origin(), self.microsoft.server().origin());
        Config::load(None, |name| {
            Some(match name {
                "SYNC_AGENT_ALLOW_PRIVATE_NETWORKS" => "true".into(),
                "SYNC_AGENT_GOOGLE_BASE_URL" => self.google.base(),
                "SYNC_AGENT_GOOGLE_AUTHORIZE_URL" => format!("{google}/o/oauth2/v2/auth"),
                "SYNC_AGENT_GOOGLE_TOKEN_URL" => format!("{google}/token"),
                "SYNC_AGENT_GOOGLE_REVOKE_URL" => format!("{google}/revoke"),
                "SYNC_AGENT_GOOGLE_CLIENT_ID" => Google::CLIENT_ID.into(),
                "SYNC_AGENT_GOOGLE_CLIENT_SECRET" => Google::CLIENT_SECRET.into(),
                "SYNC_AGENT_MICROSOFT_BASE_URL" => self.microsoft.base(),
                "SYNC_AGENT_MICROSOFT_LOGIN_URL" => format!("{microsoft}/"),
                "SYNC_AGENT_MICROSOFT_CLIENT_ID" => "00000000-0000-0000-0000-000000000000".into(),
                _ => return None,
            })
        })
        .unwrap()
    }

    pub(crate) fn keyring(&self) -> Arc<Keyring> {
        Arc::new(Keyring::new(&SecretString::from(KEY), &[]).unwrap())
    }

    /// An agent with pages below a path.
    pub(crate) fn desk(&self) -> Desk {
        self.desk_behind(None)
    }

    /// One of several agents behind a URL, which is that of another.
    pub(crate) fn desk_behind(&self, other: Option<&Desk>) -> Desk {
        let port =
            TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
        let origin = format!("http://127.0.0.1:{port}");
        let url = format!("{}/calendar/", other.map_or(&origin, |other| &other.origin));
        let settings = Settings {
            public_url: Some(PublicUrl::new(&url.parse().unwrap()).unwrap()),
            ..Settings::new((Ipv4Addr::LOCALHOST, port).into(), GHL_KEY.parse().unwrap())
        };
        let pool = Pool::new(&agent_url(&self.db), 4).unwrap();
        let connecting = Connecting {
            pool: pool.clone(),
            providers: Arc::new(Providers::new(self.config()).unwrap()),
            keyring: self.keyring(),
        };
        let services = Services {
            wake: Arc::new(pool),
            health: Arc::default(),
            connecting: Some(Arc::new(connecting)),
            reporting: None,
        };
        self.runtime.block_on(async {
            let server = Server::bind(settings).await.unwrap();
            tokio::spawn(server.serve(services, std::future::pending()));
        });
        let beat = "select calendar_sync.heartbeat($1, '1', $2)";
        self.admin().execute(beat, &[&Uuid::new_v4(), &url]).unwrap();
        Desk { origin }
    }

    pub(crate) fn browser(&self) -> Browser<'_> {
        let http = Http::new(Limits { allow_private_networks: true, ..Limits::default() }).unwrap();
        Browser { world: self, http, cookie: RefCell::default(), address: "192.0.2.1".into() }
    }

    /// The address of a page.
    pub(crate) fn begin(&self, arguments: &str) -> String {
        let query = format!("select calendar.begin_connection({arguments})");
        self.admin().query_one(&query, &[]).unwrap().get(0)
    }

    /// What an agent does about disconnected accounts.
    pub(crate) fn end(&self) -> (u64, u64) {
        self.round(async |round| {
            (end_channels(round).await.unwrap(), end_accounts(round).await.unwrap())
        })
    }

    /// An agent pulls what is due.
    pub(crate) fn pull(&self) {
        self.round(async |round| {
            round.run(Duration::ZERO).await.unwrap();
        });
    }

    fn round<T>(&self, work: impl AsyncFnOnce(&Round<'_>) -> T) -> T {
        self.runtime.block_on(async {
            let (agent, _) = Agent::connect(&agent_url(&self.db)).await.unwrap();
            let providers = Arc::new(Providers::new(self.config()).unwrap());
            let accounts = StoredAccounts::new(providers, self.keyring(), agent.clone());
            let store = Store::new(agent, Arc::new(Spool::in_memory()));
            work(&Round::new(&store, &accounts, &(), 2)).await
        })
    }
}

pub(crate) fn agent_url(db: &Database<'_>) -> String {
    format!("{}?options=-c%20role%3Dcalendar_agent", db.url())
}

/// An answer, and where it was asked for.
pub(crate) struct Page {
    pub(crate) answer: Response<Bytes>,
    pub(crate) url: String,
}

impl Page {
    pub(crate) fn status(&self) -> StatusCode {
        self.answer.status()
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(self.answer.body()).into_owned()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.answer.headers().get(name).map_or("", |value| value.to_str().unwrap())
    }

    #[track_caller]
    pub(crate) fn says(&self, status: u16, words: &str) -> &Self {
        let text = self.text();
        assert_eq!(self.status().as_u16(), status, "{text}");
        assert!(text.contains(words), "{words}: {text}");
        self
    }

    /// Where it redirects to.
    #[track_caller]
    pub(crate) fn target(&self) -> String {
        assert_eq!(self.status(), 303, "{}", self.text());
        let url: Url = self.url.parse().unwrap();
        url.join(self.header("location")).unwrap().into()
    }

    /// Where its form leads.
    #[track_caller]
    pub(crate) fn form(&self) -> String {
        let text = self.text();
        let action = text.split("<form method=\"post\" action=\"").nth(1);
        let action = action.unwrap_or_else(|| panic!("no form: {text}")).split('"').next().unwrap();
        let url: Url = self.url.parse().unwrap();
        url.join(action).unwrap().into()
    }
}

impl Browser<'_> {
    pub(crate) fn send(
        &self,
        method: Method,
        url: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Page {
        let mut request = Request::builder().method(method).uri(url);
        request = request.header("X-Forwarded-For", &self.address);
        if let Some(cookie) = &*self.cookie.borrow() {
            request = request.header("Cookie", format!("theme=dark; {cookie}"));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(body.as_bytes().to_vec()).unwrap();
        let answer = self.world.runtime.block_on(self.http.send(request)).unwrap();
        if let Some(set) = answer.headers().get("set-cookie") {
            let pair = set.to_str().unwrap().split(';').next().unwrap();
            self.cookie.replace(Some(pair.to_owned()));
        }
        Page { answer, url: url.into() }
    }

    pub(crate) fn get(&self, url: &str) -> Page {
        self.send(Method::GET, url, &[], "")
    }

    /// Sends a form as the page at the same origin does.
    pub(crate) fn post(&self, url: &str, form: &[(&str, &str)]) -> Page {
        let origin = url.parse::<Url>().unwrap().origin().ascii_serialization();
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let headers = [
            ("Content-Type", "application/x-www-form-urlencoded"),
            ("Origin", &*origin),
            ("Sec-Fetch-Site", "same-origin"),
        ];
        self.send(Method::POST, url, &headers, &body)
    }

    /// Takes a ticket; gives the provider's page.
    pub(crate) fn to_provider(&self, address: &str) -> String {
        let page = self.get(address);
        self.post(&page.form(), &[]).target()
    }

    /// Agrees on the provider's page; gives the callback's URL.
    pub(crate) fn agree(&self, consent: &str) -> String {
        let request = Request::get(consent).body(Vec::new()).unwrap();
        let answer = self.world.runtime.block_on(self.http.send(request)).unwrap();
        answer.headers()["location"].to_str().unwrap().to_owned()
    }
}
