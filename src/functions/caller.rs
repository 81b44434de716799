//! `calendar_private.jwt_subject`, `calendar_private.serves_all` and `calendar_private.caller_access`.

use crate::read::BrokerRow;
use crate::report::NotFound;
use pgrx::{Uuid, pg_extern};

#[pg_extern(sql = false)]
fn calendar_jwt_subject() -> Option<Uuid> {
    crate::caller::jwt_subject()
}

#[pg_extern(sql = false)]
fn calendar_serves_all() -> bool {
    crate::caller::serves_all()
}

#[pg_extern(sql = false)]
fn calendar_caller_access(
    broker_id: Option<Uuid>,
    meeting_type: Option<&str>,
) -> Option<&'static str> {
    let broker_id = broker_id?;
    let meeting_type = meeting_type.map(str::trim).filter(|wanted| !wanted.is_empty());
    let found = match BrokerRow::for_caller_of_type(&broker_id, meeting_type) {
        Err(NotFound::MeetingType) => BrokerRow::for_caller(&broker_id),
        found => found,
    };
    Some(found.ok()?.1.as_str())
}
