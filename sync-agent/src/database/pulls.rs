//! Calls of pulls.

use super::call::Argument;
use super::leases::{Leased, Share, integer};
use super::{Account, Database, Result, instant, place};
use chrono::{DateTime, Utc};
use engine::Interval;
use engine::time::Instant;
use providers::{Pull, Pulled};
use serde_json::{Value, json};
use std::time::Duration;
use tokio_postgres::Row;
use tokio_postgres::types::Json;
use uuid::Uuid;

/// A calendar that was leased for a pull.
#[derive(Debug, Clone)]
pub struct CalendarLease {
    /// The pull.
    pub lease_id: Uuid,
    /// The calendar.
    pub calendar_id: Uuid,
    /// Its account.
    pub account: Account,
    /// What to ask the provider for.
    pub pull: Pull,
}

impl Database {
    /// `calendar_sync.lease_calendars`.
    pub async fn lease_calendars(
        &self,
        round_started_at: DateTime<Utc>,
        max_age: Duration,
        share: &Share,
    ) -> Result<Vec<CalendarLease>> {
        let sql = "select * from calendar_sync.lease_calendars(
                       $1, make_interval(secs => $2), $3, under_way => $4, max_per_account => $5)";
        let number = integer(share.number);
        let max_per_account = integer(share.max_per_account);
        let arguments: [&dyn Argument; 5] = [
            &round_started_at,
            &max_age.as_secs_f64(),
            &number,
            &share.under_way,
            &max_per_account,
        ];
        let rows = self.all(sql, &arguments).await?;
        let leases: Vec<_> = rows.iter().map(CalendarLease::from).collect();
        self.hold(Leased::Other, leases.iter().map(|lease| lease.lease_id));
        Ok(leases)
    }

    /// `calendar_sync.lease_calendars` for one calendar, due or not; none = another agent pulls it now.
    pub async fn lease_calendar(&self, calendar_id: Uuid) -> Result<Option<CalendarLease>> {
        let sql = "select * from calendar_sync.lease_calendars(
                       calendar_sync.begin_round(), only_calendar => $1)";
        let rows = self.all(sql, &[&calendar_id]).await?;
        let lease = rows.first().map(CalendarLease::from);
        self.hold(Leased::Other, lease.iter().map(|lease| lease.lease_id));
        Ok(lease)
    }

    /// `calendar_sync.list_members`: ids and versions.
    pub async fn list_members(
        &self,
        lease_id: Uuid,
        window_end: Instant,
    ) -> Result<Vec<(String, Option<String>)>> {
        let sql = "select * from calendar_sync.list_members($1, $2)";
        let rows = self.all(sql, &[&lease_id, &window_end.utc().and_utc()]).await?;
        Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
    }

    /// `calendar_sync.stage_page` with a page from [`providers::Page::to_json`].
    pub async fn stage_page(&self, lease_id: Uuid, number: i32, page: &str) -> Result<()> {
        let sql = "select calendar_sync.stage_page($1, $2, $3::text::jsonb)";
        self.one(sql, &[&lease_id, &number, &page]).await.map(|_| ())
    }

    /// `calendar_sync.finish_pull`.
    pub async fn finish_pull(&self, lease_id: Uuid, outcome: &Value) -> Result<Value> {
        self.ended(lease_id);
        let sql = "select calendar_sync.finish_pull($1, $2)";
        self.one_long(sql, &[&lease_id, &Json(outcome)]).await.map(|row| row.get(0))
    }

    /// `calendar_sync.fail_pull`; none = the calendar is gone, so nothing has failed.
    pub async fn fail_pull(
        &self,
        lease_id: Uuid,
        problem: &str,
        retry_after: Option<Duration>,
        is_missing: Option<bool>,
    ) -> Result<Option<DateTime<Utc>>> {
        self.ended(lease_id);
        let sql = "select calendar_sync.fail_pull($1, $2, make_interval(secs => $3), $4)";
        let seconds = retry_after.map(|wait| wait.as_secs_f64());
        self.one(sql, &[&lease_id, &problem, &seconds, &is_missing]).await.map(|row| row.get(0))
    }

    /// `calendar.set_primary_calendar`.
    pub async fn set_primary_calendar(&self, calendar_id: Uuid) -> Result<()> {
        self.one("select calendar.set_primary_calendar($1)", &[&calendar_id]).await.map(|_| ())
    }

    /// `calendar.request_resync`.
    pub async fn request_resync(&self, calendar_id: Uuid) -> Result<()> {
        self.one("select calendar.request_resync($1)", &[&calendar_id]).await.map(|_| ())
    }
}

impl From<&Row> for CalendarLease {
    fn from(row: &Row) -> Self {
        let window =
            Interval::new(instant(row.get("window_start")), instant(row.get("window_end")));
        Self {
            lease_id: row.get("lease_id"),
            calendar_id: row.get("calendar_id"),
            account: Account::from(row),
            pull: Pull {
                calendar: place(row),
                owner_emails: row.get::<_, Option<String>>("owner_email").into_iter().collect(),
                token: row.get("sync_token"),
                window,
            },
        }
    }
}

/// How a pull ended that has staged so many pages, as [`Database::finish_pull`] takes it.
pub fn outcome(pulled: &Pulled, pages: i32) -> Value {
    match pulled {
        Pulled::Unchanged { token } => json!({"nothing_new": true, "sync_token": token}),
        Pulled::Changes { token } => json!({"pages": pages, "sync_token": token}),
        Pulled::Everything { token, window } => json!({
            "pages": pages,
            "sync_token": token,
            "full": true,
            "window_start": window.map(|window| window.start.utc().and_utc()),
            "window_end": window.map(|window| window.end.utc().and_utc()),
        }),
    }
}
