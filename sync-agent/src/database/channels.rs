//! Calls about webhook channels.

use super::leases::Leased;
use super::{Account, Database, Result, instant, place};
use engine::time::Instant;
use providers::Channel;
use providers::Place;
use tokio_postgres::Row;
use uuid::Uuid;

/// A calendar that was leased to see to its channel.
#[derive(Debug, Clone)]
pub struct ChannelLease {
    /// The renewal.
    pub lease_id: Uuid,
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

/// A channel of a disconnected account that was leased to be ended.
#[derive(Debug, Clone)]
pub struct EndingLease {
    /// The end in progress.
    pub lease_id: Uuid,
    /// The account, which still has its credential.
    pub account: Account,
    /// The channel.
    pub channel: Channel,
}

impl Database {
    /// `calendar_sync.lease_channels`.
    pub async fn lease_channels(&self, max_channels: i32) -> Result<Vec<ChannelLease>> {
        let rows =
            self.all("select * from calendar_sync.lease_channels($1)", &[&max_channels]).await?;
        let leases: Vec<_> = rows.iter().map(ChannelLease::from).collect();
        self.hold(Leased::Other, leases.iter().map(|lease| lease.lease_id));
        Ok(leases)
    }

    /// `calendar_sync.finish_channel`. Pass no channel if the calendar cannot have one. Returns the id
    /// and the resource id of the channel that was replaced.
    pub async fn finish_channel(
        &self,
        lease: &ChannelLease,
        channel: Option<&Channel>,
        secret: Option<&str>,
    ) -> Result<Option<(String, Option<String>)>> {
        self.ended(lease.lease_id);
        let sql = "select * from calendar_sync.finish_channel($1, $2, $3, $4, $5)";
        let id = channel.map(|channel| &channel.id);
        let resource_id = channel.and_then(|channel| channel.resource_id.as_ref());
        let expires_at = channel.map(|channel| channel.expires_at.utc().and_utc());
        let rows =
            self.all(sql, &[&lease.calendar_id, &id, &resource_id, &expires_at, &secret]).await?;
        Ok(rows.first().map(|row| (row.get(0), row.get(1))))
    }

    /// `calendar_sync.lease_channels_to_end`.
    pub async fn lease_channels_to_end(&self, max_channels: i32) -> Result<Vec<EndingLease>> {
        let sql = "select * from calendar_sync.lease_channels_to_end($1)";
        let rows = self.all(sql, &[&max_channels]).await?;
        let leases: Vec<_> = rows.iter().map(EndingLease::from).collect();
        self.hold(Leased::Other, leases.iter().map(|lease| lease.lease_id));
        Ok(leases)
    }

    /// `calendar_sync.end_channel`.
    pub async fn end_channel(&self, lease_id: Uuid) -> Result<()> {
        self.ended(lease_id);
        self.one("select calendar_sync.end_channel($1)", &[&lease_id]).await.map(|_| ())
    }

    /// `calendar_sync.wake_calendar`.
    pub async fn wake_calendar(&self, channel_id: &str, secret: &str, renew: bool) -> Result<bool> {
        let sql = "select calendar_sync.wake_calendar($1, $2, $3)";
        self.one(sql, &[&channel_id, &secret, &renew]).await.map(|row| row.get(0))
    }

    /// `calendar_sync.wake_provider_calendar`.
    pub async fn wake_provider_calendar(
        &self,
        provider: &str,
        external_calendar_id: &str,
    ) -> Result<bool> {
        let sql = "select calendar_sync.wake_provider_calendar($1, $2)";
        self.one(sql, &[&provider, &external_calendar_id]).await.map(|row| row.get(0))
    }
}

impl From<&Row> for ChannelLease {
    fn from(row: &Row) -> Self {
        let id: Option<String> = row.get("channel_id");
        Self {
            lease_id: row.get("lease_id"),
            calendar_id: row.get("calendar_id"),
            account: Account::from(row),
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

impl From<&Row> for EndingLease {
    fn from(row: &Row) -> Self {
        Self {
            lease_id: row.get("lease_id"),
            account: Account::from(row),
            channel: Channel {
                id: row.get("channel_id"),
                resource_id: row.get("resource_id"),
                expires_at: instant(row.get("expires_at")),
            },
        }
    }
}
