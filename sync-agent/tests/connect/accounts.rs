//! Forms, accounts that are connected again, and those that are disconnected.

use crate::world::World;
use calendar_tests::fixture;
use calendar_tests::peers::CaldavServer;
use http::Response;
use uuid::Uuid;

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
