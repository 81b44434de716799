//! `import_ics`, `export_ics` and `booking_ics`.

use calendar_tests::answer::refused;
use calendar_tests::{Caller, Database, fixture};
use postgres::Client;
use uuid::Uuid;

/// A working week with recurring meetings, moved and cancelled occurrences, a
/// day off, another zone and a DST change.
const CALENDAR: &str = include_str!("../../demo/calendar.ics");

fn import(
    client: &mut Client,
    calendar: Uuid,
    ics: &str,
) -> Result<serde_json::Value, postgres::Error> {
    Ok(client.query_one("select calendar.import_ics($1, $2)", &[&calendar, &ics])?.get(0))
}

fn export(client: &mut Client, broker: Uuid, start: &str, end: &str) -> String {
    let export = "select calendar.export_ics($1, $2::text::timestamptz, $3::text::timestamptz)";
    client.query_one(export, &[&broker, &start, &end]).unwrap().get(0)
}

fn booking_ics(
    client: &mut Client,
    booking: &str,
    method: &str,
) -> Result<String, postgres::Error> {
    let write = format!("select calendar.booking_ics('{booking}', '{method}')");
    Ok(client.query_one(&write, &[])?.get(0))
}

/// The busy time of a broker in March 2026, as text.
fn busy(client: &mut Client, broker: Uuid) -> Vec<String> {
    let busy = "select format('%s/%s', starts_at, ends_at) from calendar.get_busy($1, '2026-03-01Z', '2026-04-01Z')";
    client.query(busy, &[&broker]).unwrap().iter().map(|row| row.get(0)).collect()
}

fn broker_with_calendar(client: &mut Client) -> (Uuid, Uuid) {
    let broker = fixture::broker(client, &[("email", "ada@example.com")]);
    let calendar = fixture::calendar(client, broker, &[("timezone", "America/New_York")]);
    (broker, calendar)
}

#[test]
fn an_imported_calendar_takes_the_time_that_it_says() {
    let db = Database::new();
    let mut client = db.connect();
    let (broker, calendar) = broker_with_calendar(&mut client);
    let answer = import(&mut client, calendar, CALENDAR).unwrap();
    assert_eq!(
        answer,
        serde_json::json!({"created": 10, "updated": 0, "deleted": 0, "unchanged": 0})
    );
    let again = import(&mut client, calendar, CALENDAR).unwrap();
    assert_eq!(again["unchanged"], 10, "{again}");

    let busy = busy(&mut client, broker);
    let has = |interval: &str| busy.iter().any(|own| own == interval);
    // Monday: stand-up; the tentative webinar blocks too.
    assert!(has("2026-03-02 14:30:00+00/2026-03-02 15:00:00+00"), "{busy:?}");
    assert!(has("2026-03-02 20:00:00+00/2026-03-02 22:00:00+00"), "{busy:?}");
    // Wednesday: moved to 14:00 in New York.
    assert!(has("2026-03-04 19:00:00+00/2026-03-04 19:30:00+00"), "{busy:?}");
    // Thursday: cancelled, declined and transparent events leave it free.
    assert!(!busy.iter().any(|own| own.starts_with("2026-03-05")), "{busy:?}");
    // Friday: all day in New York.
    assert!(has("2026-03-06 05:00:00+00/2026-03-07 05:00:00+00"), "{busy:?}");
    // Tuesday at four in London is eleven in New York, after its DST change noon.
    assert!(has("2026-03-03 16:00:00+00/2026-03-03 17:00:00+00"), "{busy:?}");
    assert!(has("2026-03-10 16:00:00+00/2026-03-10 17:00:00+00"), "{busy:?}");
    assert!(has("2026-03-31 15:00:00+00/2026-03-31 16:00:00+00"), "{busy:?}");
    // Monday after the change: half past nine in New York is an hour earlier.
    assert!(has("2026-03-09 13:30:00+00/2026-03-09 14:00:00+00"), "{busy:?}");
    // The EXDATE.
    assert!(!has("2026-03-10 13:30:00+00/2026-03-10 14:00:00+00"), "{busy:?}");
}

#[test]
fn what_was_exported_can_be_imported() {
    let db = Database::new();
    let mut client = db.connect();
    let (first, calendar) = broker_with_calendar(&mut client);
    import(&mut client, calendar, CALENDAR).unwrap();
    fixture::book(&mut client, first, "2026-03-05T15:00Z").unwrap();
    let text = export(&mut client, first, "2026-03-01", "2026-04-01");

    let (second, calendar) = broker_with_calendar(&mut client);
    let answer = import(&mut client, calendar, &text).unwrap();
    assert_eq!(answer.get("rejected"), None, "{answer}");
    assert_eq!(busy(&mut client, second), busy(&mut client, first));
}

#[test]
fn an_export_is_of_its_window_and_of_its_broker() {
    let db = Database::new();
    let mut client = db.connect();
    let (broker, calendar) = broker_with_calendar(&mut client);
    import(&mut client, calendar, CALENDAR).unwrap();
    let text = export(&mut client, broker, "2026-03-03T18:00Z", "2026-03-03T21:00Z");
    assert!(text.contains("UID:viewing-17@example.com\r\n"));
    assert!(!text.contains("leave@example.com"));

    let refused_to = |caller, state: &str, words: &str| {
        let mut client = db.connect_as(caller);
        let export = format!("select calendar.export_ics('{broker}', '2026-03-03', '2026-03-04')");
        refused(client.query_one(&export, &[]), state, words);
    };
    refused_to(Caller::Anon, "42501", "permission denied");
    refused_to(Caller::User(Uuid::from_u128(1)), "PT404", "broker_not_found");
}

#[test]
fn an_invitation_follows_its_booking() {
    let db = Database::new();
    let mut client = db.connect();
    let (broker, _) = broker_with_calendar(&mut client);
    let booking = fixture::call(
        &mut client,
        &format!(
            "book_calendar_slot('{broker}', '2026-03-05T15:00Z', lead_name => 'Smith; \"Jo\"',
                lead_email => 'jo@example.org', title => 'Viewing, 17 Elm Street', notes => E'Bring keys\\nCOMMENT:no')"
        ),
    )
    .unwrap();
    let id = booking["id"].as_str().unwrap();
    let invitation = booking_ics(&mut client, id, "REQUEST").unwrap();
    for line in [
        "METHOD:REQUEST",
        &format!("UID:bk-{id}@calendar-ext"),
        "DTSTAMP:20260302T140000Z",
        "DTSTART:20260305T150000Z",
        "DTEND:20260305T153000Z",
        "SEQUENCE:0",
        "SUMMARY:Viewing\\, 17 Elm Street",
        "DESCRIPTION:Bring keys\\nCOMMENT:no",
        "STATUS:CONFIRMED",
        "ORGANIZER;CN=\"Ada\":mailto:ada@example.com",
    ] {
        assert!(invitation.lines().any(|own| own == line), "{line} is missing from\n{invitation}");
    }
    refused(booking_ics(&mut client, id, "CANCEL"), "22023", "method must be REQUEST or PUBLISH");
    refused(
        booking_ics(&mut client, id, "REPLY"),
        "22023",
        "method must be REQUEST, CANCEL or PUBLISH",
    );

    fixture::call(&mut client, &format!("reschedule_booking('{id}', '2026-03-05T16:00Z')"))
        .unwrap();
    let moved = booking_ics(&mut client, id, "REQUEST").unwrap();
    assert!(
        moved.contains("SEQUENCE:1\r\n") && moved.contains("DTSTART:20260305T160000Z\r\n"),
        "{moved}"
    );

    fixture::call(&mut client, &format!("cancel_booking('{id}')")).unwrap();
    let withdrawal = booking_ics(&mut client, id, "CANCEL").unwrap();
    assert!(withdrawal.contains("SEQUENCE:2\r\n"), "{withdrawal}");
    assert!(withdrawal.contains("STATUS:CANCELLED\r\n"), "{withdrawal}");
    refused(booking_ics(&mut client, id, "REQUEST"), "22023", "method must be CANCEL or PUBLISH");
    let unknown = Uuid::from_u128(1).to_string();
    refused(booking_ics(&mut client, &unknown, "REQUEST"), "PT404", "booking_not_found");
}

#[test]
fn our_own_invitation_in_the_brokers_calendar_is_the_booking() {
    let db = Database::new();
    let mut client = db.connect();
    let (broker, calendar) = broker_with_calendar(&mut client);
    let booking = fixture::book(&mut client, broker, "2026-03-05T15:00Z").unwrap();
    let id = booking["id"].as_str().unwrap();
    let invitation = booking_ics(&mut client, id, "REQUEST").unwrap();
    import(&mut client, calendar, &invitation).unwrap();
    fixture::call(&mut client, &format!("cancel_booking('{id}')")).unwrap();
    let free =
        fixture::slots(&mut client, broker, "2026-03-05T15:00Z", "2026-03-05T15:30Z").unwrap();
    assert_eq!(free, ["2026-03-05T15:00:00Z"]);
}

#[test]
fn what_is_no_calendar_is_refused_and_what_is_a_bad_event_is_named() {
    let db = Database::new();
    let mut client = db.connect();
    let (broker, calendar) = broker_with_calendar(&mut client);
    refused(import(&mut client, calendar, ""), "22023", "ics must be an iCalendar stream");
    refused(import(&mut client, calendar, "<html>"), "22023", "BEGIN:VCALENDAR is missing");
    let broken_off = &CALENDAR[..CALENDAR.len() / 2];
    refused(import(&mut client, calendar, broken_off), "22023", "END:VCALENDAR is missing");
    refused(import(&mut client, Uuid::from_u128(1), CALENDAR), "PT404", "calendar_not_found");

    let bad = CALENDAR.replace("DTSTART:20260303T190000Z", "DTSTART:yesterday");
    let answer = import(&mut client, calendar, &bad).unwrap();
    assert_eq!(answer["created"], 9, "{answer}");
    assert_eq!(answer["rejected"][0]["external_event_id"], "viewing-17@example.com");
    let logged = client.query_one("select reason from calendar.failure_logs", &[]).unwrap();
    assert!(logged.get::<_, String>(0).contains("DTSTART \"yesterday\""));
    assert!(!busy(&mut client, broker).is_empty());
}
