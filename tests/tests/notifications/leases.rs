//! Agents that send: nobody sends what another one is sending, and an SMS is sent once at most.

use crate::support::{Office, THURSDAY, only, sent};
use calendar_tests::answer::refused;
use calendar_tests::synced::text;
use calendar_tests::{Caller, fixture};
use serde_json::Value;
use std::collections::BTreeSet;
use std::thread;

const SMS: &str = r#"{"lead": {"sms": ["booked", "reminder"]}}"#;

/// The lease of the one message of this kind to this recipient.
#[track_caller]
fn lease_of(leased: &[Value], what: &str) -> String {
    let lease = leased.iter().find(|l| sent(&l["message"]) == what);
    text(lease.unwrap_or_else(|| panic!("no {what} in {leased:?}")), "lease_id")
}

#[test]
fn what_is_handed_over_is_sent() {
    let mut office = Office::new(&[]);
    office.book(THURSDAY);
    let leased = office.lease();
    let lease = lease_of(&leased, "booked email lead");
    office.agent(&format!("calendar_sync.finish_notification('{lease}', '250 queued')"));
    let row = "select concat_ws(' ', state, provider_id, attempts, sent_at, lease_id) from calendar.notifications
                where kind = 'booked' order by id";
    let rows = office.texts(row);
    assert_eq!(rows[0], "sent 250 queued 1 2026-03-02 14:00:00+00");
    let again = office.try_agent(&format!("calendar_sync.finish_notification('{lease}')"));
    refused(again, "PT409", "lease_lost");
    let lease = lease_of(&leased, "booked email broker");
    office.agent(&format!("calendar_sync.skip_notification('{lease}', 'no_address')"));
    assert_eq!(office.states("booked", "email"), ["skipped no_address", "sent"]);
}

#[test]
fn an_email_that_was_lost_on_the_way_is_sent_again_with_the_same_id() {
    let mut office = Office::new(&[]);
    office.book(THURSDAY);
    let first = office.lease();
    let lost = lease_of(&first, "booked email lead");
    assert_eq!(office.lease(), [0; 0]);
    let awaited = |office: &mut Office| office.agent("calendar_sync.count_awaited(now())");
    assert_eq!(awaited(&mut office), 2);
    office.at("2026-03-02T14:01:00Z");
    assert_eq!(awaited(&mut office), 0, "no round waits for an agent that has died");
    let second = office.lease();
    let id = |leased: &[Value]| text(only(leased, "booked email lead"), "id");
    assert_eq!(id(&first), id(&second));
    assert_eq!(second[0]["attempts"], 2);
    let late = office.try_agent(&format!("calendar_sync.finish_notification('{lost}')"));
    refused(late, "PT409", "lease_lost");
    // The links in both work.
    for leased in [&first, &second] {
        let token = text(&only(leased, "booked email lead")["manage"], "token");
        office.call(&format!("get_own_booking('{token}')"));
    }
}

#[test]
fn an_sms_that_was_lost_on_the_way_is_never_sent_again() {
    let mut office = Office::new(&[("notify", SMS)]);
    office.book(THURSDAY);
    only(&office.lease(), "booked sms lead");
    office.at("2026-03-02T14:05:00Z");
    let again = office.lease();
    assert!(again.iter().all(|l| l["channel"] != "sms"), "{again:?}");
    assert_eq!(office.states("booked", "sms"), ["failed"]);
    // Given back before it was sent, it is.
    office.book("2026-03-05T17:00Z");
    let lease = lease_of(&office.lease(), "booked sms lead");
    office.agent(&format!("calendar_sync.release_leases('{{{lease}}}')"));
    only(&office.lease(), "booked sms lead");
}

#[test]
fn a_lease_lasts_as_long_as_its_agent_renews_it() {
    let mut office = Office::new(&[]);
    office.book(THURSDAY);
    let leased = office.lease();
    let lease = lease_of(&leased, "booked email lead");
    office.at("2026-03-02T14:00:50Z");
    assert_eq!(office.agent("calendar_sync.count_awaited(now())"), 2);
    let renewed = office.agent(&format!("calendar_sync.renew_leases('{{{lease}}}')"));
    assert_eq!(renewed, lease);
    office.at("2026-03-02T14:01:30Z");
    assert_eq!(office.send(), ["booked email broker"]);
    office.agent(&format!("calendar_sync.finish_notification('{lease}')"));
}

#[test]
fn a_failure_is_tried_again_less_and_less_often_and_given_up() {
    let mut office = Office::new(&[]);
    office.book("2026-03-20T15:00Z");
    let lease = lease_of(&office.lease(), "booked email lead");
    let fail = |lease: &str, more: &str| {
        format!("calendar_sync.fail_notification('{lease}', E'451 later\\nplease'{more})")
    };
    let next = office.agent(&fail(&lease, ""));
    assert!(next.as_str().unwrap() < "2026-03-02T14:01:01", "{next}");
    assert_eq!(
        office.texts("select last_error from calendar.notifications where last_error is not null"),
        ["451 later please"]
    );
    office.at("2026-03-02T14:02Z");
    let lease = lease_of(&office.lease(), "booked email lead");
    let next = office.agent(&fail(&lease, ", retry_after => '3 hours'"));
    assert!(next.as_str().unwrap() >= "2026-03-02T17:02", "{next}");
    office.at("2026-03-04T13:59:50Z");
    let lease = lease_of(&office.lease(), "booked email lead");
    assert_eq!(office.agent(&fail(&lease, "")), Value::Null);
    assert_eq!(office.states("booked", "email")[1], "failed");
    // At once, where it is of no use.
    office.book("2026-03-20T17:00Z");
    let lease = lease_of(&office.lease(), "booked email lead");
    assert_eq!(office.agent(&fail(&lease, ", 'final'")), Value::Null);
    let wrong = office.try_agent(&fail(&lease, ", 'never'"));
    refused(wrong, "22023", "outcome");
}

#[test]
fn an_address_that_does_not_exist_gets_nothing_any_more() {
    let mut office = Office::new(&[("notify", SMS)]);
    office.book(THURSDAY);
    let leased = office.lease();
    for what in ["booked email lead", "booked sms lead"] {
        let lease = lease_of(&leased, what);
        office.agent(&format!("calendar_sync.fail_notification('{lease}', 'unknown', 'suppress')"));
    }
    office.book("2026-03-05T17:00Z");
    assert_eq!(office.send(), ["booked email broker"]);
    assert_eq!(office.states("booked", "sms"), ["failed", "skipped suppressed"]);
    // The number's owner starts again, in whatever form the number is written.
    office.agent("calendar_sync.report_opt_out('1-555-0177', false)");
    office.book("2026-03-05T19:00Z");
    assert_eq!(office.send(), ["booked sms lead", "booked email broker"]);
    office.agent("calendar_sync.report_opt_out('+1 (555) 0177')");
    office.book("2026-03-05T20:00Z");
    assert_eq!(office.send(), ["booked email broker"]);
    let kept = "select string_agg(reason, ' ' order by reason) from calendar.suppressions";
    assert_eq!(office.texts(kept), ["bounce stop"]);
}

#[test]
fn one_click_ends_reminders_and_nothing_else() {
    let mut office = Office::new(&[]);
    office.book(THURSDAY);
    assert!(office.lease().iter().all(|l| l["message"]["unsubscribe"].is_null()));
    office.at("2026-03-04T15:00Z");
    let leased = office.lease();
    let token = text(only(&leased, "reminder email lead"), "unsubscribe");
    for _ in 0..2 {
        assert_eq!(office.agent(&format!("calendar_sync.unsubscribe('{token}')")), true);
    }
    assert_eq!(office.agent("calendar_sync.unsubscribe('x')"), false);
    let id = office.book("2026-03-06T15:00Z");
    assert!(office.send().contains(&"booked email lead".to_owned()));
    office.at("2026-03-05T15:00Z");
    assert_eq!(office.send(), [""; 0]);
    office.call(&format!("cancel_booking('{id}')"));
    assert!(office.send().contains(&"cancelled email lead".to_owned()));
}

#[test]
fn a_report_of_delivery_counts_whenever_it_comes_and_is_never_taken_back() {
    let mut office = Office::new(&[("notify", SMS)]);
    office.book(THURSDAY);
    office.book("2026-03-05T17:00Z");
    let leased = office.lease();
    let texts: Vec<_> = leased.iter().filter(|l| l["channel"] == "sms").collect();
    let report = |n: usize, status: &str| {
        let id = text(texts[n], "notification_id");
        format!("calendar_sync.report_delivery('{id}', 'SM{n}', '{status}', 'no route')")
    };
    // Before the answer to the sending.
    office.agent(&report(0, "undelivered"));
    for lease in &texts {
        let lease = text(lease, "lease_id");
        office.agent(&format!("calendar_sync.finish_notification('{lease}', 'SM')"));
    }
    for status in ["sent", "delivered", "failed", "queued"] {
        assert_eq!(office.agent(&report(1, status)), true);
    }
    office.agent(&report(0, "delivered"));
    let rows = "select concat_ws(' ', state, provider_id, last_error, delivered_at is not null)
                  from calendar.notifications where channel = 'sms' and kind = 'booked' order by id";
    assert_eq!(office.texts(rows), ["failed SM no route f", "sent SM1 t"]);
    let nobody =
        "calendar_sync.report_delivery('00000000-0000-0000-0000-000000000000', 'SM', 'sent')";
    assert_eq!(office.agent(nobody), false);
}

#[test]
fn an_agent_leases_what_it_can_send_and_no_more_than_it_asks_for() {
    let mut office = Office::new(&[("notify", SMS)]);
    for hour in 15..20 {
        office.book(&format!("2026-03-05T{hour}:00Z"));
    }
    let mut lease = |arguments: &str| {
        let query = format!("select channel from calendar_sync.lease_notifications({arguments})");
        let rows = office.agent.query(&query, &[]).unwrap();
        rows.iter().map(|row| row.get::<_, String>(0)).collect::<Vec<_>>()
    };
    assert_eq!(lease("1000, channels => '{sms}'"), ["sms"; 5]);
    assert_eq!(lease("3"), ["email"; 3]);
    assert_eq!(lease("1000, channels => '{webhook,webhook}'"), [""; 0]);
    assert_eq!(lease("1000, channels => '{email,sms}'"), ["email"; 7]);
    for wrong in ["0", "1001", "channels => '{post}'", "lease_for => '0'"] {
        let call = format!("select calendar_sync.lease_notifications({wrong})");
        refused(office.agent.batch_execute(&call), "22023", "");
    }
}

#[test]
fn what_comes_later_waits_for_what_is_being_sent() {
    let mut office = Office::new(&[]);
    let id = office.book(THURSDAY);
    let lease = lease_of(&office.lease(), "booked email lead");
    office.call(&format!("cancel_booking('{id}')"));
    assert_eq!(office.send(), [""; 0]);
    office.agent(&format!("calendar_sync.finish_notification('{lease}')"));
    office.at("2026-03-02T14:00:02Z");
    assert_eq!(office.send(), ["cancelled email lead"]);
}

#[test]
fn agents_at_once_send_each_message_once() {
    let mut office = Office::new(&[]);
    for day in 3..=5 {
        for hour in 15..20 {
            office.book(&format!("2026-03-0{day}T{hour}:00Z"));
        }
    }
    let leased: Vec<String> = thread::scope(|scope| {
        let agents: Vec<_> = (0..4)
            .map(|_| {
                let mut agent = office.db.connect_as(Caller::Agent);
                scope.spawn(move || {
                    let mut ids = Vec::new();
                    loop {
                        let query = "select notification_id::text from calendar_sync.lease_notifications(2)";
                        let rows = agent.query(query, &[]).unwrap();
                        if rows.is_empty() {
                            return ids;
                        }
                        ids.extend(rows.iter().map(|row| row.get::<_, String>(0)));
                    }
                })
            })
            .collect();
        agents.into_iter().flat_map(|agent| agent.join().unwrap()).collect()
    });
    assert_eq!(leased.len(), 30);
    assert_eq!(leased.iter().collect::<BTreeSet<_>>().len(), 30);
}

#[test]
fn old_rows_are_pruned_and_what_is_still_to_come_stays() {
    let mut office = Office::new(&[]);
    office.book(THURSDAY);
    office.book("2026-05-20T15:00Z");
    office.send();
    office.at("2026-04-20T15:00Z");
    office.agent("calendar_sync.prune_logs()");
    assert_eq!(office.rows(), ["reminder email lead 0 1440 due"]);
    let links = office.texts("select slot_start::text from calendar.booking_links join calendar.bookings as b on b.id = booking_id");
    assert_eq!(links, ["2026-05-20 15:00:00+00"]);
    assert!(fixture::book(&mut office.admin, office.broker, "2026-04-21T15:00Z").is_ok());
}
