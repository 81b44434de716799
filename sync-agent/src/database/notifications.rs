//! Calls of notifications.

use super::leases::{Leased, integer};
use super::{Database, Result};
use serde_json::Value;
use std::time::Duration;
use uuid::Uuid;

/// A notification that was leased, to be sent.
#[derive(Debug, Clone)]
pub struct NotificationLease {
    /// The lease.
    pub lease_id: Uuid,
    /// The notification.
    pub notification_id: Uuid,
    /// email, sms or webhook.
    pub channel: String,
    /// What it is to say: a [`messages::Notification`].
    pub message: Value,
}

impl Database {
    /// `calendar_sync.check_alerts`.
    pub async fn check_alerts(&self) -> Result<i32> {
        Ok(self.one("select calendar_sync.check_alerts()", &[]).await?.get(0))
    }

    /// `calendar_sync.lease_notifications`.
    pub async fn lease_notifications(
        &self,
        most: usize,
        channels: &[&str],
    ) -> Result<Vec<NotificationLease>> {
        let sql = "select lease_id, notification_id, channel, message
                   from calendar_sync.lease_notifications($1, channels => string_to_array($2, ','))";
        let rows = self.all(sql, &[&integer(most), &channels.join(",")]).await?;
        let leases: Vec<_> = rows
            .iter()
            .map(|row| NotificationLease {
                lease_id: row.get("lease_id"),
                notification_id: row.get("notification_id"),
                channel: row.get("channel"),
                message: row.get("message"),
            })
            .collect();
        self.hold(Leased::Push, leases.iter().map(|lease| lease.lease_id));
        Ok(leases)
    }

    /// A lease that is neither renewed nor given back any more: it lapses, or is ended.
    pub fn keep_lease_to_its_end(&self, lease_id: Uuid) {
        self.ended(lease_id);
    }

    /// `calendar_sync.finish_notification`.
    pub async fn finish_notification(
        &self,
        lease_id: Uuid,
        provider_id: Option<&str>,
    ) -> Result<()> {
        self.ended(lease_id);
        let sql = "select calendar_sync.finish_notification($1, $2)";
        self.one(sql, &[&lease_id, &provider_id]).await.map(|_| ())
    }

    /// `calendar_sync.fail_notification`.
    pub async fn fail_notification(
        &self,
        lease_id: Uuid,
        problem: &str,
        outcome: &str,
        retry_after: Option<Duration>,
    ) -> Result<()> {
        self.ended(lease_id);
        let sql = "select calendar_sync.fail_notification($1, $2, $3, make_interval(secs => $4))";
        let retry_after = retry_after.map(|after| after.as_secs_f64());
        self.one(sql, &[&lease_id, &problem, &outcome, &retry_after]).await.map(|_| ())
    }

    /// `calendar_sync.skip_notification`.
    pub async fn skip_notification(&self, lease_id: Uuid, reason: &str) -> Result<()> {
        self.ended(lease_id);
        let sql = "select calendar_sync.skip_notification($1, $2)";
        self.one(sql, &[&lease_id, &reason]).await.map(|_| ())
    }

    /// `calendar_sync.report_delivery`; false = there is no such notification any more.
    pub async fn report_delivery(
        &self,
        notification_id: Uuid,
        provider_id: &str,
        status: &str,
        problem: Option<&str>,
    ) -> Result<bool> {
        let sql = "select calendar_sync.report_delivery($1, $2, $3, $4)";
        let row = self.one(sql, &[&notification_id, &provider_id, &status, &problem]).await?;
        Ok(row.get(0))
    }

    /// `calendar_sync.report_opt_out`.
    pub async fn report_opt_out(&self, phone: &str, is_out: bool) -> Result<()> {
        let sql = "select calendar_sync.report_opt_out($1, $2)";
        self.one(sql, &[&phone, &is_out]).await.map(|_| ())
    }

    /// `calendar_sync.unsubscribe`; false = the token is not known.
    pub async fn unsubscribe(&self, token: &str) -> Result<bool> {
        self.one("select calendar_sync.unsubscribe($1)", &[&token]).await.map(|row| row.get(0))
    }
}
