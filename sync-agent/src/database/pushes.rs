//! Calls of pushes.

use super::{Account, Database, Error, Result, place};
use engine::Interval;
use engine::time::parse_instant;
use providers::{Kind, OwnEvent, Person, Place, Version, Written};
use serde::Deserialize;
use std::time::Duration;
use tokio_postgres::Row;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::Json;
use uuid::Uuid;

/// A change that was leased, to be written to a provider.
#[derive(Debug, Clone)]
pub struct PushLease {
    /// The push.
    pub lease_id: Uuid,
    /// Whether there is to be an event.
    pub is_wanted: bool,
    /// The calendar that the event belongs in.
    pub calendar_id: Uuid,
    /// The calendar's account.
    pub account: Account,
    /// Where at the provider.
    pub place: Place,
    /// The event, as last known.
    pub known: Option<Version>,
    /// What the event is to say.
    pub event: OwnEvent,
}

impl Database {
    /// `calendar.lease_pushes`.
    pub async fn lease_pushes(&self, max_pushes: i32) -> Result<Vec<PushLease>> {
        let rows = self.all("select * from calendar.lease_pushes($1)", &[&max_pushes]).await?;
        rows.iter().map(PushLease::read).collect()
    }

    /// `calendar.check_push`.
    pub async fn check_push(&self, lease_id: Uuid) -> Result<bool> {
        self.one("select calendar.check_push($1)", &[&lease_id]).await.map(|row| row.get(0))
    }

    /// `calendar.finish_push`: none = there is no event any more.
    pub async fn finish_push(
        &self,
        lease_id: Uuid,
        written: Option<&Written>,
        is_gone: bool,
    ) -> Result<()> {
        let sql = "select calendar.finish_push($1, $2, $3, $4, $5)";
        let id = written.map(|written| &written.version.external_event_id);
        let etag = written.and_then(|written| written.version.etag.as_ref());
        let link = written.and_then(|written| written.meeting_link.as_ref());
        self.one(sql, &[&lease_id, &id, &etag, &link, &is_gone]).await.map(|_| ())
    }

    /// `calendar.fail_push`.
    pub async fn fail_push(
        &self,
        lease_id: Uuid,
        problem: &str,
        is_final: bool,
        retry_after: Option<Duration>,
    ) -> Result<()> {
        let sql = "select calendar.fail_push($1, $2, $3, make_interval(secs => $4))";
        let seconds = retry_after.map(|wait| wait.as_secs_f64());
        self.one(sql, &[&lease_id, &problem, &is_final, &seconds]).await.map(|_| ())
    }
}

impl PushLease {
    fn read(row: &Row) -> Result<Self> {
        #[derive(Deserialize)]
        struct Booking {
            id: Uuid,
            start: String,
            end: String,
            timezone: String,
            title: String,
            notes: Option<String>,
            is_tentative: bool,
            sequence: i32,
            lead: Person,
            broker: Person,
        }
        let unexpected = |what: String| Error::Refused {
            code: SqlState::DATA_EXCEPTION.code().into(),
            message: format!("lease_pushes returned an unexpected booking: {what}"),
            detail: None,
        };
        let Json(booking): Json<Booking> =
            row.try_get("booking").map_err(|e| unexpected(e.to_string()))?;
        let at = |text: &str| {
            parse_instant(text).ok_or_else(|| unexpected("start and end must be instants".into()))
        };
        let id: Option<String> = row.get("external_event_id");
        Ok(Self {
            lease_id: row.get("lease_id"),
            is_wanted: row.get("is_wanted"),
            calendar_id: row.get("calendar_id"),
            account: Account::from(row),
            place: place(row),
            known: id.map(|external_event_id| Version { external_event_id, etag: row.get("etag") }),
            event: OwnEvent {
                id: booking.id,
                kind: Kind::Booking,
                span: Interval::new(at(&booking.start)?, at(&booking.end)?),
                timezone: booking.timezone,
                title: booking.title,
                notes: booking.notes,
                is_tentative: booking.is_tentative,
                sequence: booking.sequence,
                attendees: vec![booking.lead],
                owner: booking.broker,
            },
        })
    }
}
