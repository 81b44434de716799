//! The pages on which a broker connects an account, with a browser's eyes.

use bytes::Bytes;
use calendar_tests::peers::CaldavServer;
use calendar_tests::{Database, NOW, fixture};
use chrono::{DateTime, TimeDelta, Utc};
use http::{Method, Request, Response, StatusCode};
use postgres::Client;
use provider_fakes::google::{Calendar, Google};
use provider_fakes::microsoft::Microsoft;
use secrecy::SecretString;
use std::cell::RefCell;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
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
struct World {
    runtime: Runtime,
    db: Database<'static>,
    google: Google,
    microsoft: Microsoft,
    broker: Uuid,
}

/// An agent that serves pages.
struct Desk {
    origin: String,
}

/// A browser that keeps cookies and follows no redirect by itself.
struct Browser<'a> {
    world: &'a World,
    http: Http,
    cookie: RefCell<Option<String>>,
    address: String,
}

impl World {
    fn new() -> Self {
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

    fn admin(&self) -> Client {
        self.db.connect()
    }

    fn text(&self, query: &str) -> String {
        let query = format!("select ({query})::text");
        self.admin().query_one(&query, &[]).unwrap().get::<_, Option<String>>(0).unwrap_or_default()
    }

    fn config(&self) -> Config {
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

    fn keyring(&self) -> Arc<Keyring> {
        Arc::new(Keyring::new(&SecretString::from(KEY), &[]).unwrap())
    }

    /// An agent with pages below a path.
    fn desk(&self) -> Desk {
        self.desk_behind(None)
    }

    /// One of several agents behind a URL, which is that of another.
    fn desk_behind(&self, other: Option<&Desk>) -> Desk {
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

    fn browser(&self) -> Browser<'_> {
        let http = Http::new(Limits { allow_private_networks: true, ..Limits::default() }).unwrap();
        Browser { world: self, http, cookie: RefCell::default(), address: "192.0.2.1".into() }
    }

    /// The address of a page.
    fn begin(&self, arguments: &str) -> String {
        let query = format!("select calendar.begin_connection({arguments})");
        self.admin().query_one(&query, &[]).unwrap().get(0)
    }

    /// What an agent does about disconnected accounts.
    fn end(&self) -> (u64, u64) {
        self.runtime.block_on(async {
            let (agent, _) = Agent::connect(&agent_url(&self.db)).await.unwrap();
            let providers = Arc::new(Providers::new(self.config()).unwrap());
            let accounts = StoredAccounts::new(providers, self.keyring(), agent.clone());
            let store = Store::new(agent, Arc::new(Spool::in_memory()));
            let round = Round::new(&store, &accounts, &(), 2);
            (end_channels(&round).await.unwrap(), end_accounts(&round).await.unwrap())
        })
    }
}

fn agent_url(db: &Database<'_>) -> String {
    format!("{}?options=-c%20role%3Dcalendar_agent", db.url())
}

/// An answer, and where it was asked for.
struct Page {
    answer: Response<Bytes>,
    url: String,
}

impl Page {
    fn status(&self) -> StatusCode {
        self.answer.status()
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(self.answer.body()).into_owned()
    }

    fn header(&self, name: &str) -> &str {
        self.answer.headers().get(name).map_or("", |value| value.to_str().unwrap())
    }

    #[track_caller]
    fn says(&self, status: u16, words: &str) -> &Self {
        let text = self.text();
        assert_eq!(self.status().as_u16(), status, "{text}");
        assert!(text.contains(words), "{words}: {text}");
        self
    }

    /// Where it redirects to.
    #[track_caller]
    fn target(&self) -> String {
        assert_eq!(self.status(), 303, "{}", self.text());
        let url: Url = self.url.parse().unwrap();
        url.join(self.header("location")).unwrap().into()
    }

    /// Where its form leads.
    #[track_caller]
    fn form(&self) -> String {
        let text = self.text();
        let action = text.split("<form method=\"post\" action=\"").nth(1);
        let action = action.unwrap_or_else(|| panic!("no form: {text}")).split('"').next().unwrap();
        let url: Url = self.url.parse().unwrap();
        url.join(action).unwrap().into()
    }
}

impl Browser<'_> {
    fn send(&self, method: Method, url: &str, headers: &[(&str, &str)], body: &str) -> Page {
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

    fn get(&self, url: &str) -> Page {
        self.send(Method::GET, url, &[], "")
    }

    /// Sends a form as the page at the same origin does.
    fn post(&self, url: &str, form: &[(&str, &str)]) -> Page {
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
    fn to_provider(&self, address: &str) -> String {
        let page = self.get(address);
        self.post(&page.form(), &[]).target()
    }

    /// Agrees on the provider's page; gives the callback's URL.
    fn agree(&self, consent: &str) -> String {
        let request = Request::get(consent).body(Vec::new()).unwrap();
        let answer = self.world.runtime.block_on(self.http.send(request)).unwrap();
        answer.headers()["location"].to_str().unwrap().to_owned()
    }
}

#[test]
#[ignore = "needs CALENDAR_TEST_PG_BIN"]
fn google_is_connected_by_its_own_page_and_calendars_are_chosen() {
    let world = World::new();
    let desk = world.desk();
    let browser = world.browser();
    let broker = world.broker;
    let back = "https://app.example.com/settings?tab=calendars#top";
    let address = world.begin(&format!("'google', '{broker}', return_to => '{back}'"));
    assert!(address.starts_with(&format!("{}/calendar/connect/", desk.origin)), "{address}");
    // Whatever previews the link takes nothing.
    let page = browser.get(&address);
    for words in ["Ada Brooks", "ada@oak.example", "Google Calendar", "Continue to Google"] {
        page.says(200, words);
    }
    assert_eq!(page.header("set-cookie"), "");
    assert_eq!(page.header("cache-control"), "no-store");
    assert_eq!(page.header("referrer-policy"), "same-origin");
    let policy = page.header("content-security-policy");
    let google = world.google.server().origin();
    let forms = format!("form-action 'self' {google} https://app.example.com;");
    assert!(policy.starts_with("default-src 'none';") && policy.contains(&forms), "{policy}");
    browser.get(&address).says(200, "Continue to Google");

    let taken = browser.post(&page.form(), &[]);
    let cookie = taken.header("set-cookie").to_owned();
    for attribute in ["calendar-connect=", "HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=3600"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    let consent: Url = taken.target().parse().unwrap();
    let asked = |name: &str| {
        consent.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    };
    assert_eq!(asked("code_challenge_method").unwrap(), "S256");
    assert_eq!(asked("access_type").unwrap(), "offline");
    let redirect = format!("{}/calendar/oauth/google/callback", desk.origin);
    assert_eq!(asked("redirect_uri").unwrap(), redirect);
    // The ticket is used up.
    browser.get(&address).says(404, "This link works no longer");
    browser.post(&address, &[]).says(404, "This link works no longer");

    let picker = browser.get(&browser.agree(consent.as_str())).target();
    let page = browser.get(&picker);
    for words in ["Choose calendars", "ada@example.com", "family", "Book here", "Ignored"] {
        page.says(200, words);
    }
    let family =
        world.text("select id from calendar.calendars where external_calendar_id = 'family'");
    let main = world
        .text("select id from calendar.calendars where external_calendar_id = 'ada@example.com'");
    browser
        .post(&page.form(), &[(&family, "bookings"), (&main, "bookings")])
        .says(422, "Bookings can be written to one calendar");
    let end = browser.post(&page.form(), &[(&family, "bookings"), (&main, "ignored")]);
    assert_eq!(end.target(), "https://app.example.com/settings?tab=calendars&connected=google#top");
    assert_eq!(
        world.text("select external_calendar_id from calendar.calendars where is_primary"),
        "family"
    );
    let ignored =
        "select external_calendar_id from calendar.calendars where not blocks_availability";
    assert_eq!(world.text(ignored), "ada@example.com");
    assert_eq!(world.text("select status from calendar.accounts"), "active");
    assert_eq!(world.text("select count(*) from calendar.accounts where secret is not null"), "1");
    assert_eq!(world.text("select count(*) from calendar.oauth_states"), "0");
}

#[test]
#[ignore = "needs CALENDAR_TEST_PG_BIN"]
fn microsoft_is_connected_and_any_of_several_agents_answers() {
    let world = World::new();
    let first = world.desk();
    let second = world.desk_behind(Some(&first));
    let browser = world.browser();
    let address = world.begin(&format!("'microsoft', '{}'", world.broker));
    assert!(address.starts_with(&first.origin));
    let callback = browser.agree(&browser.to_provider(&address));
    // The reverse proxy sends the browser to the other agent.
    let picker = browser.get(&callback.replace(&first.origin, &second.origin)).target();
    assert!(picker.starts_with(&second.origin), "{picker}");
    let page = browser.get(&picker.replace(&second.origin, &first.origin));
    let end = browser.post(&page.form(), &[]).target();
    browser.get(&end).says(200, "Connected").says(200, "Ada Brooks");
    assert_eq!(
        world.text("select count(*) from calendar.accounts where provider = 'microsoft'"),
        "1"
    );
}

#[test]
#[ignore = "needs CALENDAR_TEST_PG_BIN"]
fn what_the_user_does_not_grant_is_named_and_nothing_is_stored() {
    let world = World::new();
    let _desk = world.desk();
    let browser = world.browser();
    let broker = world.broker;
    let address = world.begin(&format!("'google', '{broker}'"));
    let consent = browser.to_provider(&address);
    // The user unticks a box.
    let list = "%20https%3A%2F%2Fwww.googleapis.com%2Fauth%2Fcalendar.calendarlist.readonly";
    let plus = list.replace("%20", "+");
    assert!(consent.contains(list) || consent.contains(&plus), "{consent}");
    let unticked = consent.replace(list, "").replace(&plus, "");
    let page = browser.get(&browser.agree(&unticked));
    page.says(200, "One permission is missing").says(200, "see the list of your calendars");
    assert_eq!(world.text("select count(*) from calendar.accounts"), "0");
    // Tries again, and says no.
    let consent: Url = browser.post(&page.form(), &[]).target().parse().unwrap();
    let state = consent.query_pairs().find(|(key, _)| key == "state").unwrap().1.into_owned();
    let callback = browser.agree(consent.as_str());
    let callback = callback.split('?').next().unwrap();
    let refused = format!("{callback}?error=access_denied&state={state}");
    let page = browser.get(&refused);
    page.says(200, "Google was not connected").says(200, "You did not allow access");
    browser.get(&refused).says(404, "This answer does not belong here");
    // Of an organization where administrators decide.
    let consent: Url = browser.post(&page.form(), &[]).target().parse().unwrap();
    let state = consent.query_pairs().find(|(key, _)| key == "state").unwrap().1.into_owned();
    let refused =
        format!("{callback}?error=access_denied&error_description=AADSTS90094&state={state}");
    browser.get(&refused).says(200, "Ask your administrator");
    assert_eq!(world.text("select count(*) from calendar.accounts"), "0");
}

#[test]
#[ignore = "needs CALENDAR_TEST_PG_BIN"]
fn the_callback_of_another_browser_connects_nothing() {
    let world = World::new();
    let desk = world.desk();
    let (ada, eve) = (world.browser(), world.browser());
    let broker = world.broker;
    let callback = ada.agree(&ada.to_provider(&world.begin(&format!("'google', '{broker}'"))));
    // Without a cookie, and with one of its own.
    eve.get(&callback).says(404, "This answer does not belong here");
    eve.to_provider(&world.begin(&format!("'google', '{broker}'")));
    eve.get(&callback).says(404, "This answer does not belong here");
    // Not with Eve's page either.
    ada.get(&callback).target();
    ada.get(&callback).says(404, "This answer does not belong here");
    assert_eq!(world.text("select count(*) from calendar.accounts"), "1");
    let id = world
        .text("select id from calendar.connections_begun where connected_account_id is not null");
    let picker = format!("{}/calendar/connect/at/{id}/calendars", desk.origin);
    ada.get(&picker).says(200, "Choose calendars");
    eve.get(&picker).says(404, "This page works no longer");
    eve.post(&picker, &[]).says(404, "This page works no longer");
    for wrong in ["?code=x", "?state=&code=x", "?state=x&code=y", ""] {
        let url = format!("{}/calendar/oauth/google/callback{wrong}", desk.origin);
        ada.get(&url).says(404, "This answer does not belong here");
    }
    let url = format!("{}/calendar/oauth/yahoo/callback?state=x", desk.origin);
    ada.get(&url).says(404, "This answer does not belong here");
}

#[test]
#[ignore = "needs CALENDAR_TEST_PG_BIN"]
fn tickets_end_and_forms_of_other_sites_are_refused() {
    let world = World::new();
    let desk = world.desk();
    let browser = world.browser();
    let broker = world.broker;
    let address = world.begin(&format!("'caldav', '{broker}'"));
    let form = [("Content-Type", "application/x-www-form-urlencoded")];
    for headers in [
        vec![],
        vec![("Origin", "https://evil.example")],
        vec![("Origin", "null")],
        vec![("Sec-Fetch-Site", "cross-site"), ("Origin", desk.origin.as_str())],
        vec![("Sec-Fetch-Site", "same-site")],
        vec![("Sec-Fetch-Site", "same-origin"), ("Origin", "https://evil.example")],
    ] {
        let headers = [&form[..], &headers].concat();
        browser.send(Method::POST, &address, &headers, "").says(403, "sent from another site");
    }
    browser.get(&address).says(200, "Continue");
    let now: DateTime<Utc> = NOW.parse().unwrap();
    world.db.set_now(&(now + TimeDelta::seconds(601)).to_rfc3339());
    // The pool's sessions have the old clock: this is another agent's.
    let later = world.desk();
    let address = address.replace(&desk.origin, &later.origin);
    browser.get(&address).says(404, "This link works no longer");
    browser.post(&address, &[]).says(404, "This link works no longer");
    browser
        .get(&format!("{}/calendar/connect/{}", later.origin, "x".repeat(5000)))
        .says(404, "no longer");
    // Styles are there for every page.
    for style in ["calendar.css", "connect.css"] {
        let style = browser.get(&format!("{}/calendar/connect/{style}", later.origin));
        assert_eq!(style.header("content-type"), "text/css; charset=utf-8");
    }
}

#[test]
#[ignore = "needs CALENDAR_TEST_PG_BIN"]
fn an_address_that_asks_too_often_waits() {
    let world = World::new();
    let desk = world.desk();
    let browser = world.browser();
    let url = format!("{}/calendar/oauth/google/callback?state=x", desk.origin);
    let refused = (0..30).filter(|_| browser.get(&url).status() == 429).count();
    assert_eq!(refused, 10);
    browser.get(&url).says(429, "too often");
    let other = Browser { address: "192.0.2.2".into(), ..world.browser() };
    other.get(&url).says(404, "");
    // Only what the proxy added counts.
    let forged = Browser { address: "198.51.100.7, 192.0.2.1".into(), ..world.browser() };
    forged.get(&url).says(429, "too often");
}

#[test]
#[ignore = "needs CALENDAR_TEST_PG_BIN"]
fn caldav_is_connected_by_a_form_whose_password_is_tried_first() {
    let world = World::new();
    let desk = world.desk();
    let browser = world.browser();
    let server = CaldavServer::radicale();
    server.make_calendar("work");
    let broker = world.broker;
    let address = world.begin(&format!("'caldav', '{broker}'"));
    let page = browser.post(&browser.get(&address).form(), &[]).target();
    let icloud = browser.get(&page);
    icloud.says(200, "app-specific password").says(200, "Apple Account e-mail");
    let other = browser.get(&format!("{page}?server=other"));
    other.says(200, "Address of the server");
    let (url, user) = (&*format!("{}/", server.origin()), &*server.username);
    let send = |url: &str, user: &str, password: &str| {
        browser.post(&other.form(), &[("url", url), ("username", user), ("password", password)])
    };
    send("", user, "x").says(422, "Enter the address of the server");
    send(url, "", "x").says(422, "Enter the user name");
    send(url, user, "").says(422, "Enter the password");
    let wrong = send(url, user, "a wrong password");
    wrong.says(422, "The server refused this user name or password");
    assert!(wrong.text().contains(user) && !wrong.text().contains("a wrong password"));
    assert_eq!(world.text("select count(*) from calendar.accounts"), "0");
    let picker = send(url, user, &server.password).target();
    browser.get(&picker).says(200, "Choose calendars");
    assert_eq!(world.text("select provider from calendar.accounts"), "caldav");
    let stored = world.text("select encode(secret, 'escape') from calendar.accounts");
    assert!(!stored.contains(&server.password));
    // No page shows it again.
    assert!(!browser.get(&format!("{page}?server=other")).text().contains(&server.password));
    drop(desk);
}

#[test]
#[ignore = "needs CALENDAR_TEST_PG_BIN"]
fn an_account_is_connected_again_and_another_person_s_is_not_taken_for_it() {
    let world = World::new();
    let _desk = world.desk();
    let browser = world.browser();
    let broker = world.broker;
    let connect = |arguments: &str| {
        let consent = browser.to_provider(&world.begin(arguments));
        browser.get(&browser.agree(&consent))
    };
    connect(&format!("'google', '{broker}'")).target();
    let account = world.text("select id from calendar.accounts");
    let report = format!(
        "select calendar.set_account_status('{account}', 'needs_reconnect', 'the provider refused the credential')"
    );
    world.admin().batch_execute(&report).unwrap();
    let address = world.begin(&format!("'google', account_id => '{account}'"));
    browser
        .get(&address)
        .says(200, "Connect your calendar again")
        .says(200, "Why: the provider refused the credential.");
    let consent = browser.to_provider(&address);
    assert!(consent.contains("login_hint=ada%40example.com"), "{consent}");
    browser.get(&browser.agree(&consent)).target();
    assert_eq!(world.text("select string_agg(id::text, ' ') from calendar.accounts"), account);
    assert_eq!(world.text("select status from calendar.accounts"), "active");

    // The browser is signed in as someone else.
    let other = "update calendar.accounts set settings = '{\"calendar\": \"jo@example.com\"}'";
    world.admin().batch_execute(other).unwrap();
    let page = connect(&format!("'google', account_id => '{account}'"));
    page.says(200, "That is another account")
        .says(200, "This is ada@example.com, not jo@example.com");
    assert_eq!(world.text("select count(*) from calendar.accounts"), "1");
    // It may be added beside it.
    let consent = browser.post(&page.form(), &[("another", "yes")]).target();
    browser.get(&browser.agree(&consent)).target();
    assert_eq!(world.text("select count(*) from calendar.accounts"), "2");
}

#[test]
#[ignore = "needs CALENDAR_TEST_PG_BIN"]
fn a_disconnected_account_is_revoked_and_forgotten_whatever_the_provider_says() {
    let world = World::new();
    let _desk = world.desk();
    let browser = world.browser();
    let connect = |broker: Uuid| {
        let consent = browser.to_provider(&world.begin(&format!("'google', '{broker}'")));
        browser.get(&browser.agree(&consent)).target();
    };
    let other = fixture::broker(&mut world.admin(), &[]);
    connect(world.broker);
    connect(other);
    let disconnect = |broker: Uuid| {
        let disconnect = format!(
            "select calendar.disconnect_account(id) from calendar.accounts where broker_id = '{broker}'"
        );
        world.admin().batch_execute(&disconnect).unwrap();
    };
    let revoked =
        || world.google.requests().iter().filter(|request| request.contains("/revoke")).count();
    let kept = "select count(*) from calendar.accounts where secret is not null";
    disconnect(other);
    assert_eq!(world.end(), (0, 1));
    assert_eq!(
        (revoked(), world.text(kept)),
        (0, "1".into()),
        "the same user is connected elsewhere"
    );
    disconnect(world.broker);
    assert_eq!(world.end(), (0, 1));
    assert_eq!((revoked(), world.text(kept)), (1, "0".into()));

    // The provider is down.
    connect(world.broker);
    disconnect(world.broker);
    let away = Response::builder().status(503).body(axum::body::Body::empty()).unwrap();
    world.google.server().faults().refuse(away);
    assert_eq!(world.end(), (0, 1));
    assert_eq!(world.text(kept), "0");
    assert_eq!(world.end(), (0, 0));
}
