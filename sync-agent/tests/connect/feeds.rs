//! Feeds that are connected again.

use crate::world::World;
use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use std::sync::{Arc, Mutex};

/// A feed at the secret address that it has now.
#[derive(Clone)]
struct Published(Arc<Mutex<(&'static str, &'static str)>>);

impl Published {
    fn start(world: &World) -> (Self, String) {
        let published = Self(Arc::new(Mutex::new(("one", "Dentist"))));
        let shown = published.clone();
        let show = async move |Path(secret): Path<String>, headers: HeaderMap| {
            shown.show(&secret, &headers)
        };
        let router = Router::new().route("/{secret}", get(show));
        let origin = world.runtime.block_on(async {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            let origin = format!("http://{}", listener.local_addr().unwrap());
            tokio::spawn(async { axum::serve(listener, router).await });
            origin
        });
        (published, origin)
    }

    /// Whatever the address, the feed says that it is the same version.
    fn show(&self, secret: &str, headers: &HeaderMap) -> Response {
        let (address, title) = *self.0.lock().unwrap();
        if secret != address {
            return StatusCode::NOT_FOUND.into_response();
        }
        if headers.contains_key(header::IF_NONE_MATCH) {
            return StatusCode::NOT_MODIFIED.into_response();
        }
        let text = format!(
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//A host//EN\r\nBEGIN:VEVENT\r\n\
             UID:1@host\r\nDTSTAMP:20260301T000000Z\r\nDTSTART:20260310T140000Z\r\n\
             DTEND:20260310T150000Z\r\nSUMMARY:{title}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
        );
        ([(header::ETAG, "\"1\"")], text).into_response()
    }
}

#[test]
#[ignore = "needs CALENDAR_TEST_PG_BIN"]
fn a_feed_whose_secret_address_was_reset_stays_the_same_calendar() {
    let world = World::new();
    let _desk = world.desk();
    let browser = world.browser();
    let (published, origin) = Published::start(&world);
    let open = |arguments: &str| {
        let page = browser.get(&world.begin(arguments));
        browser.get(&browser.post(&page.form(), &[]).target())
    };
    let titles = "select string_agg(title, ',') from calendar.events";
    let broker = world.broker;
    let form = open(&format!("'ics', '{broker}'"));
    let one = format!("{origin}/one");
    browser.post(&form.form(), &[("address", &one)]).target();
    let accounts = "select string_agg(id || settings::text, ' ') from calendar.accounts";
    let calendars = "select string_agg(id || external_calendar_id, ' ') from calendar.calendars";
    let (account, calendar) = (world.text(accounts), world.text(calendars));
    world.pull();
    assert_eq!(world.text(titles), "Dentist");

    *published.0.lock().unwrap() = ("two", "Surgery");
    world.admin().batch_execute(&format!("select calendar.request_sync('{broker}')")).unwrap();
    world.pull();
    let id = world.text("select id from calendar.accounts");
    let problem = "select problem from calendar.sync_state";
    assert!(world.text(problem).contains("404"), "{}", world.text(problem));

    let form = open(&format!("'ics', account_id => '{id}'"));
    form.says(200, "Connect your calendar again")
        .says(200, "127.0.0.1")
        .says(200, "If it was reset, enter the new one");
    let wrong = browser.post(&form.form(), &[("address", &one)]);
    wrong.says(422, "There is no calendar at this address");
    browser.post(&form.form(), &[("address", &format!("{origin}/two"))]).target();
    assert_eq!((world.text(accounts), world.text(calendars)), (account, calendar));
    world.pull();
    assert_eq!(world.text(titles), "Surgery");
    assert_eq!(world.text(problem), "");
    // The new address has a version, too.
    *published.0.lock().unwrap() = ("two", "not read");
    let again = "select calendar_private.make_due(id) from calendar.calendars";
    world.admin().batch_execute(again).unwrap();
    world.pull();
    assert_eq!(world.text(titles), "Surgery");
}
