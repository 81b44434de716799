//! What a page shows.

use crate::support::{Page, TEN};
use calendar_tests::answer::refused;
use calendar_tests::{Caller, fixture};
use serde_json::{Value, json};

fn days(page: &mut Page, arguments: &str) -> Vec<String> {
    let query = format!(
        "select concat_ws(' ', day, slots) from calendar.get_free_days({arguments}) where slots > 0 order by day"
    );
    page.visitor.query(&query, &[]).unwrap().iter().map(|row| row.get(0)).collect()
}

#[test]
fn a_page_without_types_shows_the_brokers_own_rules() {
    let mut page = Page::new(&[("change_until_minutes", "60"), ("slot_duration_minutes", "45")]);
    let shown = page.call("get_booking_page(' ada ')").unwrap();
    assert_eq!(shown["page"], "ada");
    assert_eq!(shown["timezone"], "America/New_York");
    let types = json!([{
        "page": "ada", "slug": null, "name": null, "description": null, "durations": [45],
        "requires_confirmation": false, "location_kind": null, "location": null, "questions": [],
        "lock_timezone": false, "change_until_minutes": 60,
    }]);
    assert_eq!(shown["types"], types);
}

#[test]
fn a_page_shows_public_types_in_order_and_no_link() {
    let mut page = Page::new(&[])
        .with(&json!({"slug": "b", "name": "B", "position": 2, "location_kind": "link", "location": "https://meet.example/x"}))
        .with(&json!({"slug": "a", "name": "A", "position": 1, "location_kind": "in_person", "location": "1 Main St",
                      "durations": [15, 30], "requires_confirmation": true, "change_until_minutes": 5}))
        .with(&json!({"slug": "c", "name": "C", "public_booking": false}))
        .with(&json!({"slug": "d", "name": "D", "is_active": false}));
    let shown = page.call("get_booking_page('ada')").unwrap();
    let names: Vec<_> =
        shown["types"].as_array().unwrap().iter().map(|t| t["page"].clone()).collect();
    assert_eq!(names, ["ada/a", "ada/b"]);
    let [a, b] = [0, 1].map(|at| shown["types"][at].clone());
    assert_eq!((&a["location"], &b["location"]), (&json!("1 Main St"), &Value::Null));
    assert_eq!((&a["durations"], &a["requires_confirmation"]), (&json!([15, 30]), &json!(true)));
    assert_eq!((&a["change_until_minutes"], &b["change_until_minutes"]), (&json!(5), &json!(0)));
    let one = page.call("get_booking_page('ada/b')").unwrap();
    assert_eq!((&one["page"], &one["types"]), (&json!("ada/b"), &json!([b])));
}

#[test]
fn a_page_that_is_not_public_does_not_exist_for_anybody() {
    let mut page = Page::new(&[("public_booking", "false")])
        .with(&json!({"slug": "open", "name": "Open", "public_booking": true}))
        .with(&json!({"slug": "shut", "name": "Shut"}))
        .with(&json!({"slug": "gone", "name": "Gone", "public_booking": true, "is_active": false}));
    let calls = |page: &str| {
        let page = format!("'{page}'");
        [
            format!("select calendar.get_booking_page({page})"),
            format!("select calendar.get_free_days({page}, '2026-03-01', 'UTC')"),
            format!("select calendar.get_page_slots({page}, null, null)"),
            format!("select calendar.hold_slot({page}, '{TEN}')"),
        ]
    };
    let mut service = page.db.connect_as(Caller::Service);
    for name in ["ada", "ada/shut", "ada/gone", "ada/open/x", "ada/", "eve", "eve/open", "/open"] {
        for call in calls(name) {
            refused(page.visitor.batch_execute(&call), "PT404", "page_not_found");
            refused(service.batch_execute(&call), "PT404", "page_not_found");
        }
    }
    for call in calls("ada/open") {
        page.visitor.batch_execute(&call).unwrap_or_else(|e| panic!("{call}: {e:?}"));
    }
    refused(page.call("get_booking_page('  ')"), "22023", "page must not be null");
}

#[test]
fn page_slots_are_the_slots_of_the_broker() {
    let mut page = Page::new(&[]).with(
        &json!({"slug": "call", "name": "Call", "durations": [20, 40], "increment_minutes": 60}),
    );
    let (from, until) = ("2026-03-03T00:00:00Z", "2026-03-06T00:00:00Z");
    for (name, further, minutes) in
        [("ada", "", "null"), ("ada/call", ", meeting_type => 'call'", "40")]
    {
        let of = |function: &str, first: &str, further: &str| {
            format!(
                "select concat_ws(' ', slot_start, slot_end)
                   from calendar.{function}({first}, '{from}', '{until}', {minutes}{further})"
            )
        };
        let mut rows = |query: &str| -> Vec<String> {
            page.visitor.query(query, &[]).unwrap().iter().map(|row| row.get(0)).collect()
        };
        let listed = rows(&of("get_available_slots", &format!("'{}'", page.broker), further));
        assert!(!listed.is_empty());
        assert_eq!(rows(&of("get_page_slots", &format!("'{name}'"), "")), listed);
    }
    let other = "select calendar.get_page_slots('ada/call', null, null, 30)";
    refused(page.visitor.batch_execute(other), "22023", "20 or 40");
}

#[test]
fn free_days_are_days_of_the_visitor() {
    let mut page = Page::new(&[]);
    fixture::hours_override(
        &mut page.admin,
        page.broker,
        "block",
        "2026-03-01T00:00Z",
        "2026-03-30T13:00Z",
        &[],
    );
    // Monday 09:00 to 17:00 in New York (UTC-4) is Tuesday 02:00 to 10:00 in Auckland (UTC+13).
    assert_eq!(
        days(&mut page, "'ada', '2026-03-15', 'America/New_York'"),
        ["2026-03-30 16", "2026-03-31 16"]
    );
    assert_eq!(days(&mut page, "'ada', '2026-03-15', 'Pacific/Auckland'"), ["2026-03-31 16"]);
    // In Kiritimati (UTC+14) noon in New York is 06:00 of the next day.
    assert_eq!(days(&mut page, "'ada', '2026-03-31', null"), ["2026-03-30 16", "2026-03-31 16"]);
    let all = page
        .visitor
        .query("select * from calendar.get_free_days('ada', '2026-03-15', 'UTC')", &[])
        .unwrap();
    assert_eq!(all.len(), 31);
    let zone = "select calendar.get_free_days('ada', '2026-03-15', 'Mars/Base')";
    refused(page.visitor.batch_execute(zone), "22023", "Mars/Base");
    let month = "select calendar.get_free_days('ada', null, 'UTC')";
    refused(page.visitor.batch_execute(month), "22023", "month must not be null");
    let month = "select calendar.get_free_days('ada', 'infinity', 'UTC')";
    refused(page.visitor.batch_execute(month), "22023", "month");
}

#[test]
fn a_month_without_slots_names_the_first_free_day() {
    let mut page = Page::new(&[("booking_horizon_days", "500")]);
    fixture::hours_override(
        &mut page.admin,
        page.broker,
        "block",
        "2026-03-01T00:00Z",
        "2027-05-05T13:00Z",
        &[],
    );
    // Wednesday, 09:00 in New York: more than a year later.
    for month in ["2026-03-02", "2026-09-30", "2027-04-01"] {
        let found = days(&mut page, &format!("'ada', '{month}', 'America/New_York'"));
        assert_eq!(found, ["2027-05-05 16"], "{month}");
    }
    let past = days(&mut page, "'ada', '2020-01-01', 'America/New_York'");
    assert_eq!(past, ["2027-05-05 16"]);
    // Beyond the horizon there is nothing to name.
    assert!(days(&mut page, "'ada', '2028-01-01', 'America/New_York'").is_empty());
    page.admin.batch_execute("update calendar.brokers set booking_horizon_days = 30").unwrap();
    assert!(days(&mut page, "'ada', '2026-03-01', 'America/New_York'").is_empty());
}
