//! `calendar_private.jwt_subject` and `calendar_private.caller_access`.

use crate::read::BrokerRow;
use pgrx::{Uuid, pg_extern};

#[pg_extern(sql = false)]
fn calendar_jwt_subject() -> Option<Uuid> {
    crate::caller::jwt_subject()
}

#[pg_extern(sql = false)]
fn calendar_caller_access(broker_id: Option<Uuid>) -> Option<&'static str> {
    let (_, access) = BrokerRow::for_caller(&broker_id?).ok()?;
    Some(access.as_str())
}
