//! Connections for calls that must not wait for the agent's own.

use super::link::{Link, parse};
use super::{Database, Error, Result};
use deadpool_postgres::{Manager, ManagerConfig, PoolError, RecyclingMethod};

/// Connections that are opened when they are needed, kept, and replaced when they are lost.
#[derive(Debug, Clone)]
pub struct Pool {
    pool: deadpool_postgres::Pool,
}

impl Pool {
    /// A pool of at most `size` connections to the database at `url`. Opens none yet.
    pub fn new(url: &str, size: usize) -> Result<Self> {
        let (config, tls) = parse(url)?;
        let how = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let manager = Manager::from_config(config, tls, how);
        let pool = deadpool_postgres::Pool::builder(manager).max_size(size).build();
        Ok(Self { pool: pool.map_err(|e| Error::Away(e.to_string()))? })
    }

    /// A connection, once one is free; it returns to the pool when it is dropped.
    pub async fn get(&self) -> Result<Database> {
        let client = self.pool.get().await.map_err(|error| match error {
            PoolError::Backend(error) => Error::from(error),
            other => Error::Away(other.to_string()),
        })?;
        Ok(Database::over(Link::pooled(client)))
    }
}
