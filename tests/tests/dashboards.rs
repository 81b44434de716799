//! The views and functions that dashboards read.

use calendar_tests::{Caller, Database, Scene, Synced, fixture};
use postgres::Client;
use serde_json::{Value, json};
use uuid::Uuid;

fn rows(client: &mut Client, query: &str) -> Value {
    let all = format!("select coalesce(jsonb_agg(to_jsonb(q)), '[]') from ({query}) as q");
    client.query_one(&all, &[]).unwrap_or_else(|e| panic!("{query}: {e:?}")).get(0)
}

fn id(booking: &Value) -> &str {
    booking["id"].as_str().unwrap()
}

#[test]
fn the_minutes_of_a_day_add_up() {
    let Scene { mut client, broker, .. } = Scene::new(&[]);
    let calendar = fixture::calendar(&mut client, broker, &[]);
    // Tuesday, 09:00 to 17:00 in New York: 480 minutes, less lunch.
    fixture::hours_override(
        &mut client,
        broker,
        "block",
        "2026-03-03T17:00Z",
        "2026-03-03T18:00Z",
        &[],
    );
    fixture::book(&mut client, broker, "2026-03-03T15:00Z").unwrap();
    // Half of it under the booking, half of it over lunch or before hours.
    fixture::event(&mut client, calendar, "a", "2026-03-03T15:15:00Z", "2026-03-03T16:00:00Z");
    fixture::event(&mut client, calendar, "b", "2026-03-03T16:30:00Z", "2026-03-03T17:30:00Z");
    fixture::event(&mut client, calendar, "c", "2026-03-03T13:00:00Z", "2026-03-03T14:15:00Z");
    let minutes = |client: &mut Client, first: &str, last: &str| {
        rows(
            client,
            &format!(
                "select date, open_minutes as open, busy_minutes as busy, booked_minutes as booked, free_minutes as free
                   from calendar.get_utilisation('{broker}', '{first}', '{last}')"
            ),
        )
    };
    let day = |date: &str, open: u32, busy: u32, booked: u32| json!({"date": date, "open": open, "busy": busy, "booked": booked, "free": open - busy - booked});
    assert_eq!(
        minutes(&mut client, "2026-03-03", "2026-03-04"),
        json!([day("2026-03-03", 420, 75, 30), day("2026-03-04", 480, 0, 0)])
    );
    // The day on which clocks change has its eight working hours, and Sunday none.
    assert_eq!(
        minutes(&mut client, "2026-03-08", "2026-03-09"),
        json!([day("2026-03-08", 0, 0, 0), day("2026-03-09", 480, 0, 0)])
    );
    // Over the past: what took place took time.
    client.batch_execute("update calendar.bookings set status = 'completed'").unwrap();
    assert_eq!(
        minutes(&mut client, "2026-03-03", "2026-03-03"),
        json!([day("2026-03-03", 420, 75, 30)])
    );
    let view = rows(
        &mut client,
        "select count(*), min(date), max(date), sum(booked_minutes) as booked from calendar.utilisation_by_day",
    );
    assert_eq!(
        view,
        json!([{"count": 91, "min": "2026-01-31", "max": "2026-05-01", "booked": 30}])
    );
    for (arguments, message) in [
        ("'2026-03-03', '2026-03-02'", "last_date must not be before first_date, not 2026-03-02"),
        (
            "'2026-03-03', '2027-03-05'",
            "last_date must be at most 366 days after first_date, not 2027-03-05",
        ),
        ("null, '2026-03-02'", "first_date must not be null"),
        (
            "'infinity', 'infinity'",
            "first_date must be a date within years 1 to 9998, not infinity",
        ),
        (
            "'2026-03-03', '9999-12-31'",
            "last_date must be a date within years 1 to 9998, not 9999-12-31",
        ),
    ] {
        let query = format!("select calendar.get_utilisation('{broker}', {arguments})");
        let error = client.query(&query, &[]).unwrap_err();
        assert_eq!(error.as_db_error().unwrap().message(), message, "{arguments}");
    }
}

#[test]
fn what_is_booked_is_upcoming_until_it_is_over() {
    let Scene { db, mut client, broker } = Scene::new(&[]);
    let arguments = [
        "'2026-03-03T15:00Z', title => 'Viewing', lead_name => 'Lee', created_by => 'voice'",
        "'2026-03-03T16:00Z', hold_minutes => 5",
        "'2026-03-03T17:00Z'",
    ];
    let bookings = arguments.map(|arguments| {
        fixture::call(&mut client, &format!("book_calendar_slot('{broker}', {arguments})")).unwrap()
    });
    client
        .batch_execute(&format!("select calendar.cancel_booking('{}')", id(&bookings[2])))
        .unwrap();
    let upcoming = "select broker_name, status, local_start, lead_name, channel, is_written
                      from calendar.upcoming_bookings order by slot_start";
    assert_eq!(
        rows(&mut client, upcoming),
        json!([
            {"broker_name": "Ada", "status": "confirmed", "local_start": "2026-03-03T10:00:00",
             "lead_name": "Lee", "channel": "voice", "is_written": null},
            {"broker_name": "Ada", "status": "held", "local_start": "2026-03-03T11:00:00",
             "lead_name": null, "channel": "service", "is_written": null},
        ])
    );
    let mut synced = Synced::new(&[]);
    synced.book("2026-03-03T15:00:00Z");
    assert_eq!(rows(&mut synced.admin, upcoming)[0]["is_written"], false, "it is at a provider");
    let lease = synced.pushes()[0]["lease_id"].as_str().unwrap().to_owned();
    let finish = format!("select calendar_sync.finish_push('{lease}', 'event')");
    synced.agent.batch_execute(&finish).unwrap();
    assert_eq!(rows(&mut synced.admin, upcoming)[0]["is_written"], true);
    for (now, count) in
        [("2026-03-02T14:05:00Z", 1), ("2026-03-03T15:29:59Z", 1), ("2026-03-03T15:30:00Z", 0)]
    {
        db.set_now(now);
        let found = rows(&mut db.connect(), upcoming).as_array().unwrap().len();
        assert_eq!(found, count, "{now}");
    }
}

#[test]
fn an_event_that_comes_later_is_a_conflict() {
    let Scene { mut client, broker, .. } = Scene::new(&[]);
    let calendar = fixture::calendar(&mut client, broker, &[]);
    let booking = fixture::book(&mut client, broker, "2026-03-03T15:00Z").unwrap();
    fixture::book(&mut client, broker, "2026-03-03T16:00Z").unwrap();
    let conflicts = "select booking_id, event_title, event_start from calendar.booking_conflicts";
    // Its own mirror, and one that touches it.
    let own = json!([{"external_event_id": format!("bk-{}@calendar-ext", id(&booking)), "title": "Own",
                      "starts_at": "2026-03-03T15:00:00Z", "ends_at": "2026-03-03T15:30:00Z"}]);
    fixture::events(&mut client, calendar, &own);
    fixture::event(&mut client, calendar, "next", "2026-03-03T15:30:00Z", "2026-03-03T16:00:00Z");
    assert_eq!(rows(&mut client, conflicts), json!([]));
    let later = json!([{"external_event_id": "daily", "title": "Dentist", "starts_at": "2026-03-02T15:15:00Z",
                        "ends_at": "2026-03-02T15:45:00Z", "recurrence": "RRULE:FREQ=DAILY"}]);
    fixture::events(&mut client, calendar, &later);
    assert_eq!(
        rows(&mut client, conflicts),
        json!([{"booking_id": booking["id"], "event_title": "Dentist", "event_start": "2026-03-03T15:15:00+00:00"}])
    );
    // What does not block is none.
    client.batch_execute("update calendar.calendars set blocks_availability = false").unwrap();
    assert_eq!(rows(&mut client, conflicts), json!([]));
}

#[test]
fn leads_wait_for_their_confirmation() {
    let db = Database::new();
    let broker = fixture::broker(&mut db.connect(), &[]);
    let book = |arguments: &str| {
        fixture::call(&mut db.connect(), &format!("book_calendar_slot('{broker}', {arguments})"))
            .unwrap()
    };
    let held = book("'2026-03-03T15:00Z', hold_minutes => 60, created_by => 'voice'");
    book("'2026-03-03T16:00Z', created_by => 'website'");
    let cancelled = book("'2026-03-03T17:00Z', created_by => 'website'");
    book("'2026-03-03T18:00Z', hold_minutes => 10, created_by => 'voice'");
    let failed = book("'2026-03-03T19:00Z', created_by => 'voice'");
    db.set_now("2026-03-02T14:20:00Z");
    let mut client = db.connect();
    for call in [
        format!("confirm_booking('{}')", id(&held)),
        format!("confirm_booking('{}')", id(&held)),
        format!("cancel_booking('{}')", id(&cancelled)),
    ] {
        fixture::call(&mut client, &call).unwrap();
    }
    client
        .batch_execute(&format!(
            "update calendar.bookings set status = 'failed' where id = '{}'",
            id(&failed)
        ))
        .unwrap();
    let response = "select status, extract(epoch from response)::int as response, extract(epoch from wait)::int as wait
                      from calendar.lead_response order by slot_start limit 2";
    assert_eq!(
        rows(&mut client, response),
        json!([{"status": "confirmed", "response": 1200, "wait": 90000},
               {"status": "confirmed", "response": 0, "wait": 93600}])
    );
    let funnel =
        "select channel, date, requested, held, confirmed, cancelled, lapsed, failed, completed
                    from calendar.booking_funnel order by channel";
    let row = |channel: &str, counts: [u32; 7]| {
        let [requested, held, confirmed, cancelled, lapsed, failed, completed] = counts;
        json!({"channel": channel, "date": "2026-03-02", "requested": requested, "held": held,
               "confirmed": confirmed, "cancelled": cancelled, "lapsed": lapsed, "failed": failed,
               "completed": completed})
    };
    assert_eq!(
        rows(&mut client, funnel),
        json!([row("voice", [3, 2, 2, 0, 1, 1, 0]), row("website", [2, 0, 2, 1, 0, 0, 0])])
    );
}

#[test]
fn bookings_that_were_moved_are_counted_apart() {
    let Scene { mut client, broker, .. } = Scene::new(&[]);
    let moved = fixture::book(&mut client, broker, "2026-03-03T15:00Z").unwrap();
    fixture::book(&mut client, broker, "2026-03-03T16:00Z").unwrap();
    for start in ["2026-03-03T17:00Z", "2026-03-04T18:00Z", "2026-03-04T18:00Z"] {
        let call = format!("reschedule_booking('{}', '{start}')", id(&moved));
        fixture::call(&mut client, &call).unwrap();
    }
    fixture::call(&mut client, &format!("cancel_booking('{}')", id(&moved))).unwrap();
    let counted = "select reschedules from calendar.bookings order by slot_start";
    assert_eq!(rows(&mut client, counted), json!([{"reschedules": 0}, {"reschedules": 2}]));
    let funnel = "select requested, cancelled, rescheduled from calendar.booking_funnel";
    let expected = json!([{"requested": 2, "cancelled": 1, "rescheduled": 1}]);
    assert_eq!(rows(&mut client, funnel), expected);
    let days = "select date, hour, bookings, cancelled, rescheduled from calendar.bookings_by_day order by 1";
    assert_eq!(
        rows(&mut client, days),
        json!([{"date": "2026-03-03", "hour": 11, "bookings": 1, "cancelled": 0, "rescheduled": 0},
               {"date": "2026-03-04", "hour": 13, "bookings": 1, "cancelled": 1, "rescheduled": 1}])
    );
}

#[test]
fn dashboards_show_a_broker_its_own_and_the_service_everything() {
    let db = Database::new();
    let mut client = db.connect();
    let owner = Uuid::from_u128(1);
    for (user, start) in [(1, "15:00"), (2, "16:00")] {
        let user = Uuid::from_u128(user).to_string();
        let broker = fixture::broker(&mut client, &[("user_id", &user)]);
        fixture::book(&mut client, broker, &format!("2026-03-03T{start}Z")).unwrap();
        let calendar = fixture::calendar(&mut client, broker, &[]);
        fixture::event(&mut client, calendar, "x", "2026-03-03T15:00:00Z", "2026-03-03T17:00:00Z");
    }
    for view in [
        "upcoming_bookings",
        "booking_conflicts",
        "lead_response",
        "booking_funnel",
        "bookings_by_day",
        "utilisation_by_day",
    ] {
        let count = |caller| {
            let brokers = format!("select count(distinct broker_id) from calendar.{view}");
            let mut client = db.connect_as(caller);
            client.query_one(&brokers, &[]).map(|row| row.get::<_, i64>(0))
        };
        assert_eq!(count(Caller::User(owner)).unwrap(), 1, "{view}");
        assert_eq!(count(Caller::User(Uuid::from_u128(3))).unwrap(), 0, "{view}");
        assert_eq!(count(Caller::Service).unwrap(), 2, "{view}");
        assert_eq!(count(Caller::Anon).unwrap_err().code().unwrap().code(), "42501", "{view}");
    }
}

/// The queries of a file, of which each must give columns that are there.
#[track_caller]
fn assert_queries_run(client: &mut Client, queries: &[String]) {
    assert!(queries.len() >= 5, "{queries:?}");
    for query in queries {
        client.query(query, &[]).unwrap_or_else(|e| panic!("{query}: {e:?}"));
    }
}

#[test]
fn the_queries_of_the_grafana_dashboard_run() {
    let dashboard: Value =
        serde_json::from_str(include_str!("../../dashboards/grafana.json")).unwrap();
    let panels = dashboard["panels"].as_array().unwrap().iter();
    let queries: Vec<_> = panels
        .flat_map(|panel| panel["targets"].as_array().unwrap())
        .chain(dashboard["templating"]["list"].as_array().unwrap())
        .filter_map(|target| target["rawSql"].as_str().or(target["query"].as_str()))
        .filter(|query| query.starts_with("select "))
        .map(|query| {
            // What Grafana puts in their place.
            let within = "between '2026-02-16T14:00:00Z' and '2026-03-16T14:00:00Z'";
            let query = query.replace("${broker:sqlstring}", "'Ada','O''Hara'");
            match query.split_once("$__timeFilter(") {
                Some((before, rest)) => {
                    let (column, after) = rest.split_once(") and").unwrap();
                    format!("{before}{column} {within} and{after}")
                }
                None => query,
            }
        })
        .collect();
    let db = Database::new();
    assert_queries_run(&mut db.connect_as(Caller::Service), &queries);
}

#[test]
fn the_queries_of_postgres_exporter_run() {
    let file = include_str!("../../dashboards/postgres_exporter.yaml");
    let queries: Vec<_> = file
        .split("\n  query: ")
        .skip(1)
        .map(|rest| rest.split("\n  metrics:").next().unwrap().trim_start_matches('|').to_owned())
        .collect();
    let db = Database::new();
    assert_queries_run(&mut db.connect_as(Caller::Service), &queries);
}
