//! Calls of pulls.

use super::{Account, Database, Result, instant, place};
use engine::Interval;
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
    /// `calendar.lease_calendars`.
    pub async fn lease_calendars(
        &self,
        round: Uuid,
        max_age: Duration,
        max_calendars: i32,
        only: Option<Uuid>,
    ) -> Result<Vec<CalendarLease>> {
        let sql = "select * from calendar.lease_calendars(
                       $1, make_interval(secs => $2), $3, only_calendar => $4)";
        let rows = self.all(sql, &[&round, &max_age.as_secs_f64(), &max_calendars, &only]).await?;
        Ok(rows.iter().map(CalendarLease::from).collect())
    }

    /// `calendar.stage_page` with a page from [`providers::Page::to_json`].
    pub async fn stage_page(&self, lease_id: Uuid, number: i32, page: &str) -> Result<()> {
        let sql = "select calendar.stage_page($1, $2, $3::text::jsonb)";
        self.one(sql, &[&lease_id, &number, &page]).await.map(|_| ())
    }

    /// `calendar.finish_pull`.
    pub async fn finish_pull(&self, lease_id: Uuid, outcome: &Value) -> Result<Value> {
        let sql = "select calendar.finish_pull($1, $2)";
        self.one(sql, &[&lease_id, &Json(outcome)]).await.map(|row| row.get(0))
    }

    /// `calendar.fail_pull`.
    pub async fn fail_pull(
        &self,
        lease_id: Uuid,
        problem: &str,
        retry_after: Option<Duration>,
    ) -> Result<()> {
        let sql = "select calendar.fail_pull($1, $2, make_interval(secs => $3))";
        let seconds = retry_after.map(|wait| wait.as_secs_f64());
        self.one(sql, &[&lease_id, &problem, &seconds]).await.map(|_| ())
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

/// How a pull ended, as [`Database::finish_pull`] takes it.
pub fn outcome(pulled: &Pulled) -> Value {
    match pulled {
        Pulled::Unchanged { token } => json!({"nothing_new": true, "sync_token": token}),
        Pulled::Changes { token } => json!({"sync_token": token}),
        Pulled::Everything { token, window } => json!({
            "sync_token": token,
            "full": true,
            "window_start": window.map(|window| window.start.utc().and_utc()),
            "window_end": window.map(|window| window.end.utc().and_utc()),
        }),
    }
}
