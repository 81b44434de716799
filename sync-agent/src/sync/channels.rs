//! Opens, renews and ends the channels through which providers report changes.

use super::open_account::Account;
use super::round::{Round, UntilDry};
use crate::database::{self, ChannelLease, EndingAccount, EndingLease, Share, integer};
use crate::{Error, Result};
use oauth2::CsrfToken;
use providers::{Channel, Watch};
use serde::Serialize;
use std::time::Duration;
use url::Url;
use uuid::Uuid;

/// The number of bytes in a channel's secret.
const SECRET: u32 = 32;

/// How long a provider may take to revoke a consent.
const REVOCATION: Duration = Duration::from_secs(5);

/// How long a calendar rests whose channel could not be opened.
const REST: Duration = Duration::from_secs(600);

/// The result of a renewal.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Renewed {
    /// Channels that were opened or extended.
    pub opened: u64,
    /// Calendars whose provider does not send notifications.
    pub impossible: u64,
    /// Calendars that failed; they are pulled by their age alone until it succeeds.
    pub failed: u64,
}

/// Opens a channel for each calendar that has none, and renews those that end soon.
/// Providers send to `public_url`, where [`crate::server`] must be listening already.
pub async fn renew_channels(round: &Round<'_>, public_url: &Url) -> database::Result<Renewed> {
    let lease = async |share: &Share| round.database().lease_channels(integer(share.number)).await;
    let work = async |lease: ChannelLease| {
        let lease_id = lease.lease_id;
        let renewed = renew(round, public_url, lease).await;
        if let Err(error) = &renewed {
            tracing::warn!(%error, "cannot open a channel for a calendar");
            if let Err(error) = round.database().leave_leased(lease_id, REST).await {
                tracing::warn!(%error, "cannot store that a channel could not be opened");
            }
        }
        renewed
    };
    let mut renewed = Renewed::default();
    let count = |outcome| match outcome {
        Ok(true) => renewed.opened += 1,
        Ok(false) => renewed.impossible += 1,
        Err(_) => renewed.failed += 1,
    };
    round.work(&mut UntilDry, lease, work, count).await?;
    Ok(renewed)
}

/// Ends the channels of disconnected accounts, as far as their providers do it. Returns how many
/// channels there were.
pub async fn end_channels(round: &Round<'_>) -> database::Result<u64> {
    let lease =
        async |share: &Share| round.database().lease_channels_to_end(integer(share.number)).await;
    let work = async |lease: EndingLease| {
        match round.account(&lease.account).await {
            Ok(account) => end(&account, &lease.channel).await,
            Err(error) => {
                tracing::info!(%error, "cannot reach a disconnected account; its channel expires by itself");
            }
        }
        if let Err(error) = round.database().end_channel(lease.lease_id).await {
            // The next agent tries again.
            tracing::warn!(%error, "cannot store that a channel has ended");
        }
    };
    let mut ended = 0;
    round.work(&mut UntilDry, lease, work, |()| ended += 1).await?;
    Ok(ended)
}

/// Revokes and forgets the credentials of disconnected accounts that have no channel left. What the
/// provider answers makes no difference. Returns how many there were.
pub async fn end_accounts(round: &Round<'_>) -> database::Result<u64> {
    let lease =
        async |share: &Share| round.database().lease_accounts_to_end(integer(share.number)).await;
    let work = async |lease: EndingAccount| {
        if lease.may_revoke {
            let revoked = tokio::time::timeout(REVOCATION, round.revoke(&lease.account)).await;
            match revoked {
                Ok(Ok(())) => {}
                Ok(Err(error)) => {
                    tracing::info!(%error, "cannot revoke the consent of a disconnected account");
                }
                Err(_) => tracing::info!("the provider did not revoke a consent in time"),
            }
        }
        if let Err(error) = round.database().forget_secret(lease.lease_id).await {
            // The next agent tries again, unless the account was connected again.
            tracing::warn!(%error, "cannot forget the credential of a disconnected account");
        }
    };
    let mut ended = 0;
    round.work(&mut UntilDry, lease, work, |()| ended += 1).await?;
    Ok(ended)
}

/// Opens or renews a calendar's channel. False if the provider does not send notifications.
async fn renew(round: &Round<'_>, public_url: &Url, lease: ChannelLease) -> Result<bool> {
    let account = round.account(&lease.account).await?;
    let secret = CsrfToken::new_random_len(SECRET).into_secret();
    let watch = Watch {
        id: Uuid::new_v4(),
        address: address(public_url, &lease.account.provider)?,
        secret,
        current: lease.current.clone(),
        now: lease.now,
    };
    let channel = {
        let connector = account.enter().await?;
        connector.watch(&lease.place, &watch).await.inspect_err(|error| {
            // Any other says nothing of pulls and pushes.
            if matches!(error, Error::Throttled { .. }) {
                account.notice(error);
            }
        })?
    };
    let known = watch.current.as_ref().map(|current| &current.id);
    let is_new = channel.as_ref().map(|channel| &channel.id) != known;
    let secret = is_new.then_some(watch.secret.as_str());
    let finish = round.database().finish_channel(&lease, channel.as_ref(), secret);
    match finish.await {
        Ok(Some((id, resource_id))) => {
            end(&account, &Channel { id, resource_id, expires_at: lease.now }).await;
        }
        Ok(None) => {}
        Err(error) => {
            if let Some(channel) = channel.filter(|_| is_new) {
                end(&account, &channel).await;
            }
            return Err(error.into());
        }
    }
    Ok(channel.is_some())
}

/// Ends a channel that is of no use. Without that it ends later, by itself.
async fn end(account: &Account, channel: &Channel) {
    let ended = async { account.enter().await?.unwatch(channel).await };
    if let Err(error) = ended.await {
        tracing::info!(%error, "cannot close an unused channel; it expires by itself");
    }
}

/// Where a provider sends its notifications.
fn address(public_url: &Url, provider: &str) -> Result<Url> {
    let mut address = public_url.clone();
    address
        .path_segments_mut()
        .map_err(|()| Error::Misconfigured("http.public_url must be a URL with a path".into()))?
        .pop_if_empty()
        .push("webhooks")
        .push(provider);
    Ok(address)
}
