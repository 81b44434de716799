//! How many requests an address may make in a minute.

use super::problem::Problem;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderName};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

const MINUTE: Duration = Duration::from_secs(60);

/// The addresses that are counted at the same time.
const ADDRESSES: usize = 10_000;

/// The requests of each address.
#[derive(Debug, Clone)]
pub(super) struct Limits {
    header: HeaderName,
    most: u32,
    used: Arc<Mutex<HashMap<IpAddr, (Instant, u32)>>>,
}

impl Limits {
    /// At most so many in a minute. `header` is the one to which the reverse proxy adds an address.
    pub(super) fn new(header: HeaderName, most: u32) -> Self {
        Self { header, most, used: Arc::default() }
    }

    fn take(&self, address: IpAddr) -> bool {
        let now = Instant::now();
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        if used.len() >= ADDRESSES {
            used.retain(|_, (since, _)| now.duration_since(*since) < MINUTE);
        }
        // Many addresses may weaken the limit, but they never lock out another one.
        if used.len() >= ADDRESSES {
            used.clear();
        }
        let (since, count) = used.entry(address).or_insert((now, 0));
        if now.duration_since(*since) >= MINUTE {
            (*since, *count) = (now, 0);
        }
        *count += 1;
        *count <= self.most
    }
}

/// Refuses requests above the limit.
pub(super) async fn within(State(limits): State<Limits>, request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip());
    match address(request.headers(), &limits.header).or(peer) {
        Some(address) if !limits.take(network(address)) => Problem::TooMany.into_response(),
        _ => next.run(request).await,
    }
}

/// The address that the reverse proxy has added: the last one.
fn address(headers: &HeaderMap, name: &HeaderName) -> Option<IpAddr> {
    let value = headers.get_all(name).iter().next_back()?.to_str().ok()?;
    value.rsplit(',').next()?.trim().parse().ok()
}

/// Of version 6, a subscriber has a whole network.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(address) => match address.to_ipv4_mapped() {
            Some(address) => address.into(),
            None => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
        },
        IpAddr::V4(_) => address,
    }
}
