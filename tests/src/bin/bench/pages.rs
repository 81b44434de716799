//! Public booking pages.

use crate::data::Data;
use crate::measure::{Line, median, pair, ratio, time};
use std::time::Duration;

/// Gives the brokers pages, `broker-1` and so on, in the order of the data set.
fn with_pages(data: &Data<'_>) -> Vec<String> {
    let slug = "update calendar.brokers as b set slug = 'broker-' || i.place, public_booking = true
                  from unnest($1::uuid[]) with ordinality as i (id, place) where i.id = b.id";
    let mut client = data.database.connect();
    client.execute(slug, &[&data.brokers]).unwrap();
    client.batch_execute("vacuum analyze calendar.brokers").unwrap();
    (1..=data.brokers.len()).map(|n| format!("broker-{n}")).collect()
}

pub(crate) fn free_days_against_slots(data: &Data<'_>) -> Line {
    let pages = with_pages(data);
    let mut clients = [data.database.connect(), data.database.connect()];
    let [left, right] = &mut clients;
    let days = left
        .prepare(
            "select day, slots from calendar.get_free_days($1, '2026-03-01', 'America/New_York')",
        )
        .unwrap();
    let slots = right
        .prepare(
            "select slot_start, slot_end
               from calendar.get_available_slots($1, '2026-03-01T05:00Z', '2026-04-01T04:00Z')",
        )
        .unwrap();
    let at = |n: u32| n as usize * 7919 % pages.len();
    let [ours, theirs] = pair(
        100,
        |n| drop(left.query(&days, &[&pages[at(n)]]).unwrap()),
        |n| drop(right.query(&slots, &[&data.brokers[at(n)]]).unwrap()),
    );
    let detail = format!("{ours:.1?} against {theirs:.1?}");
    Line::at_most(
        "free days of a month against its slots",
        ratio(ours, theirs),
        1.3,
        "at most 1.3",
        &detail,
    )
}

pub(crate) fn one_page(data: &Data<'_>) -> Line {
    let pages = with_pages(data);
    let mut client = data.database.connect();
    let page = client.prepare("select calendar.get_booking_page($1)").unwrap();
    let times = (0..1000)
        .map(|n| time(|| drop(client.query(&page, &[&pages[n * 7919 % pages.len()]]).unwrap())))
        .collect();
    let took = median(times);
    Line {
        what: "get_booking_page",
        result: format!("{took:.1?}"),
        goal: "below 1 ms",
        reached: took < Duration::from_millis(1),
    }
}
