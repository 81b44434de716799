//! Endpoints of webhooks: what they get, how it is signed, and when they get nothing any more.

use crate::support::{Office, THURSDAY, only};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use calendar_tests::answer::refused;
use calendar_tests::synced::text;
use calendar_tests::{Caller, fixture};
use engine::mac::MacKey;
use serde_json::{Value, json};

/// Adds an endpoint; gives its id and its secret.
#[track_caller]
fn add(office: &mut Office, more: &str) -> (String, String) {
    let made = office.call(&format!("add_webhook_endpoint('https://hooks.example.com/in'{more})"));
    (text(&made, "id"), text(&made, "secret"))
}

/// What signs with a secret.
fn key_of(secret: &str) -> Vec<u8> {
    let secret = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
    assert!((24..=64).contains(&secret.len()), "{}", secret.len());
    MacKey::new(&secret).to_bytes()
}

#[track_caller]
fn keys(message: &Value) -> Vec<Vec<u8>> {
    let keys = message["webhook"]["keys"].as_array().unwrap();
    keys.iter().map(|key| STANDARD.decode(key.as_str().unwrap()).unwrap()).collect()
}

#[test]
fn an_endpoint_gets_what_it_asked_for_signed_with_its_secret() {
    let mut office = Office::new(&[]);
    let broker = office.broker;
    let (_, secret) = add(&mut office, &format!(", '{broker}', '{{booked,cancelled}}'"));
    add(&mut office, ", null, '{cancelled}'");
    let id = office.book(THURSDAY);
    let leased = office.lease();
    let message = only(&leased, "booked webhook broker");
    assert_eq!(keys(message), [key_of(&secret)]);
    let webhook = &message["webhook"];
    assert_eq!(
        [&webhook["url"], &webhook["type"]],
        ["https://hooks.example.com/in", "booking.booked"]
    );
    assert_eq!(webhook["data"]["booking"]["id"], *id);
    assert_eq!(webhook["data"]["booking"]["slot_start"], THURSDAY);
    assert_eq!(webhook["data"]["booking"]["lead_email"], "bo@example.org");
    assert_eq!(message["to"], Value::Null);
    office.call(&format!("reschedule_booking('{id}', '2026-03-05T17:00Z')"));
    office.call(&format!("cancel_booking('{id}')"));
    office.at("2026-03-02T14:02Z");
    let sent = office.send();
    for what in ["cancelled webhook broker", "cancelled webhook operator"] {
        assert!(sent.contains(&what.to_owned()), "{sent:?}");
    }
    assert!(!sent.iter().any(|what| what.starts_with("rescheduled")), "{sent:?}");
    // No table has the secret.
    let stored = office
        .texts("select e::text from calendar.webhook_endpoints as e where broker_id is not null");
    assert!(!stored[0].contains(secret.trim_start_matches("whsec_")));
}

#[test]
fn two_secrets_sign_while_one_is_replaced() {
    let mut office = Office::new(&[]);
    let broker = office.broker;
    let (id, old) = add(&mut office, &format!(", '{broker}'"));
    let new = office.call(&format!("rotate_webhook_secret('{id}', 2)"));
    let new = new.as_str().unwrap().to_owned();
    office.book(THURSDAY);
    let leased = office.lease();
    assert_eq!(keys(only(&leased, "booked webhook broker")), [key_of(&new), key_of(&old)]);
    office.at("2026-03-02T16:00Z");
    office.book("2026-03-05T17:00Z");
    let leased = office.lease();
    let message =
        leased.iter().map(|l| &l["message"]).rfind(|m| m["channel"] == "webhook").unwrap();
    assert_eq!(keys(message), [key_of(&new)]);
    refused(
        fixture::call(&mut office.admin, &format!("rotate_webhook_secret('{id}', 721)")),
        "22023",
        "keep_hours",
    );
}

#[test]
fn an_endpoint_that_is_gone_or_fails_for_days_is_disabled() {
    let mut office = Office::new(&[]);
    let broker = office.broker;
    let (gone, _) = add(&mut office, &format!(", '{broker}'"));
    let disabled = |office: &mut Office, id: &str| {
        let query = format!(
            "select (disabled_at is not null)::text from calendar.webhook_endpoints where id = '{id}'"
        );
        office.texts(&query)[0] == "true"
    };
    office.book("2026-03-20T15:00Z");
    let lease = webhook(&mut office).unwrap();
    office.agent(&format!("calendar_sync.fail_notification('{lease}', '410', 'disable')"));
    assert!(disabled(&mut office, &gone));
    office.book("2026-03-20T16:00Z");
    assert_eq!(webhook(&mut office), None);
    office.call(&format!("remove_webhook_endpoint('{gone}')"));

    let (down, _) = add(&mut office, &format!(", '{broker}'"));
    office.book("2026-03-20T17:00Z");
    let mut attempts = 0;
    for hour in 0..=140 {
        office.at(&format!("2026-03-{:02}T{:02}:00:00Z", 2 + (14 + hour) / 24, (14 + hour) % 24));
        if let Some(lease) = webhook(&mut office) {
            attempts += 1;
            office.agent(&format!("calendar_sync.fail_notification('{lease}', '500')"));
        }
        if hour == 96 {
            assert!(!disabled(&mut office, &down));
            office.book("2026-03-20T18:00Z");
        }
    }
    assert!(disabled(&mut office, &down));
    assert!((9..=22).contains(&attempts), "{attempts}");
    // Its owner repairs it.
    office.call(&format!("rotate_webhook_secret('{down}')"));
    assert!(!disabled(&mut office, &down));
    office.book("2026-03-20T19:00Z");
    let lease = webhook(&mut office).unwrap();
    office.agent(&format!("calendar_sync.finish_notification('{lease}')"));
    let shown = office.call(&format!("list_webhook_endpoints('{broker}')"));
    assert_eq!([&shown[0]["failing_since"], &shown[0]["last_error"]], [&Value::Null; 2]);
    assert_eq!(shown[0]["last_success_at"], "2026-03-08T10:00:00Z");
}

/// Leases the webhook that is due, if any.
fn webhook(office: &mut Office) -> Option<String> {
    let query =
        "select lease_id::text from calendar_sync.lease_notifications(1, channels => '{webhook}')";
    office.agent.query(query, &[]).unwrap().first().map(|row| row.get(0))
}

#[test]
fn endpoints_are_their_broker_s_and_those_of_all_brokers_the_service_s() {
    let ada = "00000000-0000-0000-0000-000000000ada";
    let mut office = Office::new(&[("user_id", ada)]);
    let other = fixture::broker(&mut office.admin, &[]);
    let (theirs, _) = add(&mut office, &format!(", '{other}'"));
    let (all, _) = add(&mut office, "");
    let mut user = office.db.connect_as(Caller::User(ada.parse().unwrap()));
    let own = format!("add_webhook_endpoint('https://ada.example.com', '{}')", office.broker);
    let own = text(&fixture::call(&mut user, &own).unwrap(), "id");
    for id in [&theirs, &all] {
        for call in ["rotate_webhook_secret", "remove_webhook_endpoint"] {
            refused(
                fixture::call(&mut user, &format!("{call}('{id}')")),
                "PT404",
                "endpoint_not_found",
            );
        }
    }
    refused(fixture::call(&mut user, "add_webhook_endpoint('https://x.example.com')"), "42501", "");
    refused(
        fixture::call(
            &mut user,
            &format!("add_webhook_endpoint('https://x.example.com', '{other}')"),
        ),
        "PT404",
        "",
    );
    let listed =
        fixture::call(&mut user, &format!("list_webhook_endpoints('{}')", office.broker)).unwrap();
    assert_eq!(listed.as_array().unwrap().len(), 1);
    assert_eq!(listed[0]["events"], Value::Null);
    assert!(user.execute("select mac_key from calendar.webhook_endpoints", &[]).is_err());
    assert_eq!(user.query("select id from calendar.webhook_endpoints", &[]).unwrap().len(), 1);
    fixture::call(&mut user, &format!("remove_webhook_endpoint('{own}')")).unwrap();
    assert_eq!(office.call("list_webhook_endpoints()").as_array().unwrap().len(), 2);
    for (arguments, word) in [
        ("'ftp://x.example.com'", "url"),
        ("null", "url"),
        ("'https://x.example.com', events => '{reminder}'", "events"),
        ("'https://x.example.com', events => '{}'", "events"),
    ] {
        refused(
            fixture::call(&mut office.admin, &format!("add_webhook_endpoint({arguments})")),
            "22023",
            word,
        );
    }
    for _ in 1..20 {
        add(&mut office, "");
    }
    refused(
        fixture::call(&mut office.admin, "add_webhook_endpoint('https://x.example.com')"),
        "22023",
        "at most 20",
    );
    assert_eq!(json!(office.rows()), json!([]));
}
