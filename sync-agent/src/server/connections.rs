//! Connections with bounds on their number and on how long a client may take.

use axum::Router;
use axum::extract::ConnectInfo;
use axum::http::Request;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tower::ServiceExt as _;

/// Connections that are open at the same time. Further clients wait until one is closed.
const AT_ONCE: usize = 256;

/// How long a client may take for the head of a request, and how long a connection may wait for
/// the next one.
const HEAD_TIMEOUT: Duration = Duration::from_secs(5);

/// How long to wait after a connection could not be accepted, for example because the process
/// has too many open files.
const ACCEPT_PAUSE: Duration = Duration::from_millis(500);

/// Answers until `stop` resolves and the answers that are under way by then have been sent.
pub(super) async fn serve(listener: TcpListener, app: Router, stop: impl Future<Output = ()>) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT);
    let permits = Arc::new(Semaphore::new(AT_ONCE));
    let open = GracefulShutdown::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        let accepted = async {
            let permit = Arc::clone(&permits).acquire_owned().await;
            (permit, listener.accept().await)
        };
        let (permit, accepted) = tokio::select! {
            accepted = accepted => accepted,
            () = &mut stop => break,
        };
        let Ok((stream, peer)) = accepted else {
            tokio::time::sleep(ACCEPT_PAUSE).await;
            continue;
        };
        let service = app.clone().map_request(move |mut request: Request<_>| {
            request.extensions_mut().insert(ConnectInfo(peer));
            request
        });
        let service = TowerToHyperService::new(service);
        let connection = open.watch(http.serve_connection(TokioIo::new(stream), service));
        tokio::spawn(async move {
            // What a client does wrong concerns that client alone.
            let _ = connection.await;
            drop(permit);
        });
    }
    drop(listener);
    open.shutdown().await;
}
