//! Calls of pushes.

use super::leases::{Leased, Share, integer};
use super::{Account, Database, Error, Result, place};
use chrono::{Days, NaiveDate};
use engine::Interval;
use engine::event::Span;
use engine::time::parse_instant;
use providers::{Kind, Known, Obligation, OwnEvent, Person, Place, Version, Written};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fmt::Display;
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
    /// What to do.
    pub operation: Operation,
    /// The calendar that the event belongs in.
    pub calendar_id: Uuid,
    /// The calendar's account.
    pub account: Account,
    /// Where at the provider.
    pub place: Place,
    /// The account's other writable calendars.
    pub elsewhere: Vec<(Uuid, Place)>,
    /// The event, as last known.
    pub known: Option<Known>,
    /// What the event is to say.
    pub event: OwnEvent,
    /// The same, as the database wrote it. It gets it back once the event says so.
    pub source: Value,
}

/// What a push does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Operation {
    /// There must be an event that says what the booking or the obligation says.
    Write,
    /// There must be no event.
    Remove,
    /// A pull no longer shows the event: search for it.
    Look,
}

/// How a push ended: the arguments of `calendar_sync.finish_push`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct PushEnd {
    /// The event. `None` = it no longer exists.
    pub external_event_id: Option<String>,
    /// Its version mark.
    pub etag: Option<String>,
    /// Where to meet online.
    pub meeting_link: Option<String>,
    /// What was written: [`PushLease::source`].
    pub written: Option<Value>,
    /// What the provider refused although the event is written.
    pub problem: Option<String>,
    /// The calendar that contains it.
    pub calendar_id: Option<Uuid>,
}

/// What a search found: the arguments of `calendar_sync.finish_look`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LookEnd {
    /// The calendar that contains the event.
    pub calendar_id: Uuid,
    /// The event as a page, as [`Database::stage_page`] takes it.
    pub found: Value,
    /// Its version mark.
    pub etag: Option<String>,
}

impl Database {
    /// `calendar_sync.lease_pushes`.
    pub async fn lease_pushes(&self, share: &Share) -> Result<Vec<PushLease>> {
        let sql = "select * from calendar_sync.lease_pushes(
                       $1, under_way => $2, max_per_account => $3)";
        let (number, most) = (integer(share.number), integer(share.max_per_account));
        let rows = self.all(sql, &[&number, &share.under_way, &most]).await?;
        let leases = rows.iter().map(PushLease::read).collect::<Result<Vec<_>>>()?;
        self.hold(Leased::Push, leases.iter().map(|lease| lease.lease_id));
        Ok(leases)
    }

    /// `calendar_sync.check_push`.
    pub async fn check_push(&self, lease_id: Uuid) -> Result<bool> {
        self.one("select calendar_sync.check_push($1)", &[&lease_id]).await.map(|row| row.get(0))
    }

    /// `calendar_sync.finish_push`.
    pub async fn finish_push(&self, lease_id: Uuid, end: &PushEnd) -> Result<()> {
        self.ended(lease_id);
        let PushEnd { external_event_id, etag, meeting_link, written, problem, calendar_id } = end;
        let written = written.as_ref().map(Json);
        self.one(
            "select calendar_sync.finish_push($1, $2, $3, $4, $5, $6, $7)",
            &[&lease_id, external_event_id, etag, meeting_link, &written, problem, calendar_id],
        )
        .await
        .map(|_| ())
    }

    /// `calendar_sync.finish_look`: none = the event is nowhere.
    pub async fn finish_look(&self, lease_id: Uuid, found: Option<&LookEnd>) -> Result<()> {
        self.ended(lease_id);
        let calendar_id = found.map(|found| found.calendar_id);
        let page = found.map(|found| Json(&found.found));
        let etag = found.and_then(|found| found.etag.as_ref());
        let sql = "select calendar_sync.finish_look($1, $2, $3, $4)";
        self.one(sql, &[&lease_id, &calendar_id, &page, &etag]).await.map(|_| ())
    }

    /// `calendar_sync.fail_push`.
    pub async fn fail_push(
        &self,
        lease_id: Uuid,
        problem: &str,
        retry_after: Option<Duration>,
    ) -> Result<()> {
        self.ended(lease_id);
        let sql = "select calendar_sync.fail_push($1, $2, make_interval(secs => $3))";
        let seconds = retry_after.map(|wait| wait.as_secs_f64());
        self.one(sql, &[&lease_id, &problem, &seconds]).await.map(|_| ())
    }
}

impl PushEnd {
    /// The event was written.
    pub fn written(lease: &PushLease, written: Written) -> Self {
        let mut source = lease.source.clone();
        if let Some(email) = source.pointer_mut("/lead/email").filter(|_| written.refused.is_some())
        {
            // The next write tries to invite the guest again.
            *email = Value::Null;
        }
        Self {
            external_event_id: Some(written.version.external_event_id),
            etag: written.version.etag,
            meeting_link: written.meeting_link,
            written: Some(source),
            problem: written.refused.map(|what| format!("the provider refused {what}")),
            calendar_id: Some(lease.calendar_id),
        }
    }
}

impl PushLease {
    fn read(row: &Row) -> Result<Self> {
        let Json(source): Json<Value> = row.try_get("event").map_err(unexpected)?;
        let event = read_event(&source)?;
        let written: Option<Json<Value>> = row.get("written");
        let id: Option<String> = row.get("external_event_id");
        let known = id.map(|external_event_id| Known {
            version: Version { external_event_id, etag: row.get("etag") },
            // What an earlier release wrote may have another form. Then it is unknown.
            written: written.and_then(|Json(written)| read_event(&written).ok()),
        });
        #[derive(Deserialize)]
        struct Elsewhere {
            calendar_id: Uuid,
            external_calendar_id: String,
            timezone: String,
        }
        let elsewhere: Option<Json<Vec<Elsewhere>>> = row.get("elsewhere");
        let elsewhere = elsewhere.map(|Json(list)| list).unwrap_or_default();
        let operation: String = row.get("operation");
        Ok(Self {
            lease_id: row.get("lease_id"),
            operation: serde_json::from_value(operation.into()).map_err(unexpected)?,
            calendar_id: row.get("calendar_id"),
            account: Account::from(row),
            place: place(row),
            elsewhere: elsewhere
                .into_iter()
                .map(|Elsewhere { calendar_id, external_calendar_id, timezone }| {
                    (calendar_id, Place { external_calendar_id, timezone })
                })
                .collect(),
            known,
            event,
            source,
        })
    }

    /// The calendar of the account that has this id at the provider.
    pub fn calendar(&self, external_calendar_id: &str) -> Option<(Uuid, &Place)> {
        let own = (self.calendar_id, &self.place);
        let others = self.elsewhere.iter().map(|(id, place)| (*id, place));
        std::iter::once(own)
            .chain(others)
            .find(|(_, place)| place.external_calendar_id == external_calendar_id)
    }
}

/// The event that `lease_pushes` describes.
fn read_event(source: &Value) -> Result<OwnEvent> {
    #[derive(Deserialize, Default)]
    #[serde(rename_all = "lowercase")]
    enum For {
        /// An earlier release wrote no kind.
        #[default]
        Booking,
        Obligation,
    }
    #[derive(Deserialize)]
    struct Source {
        #[serde(default)]
        kind: For,
        id: Uuid,
        date: Option<NaiveDate>,
        start: Option<String>,
        end: Option<String>,
        timezone: String,
        title: String,
        notes: Option<String>,
        place: Option<String>,
        #[serde(default)]
        is_tentative: bool,
        sequence: i32,
        lead: Option<Person>,
        broker: Person,
        url: Option<String>,
        #[serde(default)]
        reminders: Vec<u32>,
    }
    let source = Source::deserialize(source).map_err(unexpected)?;
    let at = |text: &Option<String>| text.as_deref().and_then(parse_instant);
    let times = || at(&source.start).zip(at(&source.end));
    let span = match source.date {
        Some(date) => date.checked_add_days(Days::new(1)).map(|end| Span::Dates(date, end)),
        None => times().map(|(start, end)| Span::Times(Interval::new(start, end))),
    };
    Ok(OwnEvent {
        id: source.id,
        kind: match source.kind {
            For::Booking => Kind::Booking,
            For::Obligation => {
                Kind::Obligation(Obligation { url: source.url, reminders: source.reminders })
            }
        },
        span: span.ok_or_else(|| unexpected("it needs a date, or start and end"))?,
        timezone: source.timezone,
        title: source.title,
        notes: source.notes,
        place: source.place,
        is_tentative: source.is_tentative,
        sequence: source.sequence,
        attendees: source.lead.into_iter().collect(),
        owner: source.broker,
    })
}

fn unexpected(what: impl Display) -> Error {
    Error::Refused {
        code: SqlState::DATA_EXCEPTION.code().into(),
        message: format!("lease_pushes returned an unexpected event: {what}"),
        detail: None,
    }
}
