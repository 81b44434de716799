//! `calendar_private.current_instant`.

use crate::{clock, convert};
use pgrx::datum::TimestampWithTimeZone;
use pgrx::pg_extern;

#[pg_extern(sql = false)]
fn calendar_current_instant() -> TimestampWithTimeZone {
    super::timestamptz(convert::timestamptz(clock::now()))
}
