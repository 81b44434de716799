//! What `run` reports to systemd where that has started it: sd_notify(3). Elsewhere nothing is sent.

use crate::health::{Health, Status};
use sd_notify::NotifyState;
use std::time::Duration;

/// It has started, or has read its configuration again.
pub(super) fn ready() {
    notify(&[NotifyState::Ready]);
}

/// It reads its configuration again; [`ready`] ends that.
pub(super) fn reloading() {
    // systemd wants to know since when.
    let since = NotifyState::monotonic_usec_now().ok();
    let states: Vec<_> = [NotifyState::Reloading].into_iter().chain(since).collect();
    notify(&states);
}

/// It stops.
pub(super) fn stopping() {
    notify(&[NotifyState::Stopping]);
}

/// Reports, for as long as the loops turn, that they do. Where they do not, systemd starts the
/// agent again (`WatchdogSec`). Does nothing where there is no watchdog.
pub(super) async fn watch(health: &Health) {
    let Some(within) = sd_notify::watchdog_enabled() else { return };
    let pause = (within / 2).max(Duration::from_millis(10));
    loop {
        if health.loops().status == Status::Ok {
            notify(&[NotifyState::Watchdog]);
        }
        tokio::time::sleep(pause).await;
    }
}

fn notify(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::warn!(%error, "cannot report to systemd");
    }
}
