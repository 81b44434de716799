//! Two brokers, and who asks for them.

use calendar_tests::answer::refused;
use calendar_tests::{Caller, Database, fixture};
use postgres::Client;
use serde_json::json;
use uuid::Uuid;

/// The user who is the broker `ours`.
pub(crate) const ADA: Uuid = Uuid::from_u128(0xada);

/// Someone with an account and no broker.
pub(crate) const STRANGER: Uuid = Uuid::from_u128(0x5);

/// Two brokers with a row in every table each; the second takes public bookings.
pub(crate) struct World {
    pub(crate) db: Database<'static>,
    pub(crate) ours: Broker,
    pub(crate) theirs: Broker,
}

pub(crate) struct Broker {
    pub(crate) id: Uuid,
    pub(crate) calendar: Uuid,
    pub(crate) booking: String,
    pub(crate) hours: Uuid,
}

impl World {
    pub(crate) fn new() -> Self {
        let db = Database::new();
        let mut client = db.connect();
        let ours = broker(&mut client, "Charles", &[("user_id", &ADA.to_string())]);
        let theirs = broker(&mut client, "Grace", &[("public_booking", "true")]);
        Self { db, ours, theirs }
    }

    pub(crate) fn connect_as(&self, caller: Caller) -> Client {
        self.db.connect_as(caller)
    }
}

fn broker(client: &mut Client, lead: &str, columns: &[(&str, &str)]) -> Broker {
    let id = fixture::broker(client, columns);
    let text = id.to_string();
    let account = [
        ("broker_id", text.as_str()),
        ("provider", "google"),
        ("secret", "\\x00"),
        ("secret_key_id", "1"),
    ];
    let account = fixture::insert(client, "accounts", &account).to_string();
    let columns = [("account_id", account.as_str()), ("external_calendar_id", "main")];
    let calendar = fixture::calendar(client, id, &columns);
    let mut hours = Uuid::nil();
    for weekday in 1..=5 {
        hours = fixture::working_hours(client, id, weekday, "09:00", "17:00");
    }
    let save = r#"select calendar.save_meeting_type($1, '{"slug": "call", "name": "Call"}')"#;
    client.execute(save, &[&id]).unwrap();
    fixture::hours_override(client, id, "block", "2026-03-06T00:00Z", "2026-03-07T00:00Z", &[]);
    let batch = json!({
        "events": [{"external_event_id": "e", "title": "Secret", "starts_at": "2026-03-04T15:00:00Z",
                    "ends_at": "2026-03-04T16:00:00Z"}, {"external_event_id": "malformed"}]
    });
    fixture::apply_sync(client, calendar, &batch).unwrap();
    fixture::cover(client, calendar);
    let booking = fixture::call(
        client,
        &format!(
            "book_calendar_slot('{id}', '2026-03-03T15:00Z', lead_email => '{lead}@example.org',
                                     lead_name => '{lead}', notes => 'Secret')"
        ),
    )
    .unwrap();
    let booking = booking["id"].as_str().unwrap().to_owned();
    let map = "insert into calendar.event_mappings (booking_id, calendar_id, external_event_id)
               values ($1::text::uuid, $2, 'provider-7')";
    client.execute(map, &[&booking, &calendar]).unwrap();
    fixture::obligation(client, id, calendar);
    client.query_one("select calendar.create_booking_link($1::text::uuid)", &[&booking]).unwrap();
    let remember = "insert into calendar.remembered_members (calendar_id, external_event_id, etag)
                    values ($1, 'far-away', '1')";
    client.execute(remember, &[&calendar]).unwrap();
    let secrets =
        "select calendar.create_feed($1), calendar.set_retell_key('a key of 16 bytes', $1),
                          calendar_private.take_turn($1::text, 9, '1 hour')";
    client.execute(secrets, &[&id]).unwrap();
    let watch = "select calendar_sync.finish_channel(l.calendar_id, l.calendar_id::text, null, '2026-03-09Z', 's')
                   from calendar_sync.lease_channels() as l";
    client.execute(watch, &[]).unwrap();
    let stage = "select calendar_sync.stage_page(l.lease_id, 0, '{}')
                   from calendar_sync.lease_calendars(calendar_sync.begin_round(), only_calendar => $1) as l";
    assert_eq!(client.query(stage, &[&calendar]).unwrap().len(), 1);
    fixture::connection(client, id);
    fixture::messages(client, id);
    Broker { id, calendar, booking, hours }
}

pub(crate) fn texts(client: &mut Client, query: &str) -> Vec<String> {
    client.query(query, &[]).unwrap().iter().map(|row| row.get(0)).collect()
}

#[track_caller]
pub(crate) fn forbidden(client: &mut Client, statement: &str) {
    refused(client.batch_execute(statement), "42501", "");
}
