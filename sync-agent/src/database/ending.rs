//! Calls about credentials of disconnected accounts.

use super::leases::Leased;
use super::{Account, Database, Result};
use tokio_postgres::Row;
use uuid::Uuid;

/// A disconnected account that was leased to revoke its credential.
#[derive(Debug, Clone)]
pub struct EndingAccount {
    /// The end in progress.
    pub lease_id: Uuid,
    /// The account, which still has its credential.
    pub account: Account,
    /// Whether no other account has the consent of the same user.
    pub may_revoke: bool,
}

impl Database {
    /// `calendar_sync.lease_accounts_to_end`.
    pub async fn lease_accounts_to_end(&self, max_accounts: i32) -> Result<Vec<EndingAccount>> {
        let sql = "select * from calendar_sync.lease_accounts_to_end($1)";
        let rows = self.all(sql, &[&max_accounts]).await?;
        let leases: Vec<_> = rows.iter().map(EndingAccount::from).collect();
        self.hold(Leased::Other, leases.iter().map(|lease| lease.lease_id));
        Ok(leases)
    }

    /// `calendar_sync.forget_secret`.
    pub async fn forget_secret(&self, lease_id: Uuid) -> Result<()> {
        self.ended(lease_id);
        self.one("select calendar_sync.forget_secret($1)", &[&lease_id]).await.map(|_| ())
    }
}

impl From<&Row> for EndingAccount {
    fn from(row: &Row) -> Self {
        Self {
            lease_id: row.get("lease_id"),
            account: Account::from(row),
            may_revoke: row.get("may_revoke"),
        }
    }
}
