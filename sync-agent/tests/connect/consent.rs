//! Google and Microsoft: consent on a page of theirs, and the answer that the browser brings back.

use crate::world::World;
use url::Url;

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
        .says(422, "Bookings can be written to one calendar")
        .says(422, &format!("name=\"{family}\" value=\"bookings\" checked"))
        .says(422, &format!("name=\"{main}\" value=\"bookings\" checked"));
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
