//! What is read: lists, exports, and what a dashboard asks.

use crate::data::Data;
use crate::measure::{Line, best, time};
use calendar_tests::Caller;
use postgres::Client;
use std::time::Duration;

/// The queries of `dashboards/postgres_exporter.yaml`.
const EXPORTER: &str = include_str!("../../../../dashboards/postgres_exporter.yaml");

fn service(data: &Data<'_>) -> Client {
    data.database.connect_as(Caller::Service)
}

pub(crate) fn lists(tenth: &Data<'_>, full: &Data<'_>) -> Line {
    let times = [tenth, full].map(|data| {
        let mut client = service(data);
        let mut longest = Duration::ZERO;
        for list in [
            "select * from calendar.upcoming_bookings order by slot_start limit 50",
            "select * from calendar.bookings order by created_at desc limit 50",
            "select * from calendar.bookings where slot_start >= '2026-03-03' order by slot_start limit 50",
            "select * from calendar.bookings where lead_email = 'lead77.99@example.com'",
            "select * from calendar.bookings where lead_phone = '+155500007799'",
        ] {
            longest = longest.max(best(10, |_| drop(client.query(list, &[]).unwrap())));
        }
        longest
    });
    let what = "the longest of the service's lists of bookings";
    Line::times(what, times, Duration::from_millis(5), false, "at most 5 ms")
}

pub(crate) fn conflicts(tenth: &Data<'_>, full: &Data<'_>) -> Line {
    let times = [tenth, full].map(|data| {
        let mut client = service(data);
        best(5, |_| drop(client.query("select * from calendar.booking_conflicts", &[]).unwrap()))
    });
    let what = "booking_conflicts of all brokers";
    Line::times(what, times, Duration::from_millis(200), false, "at most 0.2 s")
}

/// The queries of each scrape: those without `cache_seconds`.
fn queries() -> Vec<String> {
    let mut queries = Vec::new();
    for metric in EXPORTER.split("\ncalendar_") {
        let Some((before, rest)) = metric.split_once("query:") else { continue };
        if !before.contains("cache_seconds") {
            let query = rest.split("\n  metrics:").next().unwrap();
            queries.push(query.trim_start_matches([' ', '|', '\n']).to_owned());
        }
    }
    queries
}

pub(crate) fn scrape(tenth: &Data<'_>, full: &Data<'_>) -> Line {
    let mut detail = String::new();
    let times = [tenth, full].map(|data| {
        let mut client = service(data);
        detail.clear();
        let mut all = Duration::ZERO;
        for query in queries() {
            let least = best(3, |_| drop(client.query(&query, &[]).unwrap()));
            detail.push_str(&format!(" {least:.0?}"));
            all += least;
        }
        all
    });
    let what = "one scrape by postgres_exporter";
    let line = Line::times(what, times, Duration::from_millis(200), false, "at most 0.2 s");
    Line { result: format!("{}; query by query{detail}", line.result), ..line }
}

pub(crate) fn export(tenth: &Data<'_>, full: &Data<'_>) -> Line {
    let times = [tenth, full].map(|data| {
        let mut client = service(data);
        let export = "select calendar.export_ics(bench.broker(1), '2026-03-02', '2026-03-09')";
        best(10, |_| drop(client.query(export, &[]).unwrap()))
    });
    let what = "export_ics of 7 days of the broker with a tenth of all events";
    Line::times(what, times, Duration::from_millis(20), true, "at most 20 ms")
}

pub(crate) fn slots(tenth: &Data<'_>, full: &Data<'_>) -> Line {
    let times = [tenth, full].map(|data| {
        let mut client = service(data);
        let slots =
            client.prepare("select calendar.get_available_slots(bench.broker($1))").unwrap();
        let all = time(|| {
            for n in 0..500 {
                client.query(&slots, &[&(1 + n * 37 % data.brokers)]).unwrap();
            }
        });
        all / 500
    });
    let what = "get_available_slots";
    Line::times(what, times, Duration::from_millis(1), false, "at most 1 ms")
}
