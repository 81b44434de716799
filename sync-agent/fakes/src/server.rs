//! What all stand-ins have in common: a port, and ways to fail.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State as Extract};
use axum::http::{HeaderValue, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{Html, IntoResponse, Response};
use std::collections::VecDeque;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::task::JoinHandle;

/// A server on 127.0.0.1; ends when it is dropped.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    task: JoinHandle<()>,
    faults: Faults,
}

/// What is to go wrong with the next requests, in turn; then what a judge says of each.
#[derive(Clone, Default)]
pub struct Faults(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    next: VecDeque<Fault>,
    judge: Option<Judge>,
}

type Judge = Box<dyn FnMut(&Request) -> Fault + Send>;

/// Something that goes wrong.
#[derive(Debug)]
pub enum Fault {
    /// Nothing.
    None,
    /// The request is not heard; this is said instead.
    Refuse(Box<Response>),
    /// The work is done; this is said instead.
    Replace(Box<Response>),
    /// The work is done, but nobody learns of it: the connection breaks.
    LoseAnswer,
    /// The work is done, and half of the answer's body arrives.
    Cut,
    /// No answer ever comes.
    Silence {
        /// Whether the work is done.
        is_done: bool,
        /// Learns when all that is to be done is done.
        begun: Arc<Notify>,
    },
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
        self.lock().next.push_back(Fault::None);
    }

    /// The next request is not heard; `answer` is said instead.
    pub fn refuse(&self, answer: Response) {
        self.lock().next.push_back(Fault::Refuse(Box::new(answer)));
    }

    /// The next request is done, but its answer is lost.
    pub fn lose_answer(&self) {
        self.lock().next.push_back(Fault::LoseAnswer);
    }

    /// From now on, `judge` says what goes wrong with each request.
    pub fn judge(&self, judge: impl FnMut(&Request) -> Fault + Send + 'static) {
        self.lock().judge = Some(Box::new(judge));
    }

    fn of(&self, request: &Request) -> Fault {
        let mut state = self.lock();
        match (state.next.pop_front(), &mut state.judge) {
            (Some(fault), _) => fault,
            (None, Some(judge)) => judge(request),
            (None, None) => Fault::None,
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// 200 and a page for people, as some network or proxy puts before the provider.
pub fn sign_in_page() -> Response {
    Html("<!doctype html><title>Sign in</title><p>Please sign in.").into_response()
}

impl std::fmt::Debug for Faults {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Faults").field("next", &self.lock().next).finish_non_exhaustive()
    }
}

async fn go_wrong(Extract(faults): Extract<Faults>, request: Request, next: Next) -> Response {
    match faults.of(&request) {
        Fault::None => next.run(request).await,
        Fault::Refuse(answer) => *answer,
        Fault::Replace(answer) => {
            next.run(request).await;
            *answer
        }
        Fault::LoseAnswer => {
            next.run(request).await;
            Response::new(broken(b" "))
        }
        Fault::Cut => {
            let (mut head, body) = next.run(request).await.into_parts();
            let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
            // What arrives is less than what was promised.
            head.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(body.len().max(2)));
            Response::from_parts(head, broken(&body[..body.len() / 2]))
        }
        Fault::Silence { is_done, begun } => {
            if is_done {
                next.run(request).await;
            }
            begun.notify_one();
            std::future::pending().await
        }
    }
}

/// A body that breaks off. The head is sent: a connection that closes before that is one that the
/// server had closed earlier, for all that the client knows.
fn broken(begin: &[u8]) -> Body {
    let begin = Some(begin.to_vec());
    Body::from_stream(futures_util::stream::unfold(begin, async |begin| {
        tokio::task::yield_now().await;
        let broken = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
        Some((begin.ok_or(broken), None))
    }))
}
