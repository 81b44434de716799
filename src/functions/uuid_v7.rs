//! `calendar_private.uuid_v7`.

use pgrx::pg_extern;

#[pg_extern(sql = false)]
fn calendar_uuid_v7() -> pgrx::Uuid {
    pgrx::Uuid::from_bytes(uuid::Uuid::now_v7().into_bytes())
}
