//! `calendar_private.is_stale`.

use crate::{clock, convert, read};
use pgrx::datum::TimestampWithTimeZone;
use pgrx::pg_extern;

#[pg_extern(sql = false)]
fn calendar_is_stale(last_success_at: Option<TimestampWithTimeZone>) -> bool {
    read::is_stale(last_success_at.map(|at| convert::instant(at.into())), clock::now())
}
