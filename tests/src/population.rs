//! Rows in every table.

use crate::{Database, Snapshot, fixture};
use postgres::Client;
use serde_json::json;
use uuid::Uuid;

/// A realistic week: recurring meetings, moved and cancelled occurrences, leave,
/// another zone.
const CALENDAR: &str = include_str!("../../demo/calendar.ics");

/// What a database was filled with.
#[derive(Debug, Clone, Copy)]
pub struct Population {
    /// In New York, with hours, overrides, events and bookings of all kinds.
    pub broker: Uuid,
    /// The user that the broker is.
    pub user: Uuid,
    /// The broker's primary calendar.
    pub calendar: Uuid,
    /// In London; to be confirmed, open to the public.
    pub other: Uuid,
    /// A confirmed booking of the broker.
    pub booking: Uuid,
}

impl Population {
    /// Fills every table, through the functions where there are any.
    ///
    /// # Panics
    /// When a row is refused, or a table was left out.
    pub fn of(db: &Database<'_>) -> Self {
        let mut client = db.connect();
        let user = Uuid::from_u128(0xada);
        let broker = fixture::broker(
            &mut client,
            &[
                ("user_id", &user.to_string()),
                ("email", "ada@example.com"),
                ("buffer_before_minutes", "10"),
                ("buffer_after_minutes", "5"),
            ],
        );
        let other = fixture::broker(
            &mut client,
            &[
                ("timezone", "Europe/London"),
                ("requires_confirmation", "true"),
                ("public_booking", "true"),
            ],
        );
        open_time(&mut client, broker);
        let calendar = events(&mut client, broker);
        let booking = bookings(&mut client, broker, other);
        let mapping =
            "insert into calendar.event_mappings (booking_id, calendar_id, external_event_id)
                       values ($1, $2, 'written')";
        client.execute(mapping, &[&booking, &calendar]).unwrap();
        fixture::obligation(&mut client, broker, calendar);
        let secrets = "select calendar.set_retell_key('a key of 16 bytes'), calendar.create_feed($1), calendar.create_invitation($2), calendar.create_booking_link($2)";
        client.execute(secrets, &[&broker, &booking]).unwrap();
        fixture::connection(&mut client, broker);
        fixture::messages(&mut client, broker);
        let empty = Snapshot::of(&mut client);
        assert_eq!(empty.empty(), [""; 0], "tables without rows");
        Self { broker, user, calendar, other, booking }
    }
}

fn open_time(client: &mut Client, broker: Uuid) {
    let types = r#"select calendar.save_meeting_type($1, '{"slug": "call", "name": "Call", "durations": [30, 60]}')"#;
    client.execute(types, &[&broker]).unwrap();
    let broker = broker.to_string();
    for weekday in ["1", "2", "3", "4"] {
        let hours = [("weekday", weekday), ("start_local", "08:30"), ("end_local", "18:00")];
        fixture::insert(client, "working_hours", &[&hours[..], &[("broker_id", &broker)]].concat());
    }
    let overrides = [
        ("block", "2026-03-02T17:00Z", "2026-03-02T18:00Z", Some("FREQ=DAILY")),
        ("open", "2026-03-07T15:00Z", "2026-03-07T19:00Z", None),
        ("replace", "2026-03-11T19:00Z", "2026-03-11T23:00Z", None),
    ];
    for (kind, starts_at, ends_at, rrule) in overrides {
        let mut columns = vec![
            ("broker_id", &*broker),
            ("kind", kind),
            ("starts_at", starts_at),
            ("ends_at", ends_at),
        ];
        columns.extend(rrule.map(|rrule| ("rrule", rrule)));
        fixture::insert(client, "availability_overrides", &columns);
    }
}

fn events(client: &mut Client, broker: Uuid) -> Uuid {
    let account = [
        ("broker_id", &*broker.to_string()),
        ("provider", "google"),
        ("secret", "\\x00ff"),
        ("secret_key_id", "2026-01"),
    ];
    let account = fixture::insert(client, "accounts", &account).to_string();
    let columns = [("account_id", &*account), ("external_calendar_id", "primary")];
    let calendar = fixture::calendar(client, broker, &columns);
    client.query("select calendar.import_ics($1, $2)", &[&calendar, &CALENDAR]).unwrap();
    let batch = json!({"sync_token": "token", "events": [
        {"external_event_id": "tentative", "starts_at": "2026-03-05T15:00:00Z",
         "ends_at": "2026-03-05T16:00:00Z", "status": "tentative", "raw": {"any": ["thing"]}},
        {"external_event_id": "malformed", "starts_at": "soon"},
    ], "outside": [{"external_event_id": "next year", "etag": "1", "occurs_at": "2027-03-05T15:00:00Z"}]});
    fixture::apply_sync(client, calendar, &batch).unwrap();
    fixture::cover(client, calendar);
    let watch = "select calendar_sync.finish_channel(l.calendar_id, 'channel', 'resource', '2026-03-09Z', 'secret')
                   from calendar_sync.lease_channels() as l";
    client.execute(watch, &[]).unwrap();
    // A pull that is under way.
    let stage = "select calendar_sync.stage_page(l.lease_id, 0, $1)
                   from calendar_sync.lease_calendars(calendar_sync.begin_round()) as l";
    let page = json!({"events": batch["events"]});
    client.execute(stage, &[&page]).unwrap();
    calendar
}

/// Bookings in every status that a function gives, one of which is confirmed and
/// has been moved.
fn bookings(client: &mut Client, broker: Uuid, other: Uuid) -> Uuid {
    let mut call = |function: String| {
        let booking = fixture::call(client, &function).unwrap();
        booking["id"].as_str().unwrap().parse::<Uuid>().unwrap()
    };
    let outside = "outside_hours => true";
    let confirmed = call(format!(
        "book_calendar_slot('{broker}', '2026-03-14T15:00Z', lead_id => 'lead 1',
             lead_name => E'A \\\\ \"lead\"\\n\\twith ; odd, characters', lead_email => 'Lead@example.com',
             idempotency_key => 'key', title => '\u{2603}', {outside})"
    ));
    call(format!("reschedule_booking('{confirmed}', '2026-03-14T16:00Z')"));
    let cancelled = call(format!("book_calendar_slot('{broker}', '2026-03-14T18:00Z', {outside})"));
    call(format!("cancel_booking('{cancelled}', 'ill')"));
    call(format!(
        "book_calendar_slot('{broker}', '2026-03-14T20:00Z', hold_minutes => 5, {outside})"
    ));
    call(format!("book_calendar_slot('{other}', '2026-03-03T10:00Z')"));
    confirmed
}
