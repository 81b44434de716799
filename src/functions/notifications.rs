//! `calendar_private.booking_notifications`, `calendar_private.wants_message` and
//! `calendar_private.quiet_end`.

#![allow(clippy::needless_pass_by_value, reason = "pgrx passes arguments by value")]

use super::{timestamptz, zone_argument};
use crate::convert;
use engine::notifications::{Addresses, BookingChange, Preferences, of_booking};
use pgrx::datum::TimestampWithTimeZone;
use pgrx::iter::TableIterator;
use pgrx::{JsonB, name, pg_extern};

#[pg_extern(sql = false)]
#[allow(clippy::too_many_arguments, reason = "those of the SQL function")]
fn calendar_booking_notifications(
    kind: &str,
    at: TimestampWithTimeZone,
    confirmed_start: Option<TimestampWithTimeZone>,
    lead_email: bool,
    lead_sms: bool,
    broker_email: bool,
    broker_sms: bool,
    notify: JsonB,
    reminder_minutes: Vec<i32>,
    timezone: &str,
) -> TableIterator<
    'static,
    (
        name!(kind, String),
        name!(channel, &'static str),
        name!(recipient, &'static str),
        name!(minutes, Option<i32>),
        name!(due_at, TimestampWithTimeZone),
    ),
> {
    let change = BookingChange {
        kind,
        at: convert::instant(at.into()),
        confirmed_start: confirmed_start.map(|start| convert::instant(start.into())),
    };
    let addresses = Addresses { lead_email, lead_sms, broker_email, broker_sms };
    let zone = zone_argument("timezone", timezone);
    let list = of_booking(change, addresses, Preferences(&notify.0), &reminder_minutes, &zone);
    let rows: Vec<_> = list
        .into_iter()
        .map(|one| {
            (
                one.kind.to_owned(),
                one.channel,
                one.recipient,
                one.minutes,
                timestamptz(convert::timestamptz(one.due_at)),
            )
        })
        .collect();
    TableIterator::new(rows)
}

#[pg_extern(sql = false)]
fn calendar_wants_message(notify: JsonB, recipient: &str, channel: &str, kind: &str) -> bool {
    Preferences(&notify.0).want(recipient, channel, kind)
}

#[pg_extern(sql = false)]
fn calendar_quiet_end(
    instant: TimestampWithTimeZone,
    timezone: &str,
    notify: JsonB,
) -> Option<TimestampWithTimeZone> {
    let zone = zone_argument("timezone", timezone);
    let end = Preferences(&notify.0).quiet_hours().end(&zone, convert::instant(instant.into()));
    end.map(|end| timestamptz(convert::timestamptz(end)))
}
