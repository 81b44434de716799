//! `set_message_settings`, and what `list_notifications` finds.

use crate::support::{Office, THURSDAY};
use calendar_tests::answer::{message, refused};
use calendar_tests::synced::text;
use calendar_tests::{Caller, fixture};
use postgres::Error;
use serde_json::{Value, json};

fn save(office: &mut Office, settings: &Value) -> Result<Value, Error> {
    let call = format!("set_message_settings('{}', '{settings}')", office.broker);
    fixture::call(&mut office.admin, &call)
}

#[test]
fn what_is_left_out_stays_and_null_is_the_default() {
    let mut office = Office::new(&[]);
    let all = json!({
        "business_phone": "+1 (518) 555-0100", "locale": "fr-CA", "invite_by": "email",
        "reminder_minutes": [60, 2880],
        "notify": {"lead": {"sms": ["reminder"]}, "quiet_from": "22:00"},
    });
    let stored = save(&mut office, &all).unwrap();
    let mut wanted = all;
    wanted["business_phone"] = json!("+15185550100");
    assert_eq!(stored, wanted);
    let stored = save(&mut office, &json!({"locale": "de"})).unwrap();
    wanted["locale"] = json!("de");
    assert_eq!(stored, wanted);
    assert_eq!(save(&mut office, &json!({})).unwrap(), wanted);
    let none = save(&mut office, &json!({"reminder_minutes": [], "business_phone": " "})).unwrap();
    assert_eq!([&none["reminder_minutes"], &none["business_phone"]], [&json!([]), &Value::Null]);
    let defaults = json!({"business_phone": null, "locale": "", "invite_by": null,
                          "reminder_minutes": null, "notify": null});
    assert_eq!(
        save(&mut office, &defaults).unwrap(),
        json!({"business_phone": null, "locale": null, "invite_by": null,
               "reminder_minutes": [1440], "notify": {}})
    );
}

#[test]
fn a_setting_that_makes_no_sense_is_refused_by_key_and_value() {
    let mut office = Office::new(&[]);
    let before = save(&mut office, &json!({})).unwrap();
    let cases = [
        (
            json!({"business_phone": "call me"}),
            "business_phone must be 4 to 15 digits, after a + or not, not \"callme\"",
        ),
        (json!({"business_phone": 5_185_550_100_i64}), "business_phone must be a text"),
        (
            json!({"locale": "English"}),
            "locale must be a language tag such as en or fr-CA, not \"English\"",
        ),
        (json!({"invite_by": "fax"}), "invite_by must be provider, email or none, not \"fax\""),
        (
            json!({"reminder_minutes": [5]}),
            "reminder_minutes must be at most 5 different numbers from 10 to 40320",
        ),
        (json!({"reminder_minutes": [60, 60]}), "reminder_minutes must be"),
        (
            json!({"reminder_minutes": 60}),
            "reminder_minutes must be an array of whole numbers, not 60",
        ),
        (json!({"notify": []}), "notify must be a JSON object"),
        (
            json!({"notify": {"lead": {"sms": ["bookd"]}}}),
            "notify: lead.sms must be an array of booked, requested",
        ),
        (
            json!({"notify": {"quiet_from": "25:00"}}),
            "notify: quiet_from must be a time such as 21:00, not \"25:00\"",
        ),
        (json!({"phone": "1"}), "must not have the key \"phone\""),
        (json!([]), "must be a JSON object"),
    ];
    for (mut settings, words) in cases {
        if settings.is_object() {
            settings["locale"] = settings.get("locale").cloned().unwrap_or(json!("de"));
        }
        let error = refused(save(&mut office, &settings), "22023", words);
        assert!(message(&error).starts_with("settings"), "{settings}: {}", message(&error));
    }
    assert_eq!(
        save(&mut office, &json!({})).unwrap(),
        before,
        "nothing of a refused call is stored"
    );
}

#[test]
fn settings_are_their_broker_s() {
    let ada = "00000000-0000-0000-0000-000000000ada";
    let mut office = Office::new(&[("user_id", ada)]);
    let other = fixture::broker(&mut office.admin, &[]);
    let mut user = office.db.connect_as(Caller::User(ada.parse().unwrap()));
    let own = format!("set_message_settings('{}', '{{\"locale\": \"es\"}}')", office.broker);
    assert_eq!(fixture::call(&mut user, &own).unwrap()["locale"], "es");
    let theirs = format!("set_message_settings('{other}', '{{\"locale\": \"es\"}}')");
    refused(fixture::call(&mut user, &theirs), "PT404", "broker_not_found");
}

/// The kinds and channels of what is listed.
#[track_caller]
fn listed(office: &mut Office, arguments: &str) -> Vec<String> {
    let rows = office.call(&format!("list_notifications({arguments})"));
    let shown = |row: &Value| {
        ["broker_name", "kind", "channel", "state"].map(|key| text(row, key)).join(" ")
    };
    rows.as_array().unwrap().iter().map(shown).collect()
}

#[test]
fn messages_are_found_by_broker_state_and_endpoint() {
    let mut office = Office::new(&[("name", "Ada 100%")]);
    let other = fixture::broker(&mut office.admin, &[("name", "Bo"), ("email", "bo@ada.example")]);
    let made =
        office.call(&format!("add_webhook_endpoint('https://x.example.com', '{}')", office.broker));
    let endpoint = text(&made, "id");
    office.book(THURSDAY);
    fixture::book(&mut office.admin, other, THURSDAY).unwrap();
    let leased = office.lease();
    for lease in &leased {
        let (id, channel) = (text(lease, "lease_id"), text(lease, "channel"));
        let end = if channel == "email" {
            "fail_notification('ID', '550', 'final')"
        } else {
            "finish_notification('ID')"
        };
        office.agent(&format!("calendar_sync.{}", end.replace("ID", &id)));
    }
    let webhooks = listed(&mut office, &format!("endpoint_id => '{endpoint}'"));
    assert_eq!(webhooks, ["Ada 100% booked webhook sent"]);
    let own = format!("'{other}', endpoint_id => '{endpoint}'");
    assert!(listed(&mut office, &own).is_empty(), "an endpoint of others");
    let failed = listed(&mut office, "state => 'failed'");
    assert!(
        failed.len() >= 2 && failed.iter().all(|row| row.ends_with(" email failed")),
        "{failed:?}"
    );
    assert_eq!(
        listed(&mut office, "search => ' BO@ADA '").len(),
        listed(&mut office, "search => 'bo'").len()
    );
    let ada = listed(&mut office, "search => '0%'");
    assert!(!ada.is_empty() && ada.iter().all(|row| row.starts_with("Ada")), "{ada:?}");
    assert!(listed(&mut office, "search => '1%0'").is_empty(), "what is typed is no pattern");
    assert_eq!(
        listed(&mut office, "state => '', search => ''").len(),
        listed(&mut office, "").len()
    );
    let error = fixture::call(&mut office.admin, "list_notifications(state => 'lost')");
    refused(error, "22023", "state must be due, sending, sent, failed or skipped, not \"lost\"");
}
