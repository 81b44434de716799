//! Tickets and states: how an account is connected on the agent's pages.

use calendar_tests::answer::refused;
use calendar_tests::{Caller, Database, NOW, fixture, synced};
use chrono::{DateTime, TimeDelta, Utc};
use postgres::Client;
use serde_json::Value;
use uuid::Uuid;

const ADA: Uuid = Uuid::from_u128(0xada);

struct World {
    db: Database<'static>,
    broker: Uuid,
}

impl World {
    fn new() -> Self {
        let db = Database::new();
        let mut admin = db.connect();
        let broker = fixture::broker(
            &mut admin,
            &[("user_id", &ADA.to_string()), ("name", "Ada"), ("email", "ada@example.com")],
        );
        admin
            .batch_execute("insert into calendar.page_origins values ('https://app.example.com'), ('http://localhost:3000')")
            .unwrap();
        Self { db, broker }
    }

    fn beat(&self) {
        let beat = "select calendar_sync.heartbeat($1, '0.1.0', 'https://agent.example.com/a/')";
        self.db.connect_as(Caller::Agent).execute(beat, &[&Uuid::from_u128(1)]).unwrap();
    }

    fn pass(&self, time: TimeDelta) {
        let now: DateTime<Utc> = NOW.parse().unwrap();
        self.db.set_now(&(now + time).to_rfc3339());
    }
}

fn begin(client: &mut Client, arguments: &str) -> Result<String, postgres::Error> {
    let query = format!("select calendar.begin_connection({arguments})");
    client.query_one(&query, &[]).map(|row| row.get(0))
}

fn read(client: &mut Client, call: &str) -> Result<Value, postgres::Error> {
    client.query_one(&format!("select calendar_sync.{call}"), &[]).map(|row| row.get(0))
}

#[test]
fn a_ticket_names_its_broker_and_can_be_taken_once() {
    let world = World::new();
    world.beat();
    let mut ada = world.db.connect_as(Caller::User(ADA));
    let address =
        begin(&mut ada, "'google', return_to => 'https://app.example.com/settings?a=1#b'").unwrap();
    let ticket = address.strip_prefix("https://agent.example.com/a/connect/").unwrap();
    assert_eq!(ticket.len(), 64);
    let mut agent = world.db.connect_as(Caller::Agent);
    let digest = format!("sha256('{ticket}')");
    // Whatever looks at it.
    for _ in 0..3 {
        let shown = read(&mut agent, &format!("read_ticket({digest})")).unwrap();
        assert_eq!(shown["broker_name"], "Ada");
        assert_eq!(shown["broker_email"], "ada@example.com");
        assert_eq!(shown["provider"], "google");
        assert_eq!(shown["account"], Value::Null);
    }
    let stored =
        "select count(*) from calendar.connections_begun as c where c::text like '%' || $1 || '%'";
    let stored: i64 = world.db.connect().query_one(stored, &[&ticket]).unwrap().get(0);
    assert_eq!(stored, 0, "the ticket itself is stored");
    let taken = read(&mut agent, &format!("take_ticket({digest}, sha256('cookie'))")).unwrap();
    assert_eq!(taken["return_to"], "https://app.example.com/settings?a=1#b");
    for again in
        ["take_ticket({}, sha256('cookie'))", "take_ticket({}, sha256('other'))", "read_ticket({})"]
    {
        refused(read(&mut agent, &again.replace("{}", &digest)), "PT404", "ticket_not_found");
    }
    let id = taken["id"].as_str().unwrap();
    read(&mut agent, &format!("read_connection('{id}', sha256('cookie'))")).unwrap();
    let other = read(&mut agent, &format!("read_connection('{id}', sha256('other'))"));
    refused(other, "PT404", "connection_not_found");
    world.pass(TimeDelta::minutes(61));
    let mut agent = world.db.connect_as(Caller::Agent);
    let late = read(&mut agent, &format!("read_connection('{id}', sha256('cookie'))"));
    refused(late, "PT404", "connection_not_found");
    // What has expired is forgotten.
    world.beat();
    let left: i64 = world
        .db
        .connect()
        .query_one("select count(*) from calendar.connections_begun", &[])
        .unwrap()
        .get(0);
    assert_eq!(left, 0);
}

#[test]
fn a_ticket_ends_after_ten_minutes() {
    let world = World::new();
    world.beat();
    let mut ada = world.db.connect_as(Caller::User(ADA));
    let address = begin(&mut ada, "'ics'").unwrap();
    let digest = format!("sha256('{}')", address.rsplit('/').next().unwrap());
    world.pass(TimeDelta::seconds(599));
    let mut agent = world.db.connect_as(Caller::Agent);
    read(&mut agent, &format!("read_ticket({digest})")).unwrap();
    world.pass(TimeDelta::seconds(601));
    let mut agent = world.db.connect_as(Caller::Agent);
    for call in ["read_ticket({})", "take_ticket({}, sha256('cookie'))"] {
        refused(read(&mut agent, &call.replace("{}", &digest)), "PT404", "ticket_not_found");
    }
}

#[test]
fn the_browser_is_sent_back_to_listed_origins_alone() {
    let world = World::new();
    world.beat();
    let mut service = world.db.connect_as(Caller::Service);
    let broker = world.broker;
    let mut to =
        |url: &str| begin(&mut service, &format!("'ics', '{broker}', return_to => $q${url}$q$"));
    for url in [
        "https://app.example.com",
        "https://app.example.com/",
        "HTTPS://App.Example.com:443/a/b?c=d@e#f",
        "https://app.example.com:0443?x",
        "http://localhost:3000/settings",
        "",
    ] {
        to(url).unwrap_or_else(|e| panic!("{url}: {e:?}"));
    }
    for url in [
        "http://app.example.com/",
        "https://app.example.com:8443/",
        "https://app.example.com.evil.example/",
        "https://evil.example/https://app.example.com",
        "https://app.example.com@evil.example/",
        "https://user@app.example.com/",
        "https://user:password@app.example.com/",
        "https://app.example.com\\@evil.example/",
        "https:\\\\app.example.com/",
        "https://evil.example\\.app.example.com/",
        "https://app.example.com\t.evil.example/",
        "https://app.example.com /",
        "https://app.example.com\n/",
        "//app.example.com/",
        "/settings",
        "javascript:alert(1)//https://app.example.com",
        "https://localhost:3000/",
        "http://localhost/",
        "http://localhost:30000/",
        "https://аpp.example.com/",
        "app.example.com",
    ] {
        // As PostgreSQL reads it.
        let url = url.replace("\\t", "\t").replace("\\n", "\n");
        refused(to(&url), "22023", "return_to must be a URL whose scheme, host and port");
    }
    for origin in [
        "https://app.example.com/",
        "app.example.com",
        "https://A.example.com",
        "https://a.example:443",
    ] {
        let insert = "insert into calendar.page_origins values ($1)";
        refused(world.db.connect().execute(insert, &[&origin]), "23514", "origin must be");
    }
}

#[test]
fn without_an_agent_that_serves_pages_there_is_no_address() {
    let world = World::new();
    let mut ada = world.db.connect_as(Caller::User(ADA));
    refused(begin(&mut ada, "'google'"), "PT503", "no_agent");
    let mut agent = world.db.connect_as(Caller::Agent);
    let beat = "select calendar_sync.heartbeat($1, '0.1.0')";
    agent.execute(beat, &[&Uuid::from_u128(2)]).unwrap();
    refused(begin(&mut ada, "'google'"), "PT503", "no_agent");
    world.beat();
    begin(&mut ada, "'google'").unwrap();
    // One that knows no client id of Google.
    let beat =
        "select calendar_sync.heartbeat($1, '0.1.0', 'https://b.example.com/', '{caldav,ics,ghl}')";
    world.db.connect_as(Caller::Agent).execute(beat, &[&Uuid::from_u128(3)]).unwrap();
    assert!(begin(&mut ada, "'google'").unwrap().starts_with("https://agent.example.com/a/"));
    let mut agent = world.db.connect_as(Caller::Agent);
    agent.execute("select calendar_sync.sign_off($1)", &[&Uuid::from_u128(1)]).unwrap();
    refused(begin(&mut ada, "'google'"), "PT503", "provider_not_set_up");
    assert!(begin(&mut ada, "'caldav'").unwrap().starts_with("https://b.example.com/"));
    agent.execute("select calendar_sync.sign_off($1)", &[&Uuid::from_u128(3)]).unwrap();
    world.beat();
    world.pass(TimeDelta::seconds(71));
    let mut ada = world.db.connect_as(Caller::User(ADA));
    refused(begin(&mut ada, "'google'"), "PT503", "no_agent");
    world.beat();
    begin(&mut ada, "'google'").unwrap();
    let mut agent = world.db.connect_as(Caller::Agent);
    agent.execute("select calendar_sync.sign_off($1)", &[&Uuid::from_u128(1)]).unwrap();
    refused(begin(&mut ada, "'google'"), "PT503", "no_agent");
}

#[test]
fn who_may_begin_a_connection_and_for_whom() {
    let world = World::new();
    world.beat();
    let mut admin = world.db.connect();
    let other = fixture::broker(&mut admin, &[("public_booking", "true")]);
    let theirs = synced::connect(&mut admin, other, "google");
    let ours = synced::connect(&mut admin, world.broker, "google");
    let mut ada = world.db.connect_as(Caller::User(ADA));
    begin(&mut ada, &format!("'google', account_id => '{ours}'")).unwrap();
    refused(begin(&mut ada, &format!("'ics', '{other}'")), "42501", "");
    refused(
        begin(&mut ada, &format!("'google', account_id => '{theirs}'")),
        "PT404",
        "account_not_found",
    );
    refused(
        begin(&mut ada, &format!("'google', '{other}', '{ours}'")),
        "PT404",
        "account_not_found",
    );
    let expected = "provider must be that of the account, google, not \"ics\"";
    refused(begin(&mut ada, &format!("'ics', account_id => '{ours}'")), "22023", expected);
    refused(begin(&mut ada, "'yahoo'"), "22023", "provider must be");
    refused(begin(&mut ada, "null"), "22023", "provider must be");
    let mut stranger = world.db.connect_as(Caller::User(Uuid::from_u128(5)));
    refused(begin(&mut stranger, "'ics'"), "22023", "broker_id must not be null");
    refused(
        begin(&mut stranger, &format!("'ics', '{}'", world.broker)),
        "PT404",
        "broker_not_found",
    );
    refused(begin(&mut world.db.connect_as(Caller::Anon), "'ics'"), "42501", "");
    for caller in [Caller::Service, Caller::Agent] {
        begin(&mut world.db.connect_as(caller), &format!("'ics', '{other}'")).unwrap();
    }
    // Ten in a minute, of which one was made above.
    for _ in 0..9 {
        begin(&mut ada, "'ics'").unwrap();
    }
    refused(begin(&mut ada, "'ics'"), "PT429", "rate_limited");
}

#[test]
fn a_state_is_taken_once_and_by_its_own_browser() {
    let world = World::new();
    world.beat();
    let mut admin = world.db.connect();
    let account = synced::connect(&mut admin, world.broker, "google");
    let mut ada = world.db.connect_as(Caller::User(ADA));
    let address = begin(&mut ada, &format!("'google', account_id => '{account}'")).unwrap();
    let mut agent = world.db.connect_as(Caller::Agent);
    let ticket = address.rsplit('/').next().unwrap();
    let take = format!("take_ticket(sha256('{ticket}'), sha256('cookie'))");
    let id = read(&mut agent, &take).unwrap()["id"].as_str().unwrap().to_owned();
    for state in ["one", "two"] {
        let another = state == "two";
        let begin = format!(
            "select calendar_sync.begin_consent('{id}', sha256('cookie'), sha256('{state}'), 'sealed', {another})"
        );
        agent.batch_execute(&begin).unwrap();
    }
    let foreign =
        format!("select calendar_sync.begin_consent('{id}', sha256('x'), sha256('s'), 'sealed')");
    refused(agent.batch_execute(&foreign), "PT404", "connection_not_found");
    let mut take = |state: &str, cookie: &str| {
        let query = format!(
            "select concat_ws(' ', connection_id, broker_id, provider, account_id, convert_from(verifier, 'UTF8'))
               from calendar_sync.take_consent(sha256('{state}'), sha256('{cookie}'))"
        );
        agent.query_one(&query, &[]).map(|row| row.get::<_, String>(0))
    };
    refused(take("one", "another browser"), "PT404", "state_not_found");
    let broker = world.broker;
    assert_eq!(take("one", "cookie").unwrap(), format!("{id} {broker} google {account} sealed"));
    refused(take("one", "cookie"), "PT404", "state_not_found");
    assert_eq!(take("two", "cookie").unwrap(), format!("{id} {broker} google sealed"));
    agent
        .batch_execute(&format!(
            "select calendar_sync.begin_consent('{id}', sha256('cookie'), sha256('late'), 'sealed')"
        ))
        .unwrap();
    world.pass(TimeDelta::seconds(601));
    let mut agent = world.db.connect_as(Caller::Agent);
    let late = agent
        .query("select * from calendar_sync.take_consent(sha256('late'), sha256('cookie'))", &[]);
    refused(late, "PT404", "state_not_found");
}

#[test]
fn what_calendars_are_for_is_chosen_for_the_connected_account_alone() {
    let world = World::new();
    world.beat();
    let mut admin = world.db.connect();
    let other = fixture::broker(&mut admin, &[]);
    let theirs = synced::connect(&mut admin, other, "google");
    let foreign = synced::register(&mut admin, theirs, "theirs");
    let account = synced::connect(&mut admin, world.broker, "google");
    let first = synced::register(&mut admin, account, "first");
    let second = synced::register(&mut admin, account, "second");
    let read_only = synced::register(&mut admin, account, "read-only");
    let lock = "update calendar.calendars set is_writable = false where id = $1";
    admin.execute(lock, &[&read_only]).unwrap();
    let mut ada = world.db.connect_as(Caller::User(ADA));
    let address = begin(&mut ada, "'google'").unwrap();
    let mut agent = world.db.connect_as(Caller::Agent);
    let take =
        format!("take_ticket(sha256('{}'), sha256('cookie'))", address.rsplit('/').next().unwrap());
    let id = read(&mut agent, &take).unwrap()["id"].as_str().unwrap().to_owned();
    let finish = |account: Uuid| {
        format!("select calendar_sync.finish_connection('{id}', sha256('cookie'), '{account}')")
    };
    refused(agent.batch_execute(&finish(theirs)), "PT404", "account_not_found");
    agent.batch_execute(&finish(account)).unwrap();
    let list = format!("list_choices('{id}', sha256('cookie'))");
    let listed = read(&mut agent, &list).unwrap();
    assert_eq!(listed["calendars"].as_array().unwrap().len(), 3);
    assert_eq!(listed["primary_elsewhere"], Value::Null);
    let mut choose = |choices: &str| {
        agent.batch_execute(&format!(
            "select calendar_sync.choose_calendars('{id}', sha256('cookie'), '{{{choices}}}')"
        ))
    };
    choose(&format!(r#""{first}": "ignored", "{second}": "bookings", "{read_only}": "blocks""#))
        .unwrap();
    let theirs = choose(&format!(r#""{foreign}": "ignored""#));
    refused(theirs, "22023", "choices must not have the key");
    let state = "select string_agg(concat_ws(' ', external_calendar_id, is_primary, blocks_availability, sync_enabled), ', '
                                   order by external_calendar_id) from calendar.calendars";
    let state: String = admin.query_one(state, &[]).unwrap().get(0);
    assert_eq!(state, "first f f f, read-only f t t, second t t t, theirs t t t");
    refused(
        choose(&format!(r#""{read_only}": "bookings""#)),
        "22023",
        "calendar_id must be a calendar that bookings",
    );
    refused(
        choose(&format!(r#""{first}": "bookings", "{second}": "bookings""#)),
        "22023",
        "choices must write bookings to one",
    );
    refused(
        choose(&format!(r#""{first}": "x""#)),
        "22023",
        "a choice must be bookings, blocks or ignored, not",
    );
}

#[test]
fn a_credential_is_revoked_unless_another_account_has_the_same_consent() {
    let world = World::new();
    let mut admin = world.db.connect();
    let other = fixture::broker(&mut admin, &[]);
    let connect = |client: &mut Client, broker: Uuid, user: &str| -> Uuid {
        let settings = format!(r#"{{"calendar": "{user}"}}"#);
        let connect = "select calendar_sync.connect_account($1, 'google', $2::text::jsonb)";
        let account: Uuid = client.query_one(connect, &[&broker, &settings]).unwrap().get(0);
        let store = "select calendar_sync.store_secret($1, 'secret', 'key')";
        client.execute(store, &[&account]).unwrap();
        account
    };
    let mut agent = world.db.connect_as(Caller::Agent);
    let shared = [connect(&mut agent, world.broker, "jo"), connect(&mut agent, other, "jo")];
    let alone = connect(&mut agent, world.broker, "ada");
    let lease = |client: &mut Client| -> Vec<(Uuid, Uuid, bool)> {
        let query = "select lease_id, account_id, may_revoke from calendar_sync.lease_accounts_to_end() order by 3";
        client
            .query(query, &[])
            .unwrap()
            .iter()
            .map(|row| (row.get(0), row.get(1), row.get(2)))
            .collect()
    };
    assert!(lease(&mut agent).is_empty());
    for account in [shared[0], alone] {
        admin.execute("select calendar.disconnect_account($1)", &[&account]).unwrap();
    }
    let leased = lease(&mut agent);
    let found: Vec<_> = leased.iter().map(|(_, account, may)| (*account, *may)).collect();
    assert_eq!(found, [(shared[0], false), (alone, true)]);
    assert!(lease(&mut agent).is_empty(), "they are leased");
    let forget = "select calendar_sync.forget_secret($1)";
    agent.execute(forget, &[&leased[0].0]).unwrap();
    // Connected again before its credential was forgotten.
    connect(&mut agent, world.broker, "ada");
    refused(agent.execute(forget, &[&leased[1].0]), "PT409", "lease_lost");
    admin.execute("select calendar.disconnect_account($1)", &[&shared[1]]).unwrap();
    let leased = lease(&mut agent);
    assert_eq!((leased[0].1, leased[0].2), (shared[1], true), "it is the last one");
}
