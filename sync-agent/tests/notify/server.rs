//! A server of Twilio's kind, or a receiver of webhooks: it answers what it is given, and keeps what
//! it was asked.

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;

/// What it was asked.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

#[derive(Clone)]
pub(crate) struct Answers {
    answer: (u16, &'static str, &'static [(&'static str, &'static str)]),
    asked: Arc<Mutex<Vec<Asked>>>,
    pub(crate) base: String,
}

impl Answers {
    /// Answers everything with this status, body and these headers, on this thread's runtime.
    pub(crate) async fn start(
        status: u16,
        body: &'static str,
        headers: &'static [(&'static str, &'static str)],
    ) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let answers = Self { answer: (status, body, headers), asked: Arc::default(), base };
        let app = Router::new().fallback(answer).with_state(answers.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        answers
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

async fn answer(
    State(answers): State<Answers>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let asked = Asked { path: uri.path().into(), headers, body: body.into() };
    answers.asked.lock().unwrap().push(asked);
    let (status, body, headers) = answers.answer;
    let mut answer = (StatusCode::from_u16(status).unwrap(), body).into_response();
    for (name, value) in headers {
        answer.headers_mut().insert(*name, value.parse().unwrap());
    }
    answer
}
