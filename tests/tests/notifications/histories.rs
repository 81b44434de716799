//! Bookings, moves, agents and a clock at random: what is sent agrees with the [`Model`].

use crate::model::{Booking, Message, Model, Wishes};
use crate::support::Office;
use calendar_tests::synced::text;
use calendar_tests::{fixture, random};
use fastrand::Rng;
use serde_json::Value;
use std::env;

const STEPS: usize = 40;

const KINDS: [&[&str]; 3] = [
    &[],
    &["reminder"],
    &[
        "booked",
        "requested",
        "confirmed",
        "declined",
        "rescheduled",
        "cancelled",
        "booking_failed",
        "reminder",
    ],
];

/// How often a long run says how far it is, in histories.
const TELL: u64 = 500;

/// `CALENDAR_TEST_HISTORIES` says how many; the seed of one that fails runs it first.
#[test]
fn what_is_sent_agrees_with_a_slow_model() {
    let number = env::var("CALENDAR_TEST_HISTORIES").map_or(200, |number| number.parse().unwrap());
    let seed = random::seed();
    let mut office = Office::new(&[("timezone", "UTC")]);
    let mut sent = 0;
    for n in 0..number {
        sent += History::new(&mut office, seed.wrapping_add(n)).run();
        if (n + 1) % TELL == 0 || n + 1 == number {
            println!("{} histories, {sent} messages", n + 1);
        }
    }
    assert!(sent > 0);
}

struct History<'o> {
    office: &'o mut Office,
    seed: u64,
    rng: Rng,
    now: i64,
    model: Model,
    bookings: Vec<Booking>,
    log: Vec<String>,
    sent: usize,
}

impl<'o> History<'o> {
    fn new(office: &'o mut Office, seed: u64) -> Self {
        let mut rng = Rng::with_seed(seed);
        let sms = KINDS[rng.usize(..3)];
        let email = [None, Some(KINDS[1]), Some(KINDS[2])][rng.usize(..3)];
        let reminders: &'static [i64] = [&[][..], &[60], &[1440], &[60, 1440, 30]][rng.usize(..4)];
        let array = |kinds: &[&str]| serde_json::json!(kinds);
        let mut lead = serde_json::json!({"sms": array(sms)});
        if let Some(kinds) = email {
            lead["email"] = array(kinds);
        }
        office.at("2026-03-02T14:00:00Z");
        office.admin.batch_execute("delete from calendar.brokers").unwrap();
        let minutes = reminders.iter().map(i64::to_string).collect::<Vec<_>>().join(",");
        office.broker = fixture::broker(
            &mut office.admin,
            &[
                ("timezone", "UTC"),
                ("email", "ada@example.org"),
                ("business_phone", "+15550100"),
                ("reminder_minutes", &format!("{{{minutes}}}")),
                ("notify", &serde_json::json!({"lead": lead}).to_string()),
            ],
        );
        let model = Model { wishes: Wishes { sms, email, reminders }, messages: Vec::new() };
        let now = 1_772_460_000;
        Self { office, seed, rng, now, model, bookings: Vec::new(), log: Vec::new(), sent: 0 }
    }

    fn run(mut self) -> usize {
        for _ in 0..STEPS {
            match self.rng.u32(..20) {
                0..4 => self.book(),
                4..9 => self.change(),
                9..14 => self.send(),
                _ => self.wait(),
            }
        }
        self.compare();
        self.sent
    }

    fn instant(at: i64) -> String {
        let instant = chrono::DateTime::from_timestamp(at, 0).unwrap();
        instant.format("%Y-%m-%dT%H:%M:%SZ").to_string()
    }

    fn wait(&mut self) {
        self.now += match self.rng.u32(..5) {
            0 => self.rng.i64(1..60),
            1 => self.rng.i64(60..1200),
            2 | 3 => self.rng.i64(1200..20_000),
            _ => self.rng.i64(20_000..100_000),
        };
        self.log.push(format!("at {}", Self::instant(self.now)));
        let now = Self::instant(self.now);
        self.office.at(&now);
    }

    /// A start on the half hour, soon more often than late.
    fn start(&mut self) -> String {
        let most = [4, 60, 150][self.rng.usize(..3)];
        Self::instant((self.now / 1800 + self.rng.i64(1..most)) * 1800)
    }

    fn book(&mut self) {
        let pending = self.rng.u32(..4) == 0;
        let set = format!("update calendar.brokers set requires_confirmation = {pending}");
        self.office.admin.batch_execute(&set).unwrap();
        let start = self.start();
        let mut call = format!(
            "book_calendar_slot('{}', '{start}', outside_hours => true",
            self.office.broker
        );
        for (chance, argument) in [
            (8, ", lead_email => 'bo@example.org'"),
            (6, ", lead_phone => '+15550177'"),
            (2, ", hold_minutes => 10"),
        ] {
            if self.rng.u32(..10) < chance {
                call += argument;
            }
        }
        self.perform(&(call + ")"));
    }

    fn change(&mut self) {
        let Some(id) = self.rng.choice(&self.bookings).map(|booking| booking.id.clone()) else {
            return;
        };
        let start = self.start();
        let call = match self.rng.u32(..12) {
            0..4 => format!("reschedule_booking('{id}', '{start}')"),
            4 | 5 => format!("cancel_booking('{id}')"),
            6 | 7 => format!("confirm_booking('{id}')"),
            8 => format!("decline_booking('{id}')"),
            9 => format!("complete_booking('{id}')"),
            10 => format!("mark_no_show('{id}')"),
            _ => {
                let fail = format!(
                    "update calendar.bookings set status = 'failed' where id = '{id}' and status in ('pending', 'confirmed')"
                );
                self.log.push(fail.clone());
                self.office.admin.batch_execute(&fail).unwrap();
                self.look();
                return;
            }
        };
        self.perform(&call);
    }

    /// A call that may be refused.
    fn perform(&mut self, call: &str) {
        let answer = fixture::call(&mut self.office.admin, call);
        self.log.push(format!("{call}: {}", answer.is_ok()));
        self.look();
    }

    /// Reads all bookings, and has the model see what became of them.
    fn look(&mut self) {
        let query = "select id::text, status, extract(epoch from slot_start)::bigint, extract(epoch from slot_end)::bigint,
                            sequence, declined_at is not null, lead_email is not null, lead_phone is not null
                       from calendar.bookings order by created_at, id";
        let rows = self.office.admin.query(query, &[]).unwrap();
        for row in rows {
            let after = Booking {
                id: row.get(0),
                status: row.get(1),
                start: row.get(2),
                end: row.get(3),
                sequence: row.get(4),
                is_declined: row.get(5),
                has_email: row.get(6),
                has_phone: row.get(7),
            };
            let place = self.bookings.iter().position(|b| b.id == after.id);
            let before = place.map(|place| self.bookings[place].clone());
            if before.as_ref() != Some(&after) {
                self.model.note(self.now, before.as_ref(), &after);
            }
            match place {
                Some(place) => self.bookings[place] = after,
                None => self.bookings.push(after),
            }
        }
    }

    /// An agent leases all that is due, and hands it over, fails, or ends meanwhile.
    fn send(&mut self) {
        let mut leased = self.office.lease();
        let mut expected = self.model.lease(self.now, &self.bookings);
        // Retries are due to the microsecond, and the model knows seconds.
        leased.sort_by_key(|lease| name(&lease["message"]));
        let wanted = |(n, previous): &(usize, i64)| {
            format!("{} from {previous}", self.model.messages[*n].name())
        };
        expected.sort_by_key(wanted);
        let shown: Vec<_> = leased.iter().map(|lease| name(&lease["message"])).collect();
        let wanted: Vec<_> = expected.iter().map(wanted).collect();
        self.log.push(format!("leased {shown:#?}"));
        assert_eq!(shown, wanted, "seed {}: {:#?}", self.seed, self.log);
        for (lease, (n, _)) in leased.iter().zip(expected) {
            self.see_that_it_may_be_sent(n);
            self.sent += 1;
            let id = text(lease, "lease_id");
            let message = &mut self.model.messages[n];
            match self.rng.u32(..10) {
                // The agent ends: what it leased is sending until the lease has ended.
                0 => {}
                1 => {
                    let call = format!("calendar_sync.fail_notification('{id}', 'away')");
                    match self.office.agent(&call).as_str() {
                        None => message.state = "failed",
                        Some(next) => {
                            message.state = "due";
                            let next = chrono::DateTime::parse_from_rfc3339(next).unwrap();
                            // Rows are due to the microsecond, the clock goes by seconds.
                            message.next =
                                next.timestamp() + i64::from(next.timestamp_subsec_micros() > 0);
                        }
                    }
                }
                2 => {
                    self.office
                        .agent(&format!("calendar_sync.fail_notification('{id}', 'no', 'final')"));
                    message.state = "failed";
                }
                _ => {
                    self.office.agent(&format!("calendar_sync.finish_notification('{id}')"));
                    message.state = "sent";
                }
            }
        }
    }

    /// What holds of everything that is sent, whatever the model says.
    fn see_that_it_may_be_sent(&self, n: usize) {
        let message: &Message = &self.model.messages[n];
        let booking = self.bookings.iter().find(|b| b.id == message.booking).unwrap();
        let is_active = ["pending", "confirmed"].contains(&booking.status.as_str());
        let may = match message.kind {
            "reminder" => {
                let minutes = message.minutes.unwrap();
                is_active
                    && booking.sequence == message.revision
                    && booking.start > self.now
                    && self.now >= message.due
                    && message.due <= booking.start - minutes * 60
            }
            "cancelled" | "declined" | "booking_failed" => !is_active,
            _ => is_active && booking.sequence == message.revision && booking.end > self.now,
        };
        assert!(may, "seed {}: {} of {booking:?}: {:#?}", self.seed, message.name(), self.log);
    }

    /// At the end, every row is in the state that the model has.
    fn compare(&mut self) {
        let rows = self.office.texts(
            "select concat_ws(' ', booking_id, kind, channel, recipient, revision, minutes, state, skip_reason)
               from calendar.notifications order by 1",
        );
        let shown =
            |m: &Message| format!("{} {} {}", m.name(), m.state, m.reason).trim().to_owned();
        let mut wanted: Vec<_> = self.model.messages.iter().map(shown).collect();
        wanted.sort_unstable();
        let mut rows = rows;
        rows.sort_unstable();
        assert_eq!(rows, wanted, "seed {}: {:#?}", self.seed, self.log);
    }
}

/// A message as the model calls it, with the start before a move.
fn name(message: &Value) -> String {
    let part = |key: &str| text(message, key);
    let minutes =
        message["reminder_minutes"].as_i64().map_or_else(String::new, |m| format!(" {m}"));
    let previous = message["previous"]["start"]
        .as_str()
        .map_or(0, |start| chrono::DateTime::parse_from_rfc3339(start).unwrap().timestamp());
    format!(
        "{} {} {} {} {}{minutes} from {previous}",
        text(&message["booking"], "id"),
        part("kind"),
        part("channel"),
        part("recipient"),
        message["booking"]["sequence"]
    )
}
