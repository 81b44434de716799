//! The database, through `calendar_ext`'s functions alone.

use crate::connector::{Place, Pull};
use crate::tls;
use chrono::{DateTime, Utc};
use engine::Interval;
use engine::time::{Instant, parse_instant};
use providers::{Booking, Channel, Person, RemoteCalendar, Version, Written};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::{Json, ToSql};
use tokio_postgres::{AsyncMessage, Client, Config, Row};
use tokio_postgres_rustls::MakeRustlsConnect;
use uuid::Uuid;

/// How long to wait for a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// What is sent as `application_name`.
const NAME: &str = "sync-agent";

/// The result of a call.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a call failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The URL is none.
    #[error("DATABASE_URL is no PostgreSQL URL: {0}")]
    Url(String),
    /// The server cannot be reached, or went away: what was to be stored is not.
    #[error("the database cannot be reached: {0}")]
    Away(String),
    /// Another agent has taken over what was leased.
    #[error("another agent has taken over")]
    LeaseLost,
    /// A function refuses.
    #[error("the database refuses: {message}")]
    Refused {
        /// The SQLSTATE.
        code: String,
        /// In its words.
        message: String,
        /// Its DETAIL.
        detail: Option<String>,
    },
}

/// A connection. Calls may be made at the same time; they are pipelined.
#[derive(Debug, Clone)]
pub struct Database {
    client: Arc<Client>,
}

/// What arrives by NOTIFY: the channel.
pub type Notifications = mpsc::UnboundedReceiver<String>;

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

/// A booking that was leased for a push.
#[derive(Debug, Clone)]
pub struct BookingLease {
    /// The push.
    pub lease_id: Uuid,
    /// Whether there is to be an event.
    pub is_wanted: bool,
    /// The calendar that it is in.
    pub calendar_id: Uuid,
    /// The calendar's account.
    pub account: Account,
    /// Where at the provider.
    pub place: Place,
    /// The event, as last known.
    pub known: Option<Version>,
    /// What the event is to say.
    pub booking: Booking,
}

/// A calendar that was leased to see to its channel.
#[derive(Debug, Clone)]
pub struct ChannelLease {
    /// The calendar.
    pub calendar_id: Uuid,
    /// Its account.
    pub account: Account,
    /// Where at the provider.
    pub place: Place,
    /// The channel that there is so far.
    pub current: Option<Channel>,
    /// The present.
    pub now: Instant,
}

/// An account, without its secret.
#[derive(Debug, Clone, PartialEq)]
pub struct Account {
    /// Its id.
    pub id: Uuid,
    /// google, microsoft, caldav, ics or ghl.
    pub provider: String,
    /// How to reach it (JSON object).
    pub settings: Value,
}

/// An account as the database lists it.
#[derive(Debug, Clone, PartialEq)]
pub struct KnownAccount {
    /// How to reach it.
    pub account: Account,
    /// The broker's name.
    pub broker_name: String,
    /// Its name.
    pub display_name: Option<String>,
    /// active, paused, needs_reconnect or disconnected.
    pub status: String,
    /// Why it is not active, in plain words.
    pub problem: Option<String>,
}

/// A secret as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredSecret {
    /// Ciphertext.
    pub secret: Vec<u8>,
    /// Which key encrypted it.
    pub key_id: String,
    /// Its version, to be replaced only if it still stands.
    pub version: i64,
}

/// A calendar of an account, as registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisteredCalendar {
    /// Its id here.
    pub calendar_id: Uuid,
    /// The provider's id.
    pub external_calendar_id: String,
    /// Its name.
    pub display_name: Option<String>,
    /// Whether bookings are written to it.
    pub is_primary: bool,
    /// Whether it was not known before.
    pub is_new: bool,
}

/// How a calendar is in sync: a row of `calendar.sync_health`.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Health {
    /// The calendar.
    pub calendar_id: Uuid,
    /// Its account.
    pub account_id: Uuid,
    /// The broker's name.
    pub broker_name: String,
    /// The provider.
    pub provider: String,
    /// The calendar's name.
    pub display_name: Option<String>,
    /// active, paused, needs_reconnect or disconnected.
    pub account_status: String,
    /// When it was last known to be as at the provider.
    pub last_success_at: Option<DateTime<Utc>>,
    /// Failed pulls in a row.
    pub failures: i32,
    /// Before when no pull is tried again.
    pub next_attempt_at: Option<DateTime<Utc>>,
    /// What is wrong, in plain words.
    pub problem: Option<String>,
}

impl Database {
    /// Connects, and gives the notifications of what is listened to.
    pub async fn connect(url: &str) -> Result<(Self, Notifications)> {
        let (url, trust) = tls::split(url);
        let tls = tls::client(&trust).map_err(|e| Error::Url(e.to_string()))?;
        let mut config: Config = url.parse().map_err(|e: tokio_postgres::Error| {
            Error::Url(
                e.into_source().map_or_else(|| "it cannot be read".into(), |e| e.to_string()),
            )
        })?;
        config.application_name(NAME).connect_timeout(CONNECT_TIMEOUT);
        let (client, mut connection) =
            config.connect(MakeRustlsConnect::new(tls)).await.map_err(Error::from)?;
        let (sender, notifications) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            loop {
                match std::future::poll_fn(|context| connection.poll_message(context)).await {
                    Some(Ok(AsyncMessage::Notification(note))) => {
                        let _ = sender.send(note.channel().to_owned());
                    }
                    Some(Ok(_)) => {}
                    // Calls that wait are told so themselves.
                    Some(Err(_)) | None => return,
                }
            }
        });
        Ok((Self { client: Arc::new(client) }, notifications))
    }

    /// Whether the connection is lost.
    pub fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    /// Listens for changed bookings, and calendars whose providers tell of a change.
    pub async fn listen(&self) -> Result<()> {
        Ok(self.client.batch_execute("listen calendar_outbox; listen calendar_pull").await?)
    }

    /// `calendar.check_agent`.
    pub async fn check_agent(&self) -> Result<Value> {
        self.one("select calendar.check_agent()", &[]).await.map(|row| row.get(0))
    }

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

    /// `calendar.stage_page`; the page is what [`providers::Page::to_json`] gives.
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

    /// `calendar.lease_bookings`.
    pub async fn lease_bookings(&self, max_bookings: i32) -> Result<Vec<BookingLease>> {
        let rows = self.all("select * from calendar.lease_bookings($1)", &[&max_bookings]).await?;
        rows.iter().map(BookingLease::read).collect()
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

    /// `calendar.connect_account`.
    pub async fn connect_account(
        &self,
        broker_id: Uuid,
        provider: &str,
        settings: &Value,
        display_name: Option<&str>,
    ) -> Result<Uuid> {
        let sql = "select calendar.connect_account($1, $2, $3, $4)";
        let row = self.one(sql, &[&broker_id, &provider, &Json(settings), &display_name]).await?;
        Ok(row.get(0))
    }

    /// `calendar.store_secret`: none = somebody else was faster.
    pub async fn store_secret(
        &self,
        account_id: Uuid,
        secret: &[u8],
        key_id: &str,
        replaces: Option<i64>,
    ) -> Result<Option<i64>> {
        let sql = "select calendar.store_secret($1, $2, $3, $4)";
        self.one(sql, &[&account_id, &secret, &key_id, &replaces]).await.map(|row| row.get(0))
    }

    /// `calendar.read_secret`.
    pub async fn read_secret(&self, account_id: Uuid) -> Result<Option<StoredSecret>> {
        let rows = self.all("select * from calendar.read_secret($1)", &[&account_id]).await?;
        Ok(rows.first().map(|row| StoredSecret {
            secret: row.get("secret"),
            key_id: row.get("key_id"),
            version: row.get("version"),
        }))
    }

    /// `calendar.list_accounts`.
    pub async fn list_accounts(&self) -> Result<Vec<KnownAccount>> {
        let rows = self.all("select * from calendar.list_accounts()", &[]).await?;
        Ok(rows
            .iter()
            .map(|row| KnownAccount {
                account: account(row),
                broker_name: row.get("broker_name"),
                display_name: row.get("display_name"),
                status: row.get("status"),
                problem: row.get("problem"),
            })
            .collect())
    }

    /// `calendar.list_secrets`: accounts, key ids and versions.
    pub async fn list_secrets(&self) -> Result<Vec<(Uuid, String, i64)>> {
        let rows = self.all("select * from calendar.list_secrets()", &[]).await?;
        Ok(rows.iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect())
    }

    /// `calendar.set_account_status`.
    pub async fn set_account_status(
        &self,
        account_id: Uuid,
        status: &str,
        problem: Option<&str>,
    ) -> Result<()> {
        let sql = "select calendar.set_account_status($1, $2, $3)";
        self.one(sql, &[&account_id, &status, &problem]).await.map(|_| ())
    }

    /// `calendar.register_calendars`.
    pub async fn register_calendars(
        &self,
        account_id: Uuid,
        calendars: &[RemoteCalendar],
    ) -> Result<Vec<RegisteredCalendar>> {
        let sql = "select * from calendar.register_calendars($1, $2)";
        let rows = self.all(sql, &[&account_id, &Json(calendars)]).await?;
        Ok(rows
            .iter()
            .map(|row| RegisteredCalendar {
                calendar_id: row.get("calendar_id"),
                external_calendar_id: row.get("external_calendar_id"),
                display_name: row.get("display_name"),
                is_primary: row.get("is_primary"),
                is_new: row.get("is_new"),
            })
            .collect())
    }

    /// `calendar.lease_channels`.
    pub async fn lease_channels(&self, max_channels: i32) -> Result<Vec<ChannelLease>> {
        let rows = self.all("select * from calendar.lease_channels($1)", &[&max_channels]).await?;
        Ok(rows.iter().map(ChannelLease::from).collect())
    }

    /// `calendar.finish_channel`: none = there can be none. Gives the id and the resource
    /// id of the channel that was replaced.
    pub async fn finish_channel(
        &self,
        calendar_id: Uuid,
        channel: Option<&Channel>,
        secret: Option<&str>,
    ) -> Result<Option<(String, Option<String>)>> {
        let sql = "select * from calendar.finish_channel($1, $2, $3, $4, $5)";
        let id = channel.map(|channel| &channel.id);
        let resource_id = channel.and_then(|channel| channel.resource_id.as_ref());
        let expires_at = channel.map(|channel| channel.expires_at.utc().and_utc());
        let rows = self.all(sql, &[&calendar_id, &id, &resource_id, &expires_at, &secret]).await?;
        Ok(rows.first().map(|row| (row.get(0), row.get(1))))
    }

    /// `calendar.wake_calendar`.
    pub async fn wake_calendar(&self, channel_id: &str, secret: &str, renew: bool) -> Result<bool> {
        let sql = "select calendar.wake_calendar($1, $2, $3)";
        self.one(sql, &[&channel_id, &secret, &renew]).await.map(|row| row.get(0))
    }

    /// `calendar.wake_provider_calendar`.
    pub async fn wake_provider_calendar(
        &self,
        provider: &str,
        external_calendar_id: &str,
    ) -> Result<bool> {
        let sql = "select calendar.wake_provider_calendar($1, $2)";
        self.one(sql, &[&provider, &external_calendar_id]).await.map(|row| row.get(0))
    }

    /// `calendar.request_resync`.
    pub async fn request_resync(&self, calendar_id: Uuid) -> Result<()> {
        self.one("select calendar.request_resync($1)", &[&calendar_id]).await.map(|_| ())
    }

    /// `calendar.sync_report`.
    pub async fn sync_report(&self) -> Result<Vec<Health>> {
        let rows = self.all("select * from calendar.sync_report()", &[]).await?;
        Ok(rows
            .iter()
            .map(|row| Health {
                calendar_id: row.get("calendar_id"),
                account_id: row.get("account_id"),
                broker_name: row.get("broker_name"),
                provider: row.get("provider"),
                display_name: row.get("display_name"),
                account_status: row.get("account_status"),
                last_success_at: row.get("last_success_at"),
                failures: row.get("failures"),
                next_attempt_at: row.get("next_attempt_at"),
                problem: row.get("problem"),
            })
            .collect())
    }

    /// `calendar.import_brokers`.
    pub async fn import_brokers(&self, rows: &Value) -> Result<Value> {
        self.one("select calendar.import_brokers($1)", &[&Json(rows)]).await.map(|row| row.get(0))
    }

    /// Makes what follows one transaction, up to [`Self::commit`]; for commands,
    /// which make their calls one after another.
    pub async fn begin(&self) -> Result<()> {
        Ok(self.client.batch_execute("begin").await?)
    }

    /// Ends what [`Self::begin`] began.
    pub async fn commit(&self) -> Result<()> {
        Ok(self.client.batch_execute("commit").await?)
    }

    /// Takes an account's lock, unless another agent has it: one that waits would hold
    /// up all calls of this connection.
    pub async fn try_lock_account(&self, account_id: Uuid) -> Result<bool> {
        let sql = "select pg_try_advisory_lock(hashtextextended($1::uuid::text, 0))";
        self.one(sql, &[&account_id]).await.map(|row| row.get(0))
    }

    /// Ends [`Self::try_lock_account`].
    pub async fn unlock_account(&self, account_id: Uuid) -> Result<()> {
        self.one("select pg_advisory_unlock(hashtextextended($1::uuid::text, 0))", &[&account_id])
            .await
            .map(|_| ())
    }

    /// `calendar.extend_horizon` and `calendar.prune_logs`.
    pub async fn renew(&self) -> Result<()> {
        self.one("select calendar.extend_horizon(), calendar.prune_logs()", &[]).await.map(|_| ())
    }

    async fn one(&self, sql: &str, arguments: &[&(dyn ToSql + Sync)]) -> Result<Row> {
        Ok(self.client.query_one(sql, arguments).await?)
    }

    async fn all(&self, sql: &str, arguments: &[&(dyn ToSql + Sync)]) -> Result<Vec<Row>> {
        Ok(self.client.query(sql, arguments).await?)
    }
}

impl From<&Row> for CalendarLease {
    fn from(row: &Row) -> Self {
        let window =
            Interval::new(instant(row.get("window_start")), instant(row.get("window_end")));
        Self {
            lease_id: row.get("lease_id"),
            calendar_id: row.get("calendar_id"),
            account: account(row),
            pull: Pull {
                calendar: place(row),
                owner_email: row.get("owner_email"),
                token: row.get("sync_token"),
                window,
            },
        }
    }
}

impl From<&Row> for ChannelLease {
    fn from(row: &Row) -> Self {
        let id: Option<String> = row.get("channel_id");
        Self {
            calendar_id: row.get("calendar_id"),
            account: account(row),
            place: place(row),
            current: id.map(|id| Channel {
                id,
                resource_id: row.get("resource_id"),
                expires_at: instant(row.get("expires_at")),
            }),
            now: instant(row.get("leased_at")),
        }
    }
}

impl BookingLease {
    fn read(row: &Row) -> Result<Self> {
        #[derive(Deserialize)]
        struct Told {
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
            message: format!("lease_bookings gives an unexpected booking: {what}"),
            detail: None,
        };
        let Json(told): Json<Told> =
            row.try_get("booking").map_err(|e| unexpected(e.to_string()))?;
        let at = |text: &str| parse_instant(text).ok_or_else(|| unexpected("its times".into()));
        let id: Option<String> = row.get("external_event_id");
        Ok(Self {
            lease_id: row.get("lease_id"),
            is_wanted: row.get("is_wanted"),
            calendar_id: row.get("calendar_id"),
            account: account(row),
            place: place(row),
            known: id.map(|external_event_id| Version { external_event_id, etag: row.get("etag") }),
            booking: Booking {
                id: told.id,
                start: at(&told.start)?,
                end: at(&told.end)?,
                timezone: told.timezone,
                title: told.title,
                notes: told.notes,
                is_tentative: told.is_tentative,
                sequence: told.sequence,
                lead: told.lead,
                broker: told.broker,
            },
        })
    }
}

fn account(row: &Row) -> Account {
    Account {
        id: row.get("account_id"),
        provider: row.get("provider"),
        settings: row.get("settings"),
    }
}

fn place(row: &Row) -> Place {
    Place { external_calendar_id: row.get("external_calendar_id"), timezone: row.get("timezone") }
}

fn instant(at: DateTime<Utc>) -> Instant {
    Instant(at.timestamp_micros())
}

impl From<tokio_postgres::Error> for Error {
    fn from(error: tokio_postgres::Error) -> Self {
        let Some(told) = error.as_db_error() else {
            let cause = std::error::Error::source(&error).map(ToString::to_string);
            return Self::Away(cause.unwrap_or_else(|| error.to_string()));
        };
        let code = told.code().code();
        match code {
            "PT409" if told.message() == "lease_lost" => Self::LeaseLost,
            // The server is going down, coming up, full, or taken over by another.
            _ if code.starts_with("57P") || code.starts_with("08") || code.starts_with("53") => {
                Self::Away(told.message().into())
            }
            _ if matches!(code, "28000" | "28P01" | "3D000" | "25006") => {
                Self::Away(told.message().into())
            }
            _ => Self::Refused {
                code: code.into(),
                message: told.message().into(),
                detail: told.detail().map(Into::into),
            },
        }
    }
}

/// A page of outcome for [`Database::finish_pull`].
pub fn outcome(pulled: &crate::connector::Pulled) -> Value {
    use crate::connector::Pulled;
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
