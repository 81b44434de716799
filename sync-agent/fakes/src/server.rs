//! What all stand-ins have in common: a port, and ways to fail.

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{Html, IntoResponse, Response};
use std::collections::VecDeque;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// A server on 127.0.0.1; ends when it is dropped.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    task: JoinHandle<()>,
    faults: Faults,
}

/// What is to go wrong with the next requests, in turn.
#[derive(Debug, Clone, Default)]
pub struct Faults(Arc<Mutex<VecDeque<Fault>>>);

/// Something that goes wrong.
#[derive(Debug)]
enum Fault {
    /// Nothing.
    None,
    /// The request is not heard; this is said instead.
    Refuse(Box<Response>),
    /// The work is done, but nobody learns of it: the connection breaks.
    LoseAnswer,
}

impl Server {
    /// Serves on a port; 0 = one that is free.
    pub async fn start(router: Router, port: u16) -> std::io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let address = listener.local_addr()?;
        let faults = Faults::default();
        let router = router.layer(from_fn_with_state(faults.clone(), go_wrong));
        let task = tokio::spawn(async move {
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self { address, task, faults })
    }

    /// Where it listens, as `http://127.0.0.1:PORT`.
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What is to go wrong next.
    pub fn faults(&self) -> &Faults {
        &self.faults
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Faults {
    /// The next request is answered as ever.
    pub fn pass(&self) {
        self.lock().push_back(Fault::None);
    }

    /// The next request is not heard; `answer` is said instead.
    pub fn refuse(&self, answer: Response) {
        self.lock().push_back(Fault::Refuse(Box::new(answer)));
    }

    /// The next request is done, but its answer is lost.
    pub fn lose_answer(&self) {
        self.lock().push_back(Fault::LoseAnswer);
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Fault>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// 200 and a page for people, as some network or proxy puts before the provider.
pub fn sign_in_page() -> Response {
    Html("<!doctype html><title>Sign in</title><p>Please sign in.").into_response()
}

async fn go_wrong(State(faults): State<Faults>, request: Request, next: Next) -> Response {
    let fault = faults.lock().pop_front();
    match fault {
        None | Some(Fault::None) => next.run(request).await,
        Some(Fault::Refuse(answer)) => *answer,
        Some(Fault::LoseAnswer) => {
            next.run(request).await;
            // Its head is sent: a connection that closes before that is one that the server had
            // closed earlier, for all that the client knows.
            let body = futures_util::stream::unfold(false, async |is_begun| {
                tokio::task::yield_now().await;
                let broken = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
                Some((if is_begun { Err(broken) } else { Ok(" ") }, true))
            });
            Response::new(Body::from_stream(body))
        }
    }
}
