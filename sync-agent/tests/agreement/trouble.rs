//! What goes wrong with a provider's answers, and when an agent dies.

use axum::body::Body;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use fastrand::Rng;
use provider_fakes::server::{Fault, Server, sign_in_page};
use std::sync::{Arc, Mutex, MutexGuard};
use tokio::sync::Notify;

/// What goes wrong with the requests of a history.
#[derive(Clone)]
pub(crate) struct Trouble(Arc<Mutex<State>>);

/// When an agent dies.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Death {
    /// At a request, before or after the provider has done what it asks for.
    AtRequest { number: u32, is_done: bool },
    /// After it was polled so many times.
    AfterPolls(u32),
}

/// The mood of a provider.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Mood {
    Well,
    /// Of a hundred answers, so many are replaced, each by another.
    Erratic(u32),
    /// Every answer is the same.
    Stuck(Kind),
}

/// What takes the place of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Status(u16),
    SignInPage,
    Cut,
    Lost,
    Silence,
}

struct State {
    rng: Rng,
    mood: Mood,
    death: Option<(u32, bool)>,
    /// Learns that the agent is to die.
    dying: Arc<Notify>,
    /// Whether the agent waits for silent providers no longer than a test can.
    is_impatient: bool,
    requests: u32,
    log: Vec<String>,
}

/// The statuses that take the place of answers: those that were reported, and others now and then.
const STATUSES: [u16; 5] = [401, 403, 404, 423, 500];
const RARE_STATUSES: [u16; 8] = [400, 405, 409, 410, 412, 422, 429, 503];

/// How much of a request a story tells.
const SHOWN: usize = 120;

impl Kind {
    fn any(rng: &mut Rng, is_impatient: bool) -> Self {
        match rng.u32(0..14) {
            0..8 => Self::Status(rng.choice(STATUSES).unwrap()),
            8..10 => Self::Status(rng.choice(RARE_STATUSES).unwrap()),
            10 => Self::SignInPage,
            11 => Self::Cut,
            12 if is_impatient && rng.bool() => Self::Silence,
            _ => Self::Lost,
        }
    }

    /// One that can take the place of every answer of a round within the time of a test.
    pub(crate) fn lasting(rng: &mut Rng) -> Self {
        match rng.u32(0..6) {
            0 => Self::SignInPage,
            _ => Self::Status(rng.choice(STATUSES).unwrap()),
        }
    }
}

impl Trouble {
    /// None so far. `is_impatient` says that the agent gives a silent provider up soon.
    pub(crate) fn new(seed: u64, is_impatient: bool) -> Self {
        Self(Arc::new(Mutex::new(State {
            rng: Rng::with_seed(seed),
            mood: Mood::Well,
            death: None,
            dying: Arc::default(),
            is_impatient,
            requests: 0,
            log: Vec::new(),
        })))
    }

    /// A server's answers are replaced from now on.
    pub(crate) fn befall(&self, server: &Server) {
        let judge = self.clone();
        server.faults().judge(move |request| judge.lock().fault(request));
    }

    /// A round begins. Returns what learns that its agent is to die at a request.
    pub(crate) fn begin(&self, mood: Mood, death: Option<Death>) -> Arc<Notify> {
        let mut state = self.lock();
        state.mood = mood;
        state.requests = 0;
        state.dying = Arc::default();
        state.death = match death {
            Some(Death::AtRequest { number, is_done }) => Some((number, is_done)),
            Some(Death::AfterPolls(_)) | None => None,
        };
        Arc::clone(&state.dying)
    }

    /// What has happened to requests since it was asked last.
    pub(crate) fn take_log(&self) -> Vec<String> {
        std::mem::take(&mut self.lock().log)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }
}

impl State {
    fn fault(&mut self, request: &Request) -> Fault {
        let number = self.requests;
        self.requests += 1;
        let asked = format!("{} {}", request.method(), request.uri());
        let asked: String = asked.chars().take(SHOWN).collect();
        if let Some((death, is_done)) = self.death
            && death == number
        {
            self.log.push(format!("{asked}: the agent dies, done: {is_done}"));
            return Fault::Silence { is_done, begun: Arc::clone(&self.dying) };
        }
        let kind = match self.mood {
            Mood::Well => None,
            Mood::Erratic(rate) => {
                (self.rng.u32(0..100) < rate).then(|| Kind::any(&mut self.rng, self.is_impatient))
            }
            Mood::Stuck(kind) => Some(kind),
        };
        let Some(kind) = kind else {
            self.log.push(asked);
            return Fault::None;
        };
        // Stuck is what stands before the provider.
        let is_done = matches!(self.mood, Mood::Erratic(_)) && self.rng.bool();
        self.log.push(format!("{asked}: {kind:?}, done: {is_done}"));
        match kind {
            Kind::Cut => Fault::Cut,
            Kind::Lost => Fault::LoseAnswer,
            Kind::Silence => Fault::Silence { is_done, begun: Arc::default() },
            Kind::SignInPage => replaced(sign_in_page(), is_done),
            Kind::Status(status) => replaced(self.answer(status), is_done),
        }
    }

    /// An answer of the provider's own, or of a gateway before it.
    fn answer(&mut self, status: u16) -> Response {
        let body = match self.rng.u32(0..3) {
            0 => Body::empty(),
            1 => Body::from(format!("<html><h1>{status}</h1></html>")),
            _ => Body::from(format!(r#"{{"error": {{"code": {status}, "message": "no"}}}}"#)),
        };
        (StatusCode::from_u16(status).unwrap(), body).into_response()
    }
}

fn replaced(answer: Response, is_done: bool) -> Fault {
    if is_done { Fault::Replace(Box::new(answer)) } else { Fault::Refuse(Box::new(answer)) }
}
