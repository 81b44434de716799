//! How a call reaches the server: within a limit of time, as one transaction, and without
//! named statements, so that it may pass through a pooler that shares connections.

use super::{Database, Error, Result};
use chrono::{DateTime, Utc};
use std::time::Duration;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::{Json, ToSql, Type};
use tokio_postgres::{Client, Row};
use uuid::Uuid;

/// How long most calls may take.
const QUICK: Duration = Duration::from_secs(30);

/// How long calls may take that grow with a calendar, or with all of them.
const LONG: Duration = Duration::from_secs(600);

/// How much longer the agent waits than the server has been asked to work.
const MARGIN: Duration = Duration::from_secs(5);

/// How often a call is made again where another transaction came first.
const REPEATS: u32 = 5;

/// How long to wait before that.
const PAUSE: Duration = Duration::from_millis(50);

/// What has a type at the server.
pub(super) trait Typed {
    /// The type.
    const TYPE: Type;
}

/// An argument, with its type at the server: an unnamed statement must name the types.
pub(super) trait Argument: ToSql + Sync {
    /// The type.
    fn kind(&self) -> Type;
}

impl<T: Typed + ToSql + Sync> Argument for T {
    fn kind(&self) -> Type {
        T::TYPE
    }
}

impl Database {
    pub(super) async fn one(&self, sql: &str, arguments: &[&dyn Argument]) -> Result<Row> {
        first(self.call(QUICK, sql, arguments).await?)
    }

    /// [`Self::one`] for what may take long.
    pub(super) async fn one_long(&self, sql: &str, arguments: &[&dyn Argument]) -> Result<Row> {
        first(self.call(LONG, sql, arguments).await?)
    }

    pub(super) async fn all(&self, sql: &str, arguments: &[&dyn Argument]) -> Result<Vec<Row>> {
        self.call(QUICK, sql, arguments).await
    }

    /// Makes one call, a transaction of its own.
    async fn call(
        &self,
        limit: Duration,
        sql: &str,
        arguments: &[&dyn Argument],
    ) -> Result<Vec<Row>> {
        let client = self.link.client()?;
        let typed: Vec<(&(dyn ToSql + Sync), Type)> =
            arguments.iter().map(|argument| (*argument as _, argument.kind())).collect();
        let made = async {
            if self.link.is_in_transaction() {
                return client.query_typed(sql, &typed).await;
            }
            let mut left = REPEATS;
            loop {
                match once(&client, limit, sql, &typed).await {
                    // That transaction has ended by now, or soon will have.
                    Err(error) if left > 0 && came_second(&error) => {
                        left -= 1;
                        tokio::time::sleep(PAUSE).await;
                    }
                    made => return made,
                }
            }
        };
        self.within(limit, &client, made).await
    }

    /// Sends statements without arguments.
    pub(super) async fn batch(&self, sql: &str) -> Result<()> {
        let client = self.link.client()?;
        self.within(QUICK, &client, client.batch_execute(sql)).await
    }

    async fn within<T>(
        &self,
        limit: Duration,
        client: &Client,
        call: impl Future<Output = std::result::Result<T, tokio_postgres::Error>>,
    ) -> Result<T> {
        let waited = limit + MARGIN;
        match tokio::time::timeout(waited, call).await {
            Ok(made) => Ok(made?),
            Err(_) => {
                // What is sent next would wait behind it.
                self.link.give_up(client);
                Err(Error::Away(format!("it has not answered for {} seconds", waited.as_secs())))
            }
        }
    }
}

/// Makes one call in a transaction of its own.
async fn once(
    client: &Client,
    limit: Duration,
    sql: &str,
    typed: &[(&(dyn ToSql + Sync), Type)],
) -> std::result::Result<Vec<Row>, tokio_postgres::Error> {
    // All three are sent before the first answer comes. A role or a database may have another
    // isolation level by default, under which a function that waits for a lock does not see what
    // the other transaction has done.
    let begin = begin(limit);
    let (begun, rows, ended) = futures_util::future::join3(
        client.batch_execute(&begin),
        client.query_typed(sql, typed),
        client.batch_execute("commit"),
    )
    .await;
    begun?;
    let rows = rows?;
    ended.map(|()| rows)
}

/// Whether another transaction came first, so that the same call may succeed now.
fn came_second(error: &tokio_postgres::Error) -> bool {
    error.code() == Some(&SqlState::T_R_SERIALIZATION_FAILURE)
}

/// Begins a transaction in which each statement may take so long.
pub(super) fn begin(limit: Duration) -> String {
    let limit = limit.as_millis();
    format!("begin isolation level read committed; set local statement_timeout = {limit}")
}

/// Begins a transaction of several calls.
pub(super) fn begin_several() -> String {
    begin(QUICK)
}

fn first(rows: Vec<Row>) -> Result<Row> {
    rows.into_iter().next().ok_or_else(|| Error::Refused {
        code: "02000".into(),
        message: "the call returned no row".into(),
        detail: None,
    })
}

macro_rules! types {
    ($($rust:ty => $sql:ident),* $(,)?) => {
        $(impl Typed for $rust {
            const TYPE: Type = Type::$sql;
        })*
    };
}

types! {
    Uuid => UUID,
    [Uuid] => UUID_ARRAY,
    Vec<Uuid> => UUID_ARRAY,
    [&str] => TEXT_ARRAY,
    String => TEXT,
    str => TEXT,
    [u8] => BYTEA,
    i32 => INT4,
    i64 => INT8,
    f64 => FLOAT8,
    bool => BOOL,
    DateTime<Utc> => TIMESTAMPTZ,
}

impl<T: Typed + ?Sized> Typed for &T {
    const TYPE: Type = T::TYPE;
}

impl<T: Typed> Typed for Option<T> {
    const TYPE: Type = T::TYPE;
}

impl<T> Typed for Json<T> {
    const TYPE: Type = Type::JSONB;
}
