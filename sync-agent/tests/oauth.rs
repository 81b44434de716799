//! Access tokens against a token endpoint that takes each refresh token once.

use async_trait::async_trait;
use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};
use providers::AuthorizationServer;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use sync_agent::net::authorized::AccessTokens;
use sync_agent::net::http::{Http, Limits};
use sync_agent::oauth::{
    Application, MemorySecrets, SecretStore, Sessions, Stored, Tokens, consent,
};
use sync_agent::secret::Credential;
use sync_agent::{Error, Result};
use tokio::net::TcpListener;
use url::Url;
use uuid::Uuid;

type Fields = BTreeMap<String, String>;

/// A provider's token endpoint: `refresh-0` is taken first, then what it gave.
#[derive(Clone, Default)]
struct Endpoint(Arc<Mutex<EndpointState>>);

#[derive(Default)]
struct EndpointState {
    taken: usize,
    heard: Vec<Fields>,
    refusals: VecDeque<(StatusCode, Value)>,
    keeps_refresh_token: bool,
    hides_refresh_token_once: bool,
    scope: Option<String>,
}

impl Endpoint {
    async fn start(&self) -> Url {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/token", listener.local_addr().unwrap());
        let router = Router::new().route("/token", post(answer)).with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        url.parse().unwrap()
    }

    fn with<T>(&self, act: impl FnOnce(&mut EndpointState) -> T) -> T {
        act(&mut self.0.lock().unwrap())
    }

    fn refuse(&self, status: u16, body: Value) {
        self.with(|e| e.refusals.push_back((StatusCode::from_u16(status).unwrap(), body)));
    }

    fn heard(&self) -> Vec<Fields> {
        self.with(|e| e.heard.clone())
    }
}

async fn answer(
    State(endpoint): State<Endpoint>,
    Form(fields): Form<Fields>,
) -> (StatusCode, Json<Value>) {
    // Two who come at once are to meet here.
    tokio::time::sleep(Duration::from_millis(30)).await;
    endpoint.with(|endpoint| {
        endpoint.heard.push(fields.clone());
        if let Some((status, body)) = endpoint.refusals.pop_front() {
            return (status, Json(body));
        }
        let refresh = fields.get("refresh_token").cloned();
        if refresh.is_some() && refresh != Some(format!("refresh-{}", endpoint.taken)) {
            return (StatusCode::BAD_REQUEST, Json(json!({"error": "invalid_grant"})));
        }
        if !endpoint.keeps_refresh_token {
            endpoint.taken += 1;
        }
        let count = endpoint.heard.len();
        let mut body = json!({
            "access_token": format!("access-{count}"), "token_type": "Bearer", "expires_in": 3600,
            "userType": "Location",
        });
        if !endpoint.keeps_refresh_token && !std::mem::take(&mut endpoint.hides_refresh_token_once)
        {
            body["refresh_token"] = json!(format!("refresh-{}", endpoint.taken));
        }
        if let Some(scope) = &endpoint.scope {
            body["scope"] = json!(scope);
        }
        (StatusCode::OK, Json(body))
    })
}

fn application(token_url: Url) -> Application {
    Application {
        client_id: "client".into(),
        client_secret: Some("client-secret".into()),
        server: AuthorizationServer {
            authorize_url: Some("https://accounts.example/authorize".parse().unwrap()),
            token_url,
            scopes: &["https://example/auth/calendar.events"],
            refreshes_with_scopes: false,
            token_parameters: &[("user_type", "Location")],
            authorize_parameters: &[("access_type", "offline")],
            page_parameters: &[],
            revoke_url: None,
            insistent_parameters: &[("prompt", "consent")],
            redirect_host: "127.0.0.1",
        },
    }
}

fn http() -> Http {
    Http::new(Limits { allow_private_networks: true, ..Limits::default() }).unwrap()
}

/// A clock that is moved by hand.
#[derive(Clone)]
struct Time(Arc<Mutex<Instant>>);

impl Time {
    fn new() -> Self {
        Self(Arc::new(Mutex::new(Instant::now())))
    }

    fn pass(&self, seconds: u64) {
        *self.0.lock().unwrap() += Duration::from_secs(seconds);
    }

    fn sessions(&self) -> Sessions {
        let time = self.clone();
        Sessions::new(Arc::new(move || *time.0.lock().unwrap()))
    }
}

/// Secrets that know what was asked of them, and can fail.
struct Secrets {
    inner: MemorySecrets,
    log: Arc<Mutex<Vec<&'static str>>>,
    failures: Mutex<usize>,
    /// Comes between the load and the store.
    meanwhile: Mutex<Option<Credential>>,
}

impl Secrets {
    fn new(token: &str) -> Arc<Self> {
        Arc::new(Self {
            inner: MemorySecrets::new(refresh(token)),
            log: Arc::default(),
            failures: Mutex::new(0),
            meanwhile: Mutex::default(),
        })
    }

    fn token(&self) -> String {
        match self.inner.credential() {
            Credential::RefreshToken(token) => token.expose_secret().into(),
            other => panic!("{other:?}"),
        }
    }

    fn note(&self, what: &'static str) {
        self.log.lock().unwrap().push(what);
    }

    fn log(&self) -> Vec<&'static str> {
        self.log.lock().unwrap().clone()
    }
}

#[async_trait]
impl SecretStore for Secrets {
    async fn load(&self) -> Result<Stored> {
        self.note("load");
        self.inner.load().await
    }

    async fn store(&self, credential: &Credential, replaces: i64) -> Result<bool> {
        let meanwhile = self.meanwhile.lock().unwrap().take();
        if let Some(other) = meanwhile {
            let version = self.inner.load().await?.version;
            assert!(self.inner.store(&other, version).await?);
        }
        {
            let mut failures = self.failures.lock().unwrap();
            if *failures > 0 {
                *failures -= 1;
                self.note("fail");
                return Err(Error::Database("it is away".into()));
            }
        }
        self.note("store");
        self.inner.store(credential, replaces).await
    }

    async fn lock(&self) -> Result<()> {
        self.note("lock");
        Ok(())
    }

    async fn unlock(&self) -> Result<()> {
        self.note("unlock");
        Ok(())
    }
}

fn refresh(token: &str) -> Credential {
    Credential::RefreshToken(token.into())
}

fn tokens(sessions: &Sessions, url: &Url, secrets: &Arc<Secrets>) -> Tokens {
    let secrets = Arc::clone(secrets) as Arc<dyn SecretStore>;
    sessions.tokens(Uuid::from_u128(1), application(url.clone()), http(), secrets)
}

async fn access(tokens: &Tokens) -> String {
    tokens.access_token().await.unwrap().expose_secret().into()
}

#[tokio::test]
async fn an_access_token_is_kept_until_shortly_before_its_end() {
    let (endpoint, time, secrets) = (Endpoint::default(), Time::new(), Secrets::new("refresh-0"));
    let (url, sessions) = (endpoint.start().await, time.sessions());
    let tokens = tokens(&sessions, &url, &secrets);
    assert_eq!(access(&tokens).await, "access-1");
    time.pass(3539);
    assert_eq!(access(&tokens).await, "access-1");
    time.pass(1);
    assert_eq!(access(&tokens).await, "access-2");
    assert_eq!(secrets.token(), "refresh-2");
}

#[tokio::test]
async fn the_request_is_that_of_rfc_6749_with_what_the_provider_adds() {
    let (endpoint, secrets) = (Endpoint::default(), Secrets::new("refresh-0"));
    let url = endpoint.start().await;
    access(&tokens(&Sessions::default(), &url, &secrets)).await;
    let expected = [
        ("client_id", "client"),
        ("client_secret", "client-secret"),
        ("grant_type", "refresh_token"),
        ("refresh_token", "refresh-0"),
        ("user_type", "Location"),
    ];
    let expected: Fields = expected.iter().map(|&(k, v)| (k.into(), v.into())).collect();
    assert_eq!(endpoint.heard(), [expected]);
}

#[tokio::test]
async fn a_rotated_refresh_token_is_stored_before_the_access_token_is_given() {
    let (endpoint, secrets) = (Endpoint::default(), Secrets::new("refresh-0"));
    let url = endpoint.start().await;
    *secrets.failures.lock().unwrap() = 1;
    let sessions = Sessions::default();
    let tokens = tokens(&sessions, &url, &secrets);
    let error = tokens.access_token().await.unwrap_err();
    assert!(matches!(error, Error::Database(_)), "{error}");
    // The old one is spent; the new one is not lost, and nobody asks for another.
    assert_eq!(access(&tokens).await, "access-1");
    assert_eq!(secrets.token(), "refresh-1");
    assert_eq!(endpoint.heard().len(), 1);
    assert_eq!(secrets.log(), ["lock", "load", "fail", "unlock", "lock", "store", "unlock"]);
}

#[tokio::test]
async fn who_dies_right_after_the_renewal_leaves_a_refresh_token_that_works() {
    let (endpoint, secrets) = (Endpoint::default(), Secrets::new("refresh-0"));
    let url = endpoint.start().await;
    access(&tokens(&Sessions::default(), &url, &secrets)).await;
    // Another process: it knows what is stored alone.
    let another = Secrets::new(&secrets.token());
    assert_eq!(access(&tokens(&Sessions::default(), &url, &another)).await, "access-2");
}

#[tokio::test]
async fn who_loses_patience_does_not_lose_the_refresh_token() {
    let (endpoint, secrets) = (Endpoint::default(), Secrets::new("refresh-0"));
    let url = endpoint.start().await;
    let sessions = Sessions::default();
    let tokens = tokens(&sessions, &url, &secrets);
    let wait = tokio::time::timeout(Duration::from_millis(10), tokens.access_token());
    wait.await.unwrap_err();
    assert_eq!(access(&tokens).await, "access-1");
    assert_eq!(secrets.token(), "refresh-1");
}

#[tokio::test]
async fn many_at_once_make_one_request() {
    let (endpoint, secrets) = (Endpoint::default(), Secrets::new("refresh-0"));
    let url = endpoint.start().await;
    let sessions = Sessions::default();
    let many: Vec<Tokens> = (0..8).map(|_| tokens(&sessions, &url, &secrets)).collect();
    let given = futures_util::future::join_all(many.iter().map(access)).await;
    assert!(given.iter().all(|token| token == "access-1"), "{given:?}");
    // And so when all are refused the same token.
    let refused = SecretString::from("access-1");
    let given =
        futures_util::future::join_all(many.iter().map(|tokens| tokens.instead_of(&refused))).await;
    assert!(given.into_iter().all(|token| token.unwrap().expose_secret() == "access-2"));
    assert_eq!(endpoint.heard().len(), 2);
}

#[tokio::test]
async fn a_refresh_token_that_stays_is_not_stored_again() {
    let (endpoint, secrets) = (Endpoint::default(), Secrets::new("refresh-0"));
    endpoint.with(|e| e.keeps_refresh_token = true);
    let url = endpoint.start().await;
    access(&tokens(&Sessions::default(), &url, &secrets)).await;
    assert_eq!(secrets.log(), ["lock", "load", "unlock"]);
}

#[tokio::test]
async fn a_revoked_refresh_token_means_to_connect_again() {
    let told = [
        json!({"error": "invalid_grant", "error_description": "Token has been expired or revoked."}),
        json!({"error": "invalid_grant", "error_codes": [50173],
               "error_description": "AADSTS50173: ann@example.com: The grant was revoked.\r\nTrace ID: 1"}),
        json!({"error": "interaction_required", "error_description": "AADSTS50076: MFA for ann@example.com"}),
        json!({"error": "consent_required"}),
        json!({"statusCode": 401, "message": "Invalid refresh token of ann@example.com", "error": "Unauthorized"}),
    ];
    for body in told {
        let (endpoint, secrets) = (Endpoint::default(), Secrets::new("refresh-0"));
        endpoint.refuse(400, body.clone());
        let url = endpoint.start().await;
        let error = tokens(&Sessions::default(), &url, &secrets).access_token().await.unwrap_err();
        assert!(matches!(error, Error::NeedsReconnect(_)), "{body} {error}");
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains("example.com") && !shown.contains("refresh-0"), "{shown}");
        if body["error_description"].as_str().is_some_and(|words| words.contains("AADSTS50173")) {
            assert!(shown.contains("AADSTS50173"), "{shown}");
        }
    }
}

#[tokio::test]
async fn what_is_not_the_users_fault_does_not_cost_the_account() {
    let (endpoint, secrets) = (Endpoint::default(), Secrets::new("refresh-0"));
    let url = endpoint.start().await;
    let sessions = Sessions::default();
    let tokens = tokens(&sessions, &url, &secrets);
    let fails = async |status, body| {
        endpoint.refuse(status, body);
        tokens.access_token().await.unwrap_err()
    };
    let error = fails(401, json!({"error": "invalid_client"})).await;
    assert!(matches!(error, Error::Misconfigured(_)), "{error}");
    let error = fails(503, json!({})).await;
    assert!(matches!(error, Error::Throttled { status: 503, .. }), "{error}");
    let error = fails(500, json!({"error": "invalid_grant"})).await;
    assert!(matches!(error, Error::Unavailable(_)), "{error}");
    let error = fails(400, json!({"error": "temporarily_unavailable"})).await;
    assert!(matches!(error, Error::Unavailable(_)), "{error}");
    let error = fails(400, json!("an outage")).await;
    assert!(matches!(error, Error::Malformed(_)), "{error}");
    assert_eq!(access(&tokens).await, "access-6");
}

#[tokio::test]
async fn an_answer_is_understood_in_spite_of_its_members() {
    for (member, value) in [
        ("expires_in", json!("3600")),
        ("expires_in", json!(3600.0)),
        ("expires_in", Value::Null),
        ("expires_in", json!("soon")),
        ("expires_in", json!(-1)),
        ("scope", Value::Null),
        ("scope", json!("")),
        ("scope", json!(["a", "b"])),
        ("token_type", Value::Null),
        ("token_type", json!("bearer")),
        ("refresh_token", Value::Null),
        ("refresh_token", json!("")),
    ] {
        let endpoint = Endpoint::default();
        let url = endpoint.start().await;
        let mut answer = json!({
            "access_token": "access", "token_type": "Bearer", "expires_in": 3600,
        });
        answer[member] = value.clone();
        endpoint.refuse(200, answer);
        let secrets = Secrets::new("refresh-0");
        assert_eq!(access(&tokens(&Sessions::default(), &url, &secrets)).await, "access");
        assert_eq!(secrets.token(), "refresh-0", "{member}: {value}");
    }
    // An error is one with any status.
    let endpoint = Endpoint::default();
    let url = endpoint.start().await;
    endpoint.refuse(200, json!({"error": "invalid_grant"}));
    let secrets = Secrets::new("refresh-0");
    let refused = tokens(&Sessions::default(), &url, &secrets).access_token().await;
    assert!(matches!(refused, Err(Error::NeedsReconnect(_))), "{refused:?}");
}

#[tokio::test]
async fn nobody_at_the_endpoint_is_an_outage() {
    let secrets = Secrets::new("refresh-0");
    let url = {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        format!("http://{}/token", listener.local_addr().unwrap()).parse().unwrap()
    };
    let error = tokens(&Sessions::default(), &url, &secrets).access_token().await.unwrap_err();
    assert!(matches!(error, Error::Unavailable(_)), "{error}");
}

#[tokio::test]
async fn a_key_rotation_in_between_does_not_lose_the_new_refresh_token() {
    let (endpoint, secrets) = (Endpoint::default(), Secrets::new("refresh-0"));
    let url = endpoint.start().await;
    *secrets.meanwhile.lock().unwrap() = Some(refresh("refresh-0"));
    assert_eq!(access(&tokens(&Sessions::default(), &url, &secrets)).await, "access-1");
    assert_eq!(secrets.token(), "refresh-1");
}

#[tokio::test]
async fn a_new_consent_in_between_is_not_overwritten() {
    let (endpoint, secrets) = (Endpoint::default(), Secrets::new("refresh-0"));
    let url = endpoint.start().await;
    *secrets.meanwhile.lock().unwrap() = Some(refresh("consented anew"));
    assert_eq!(access(&tokens(&Sessions::default(), &url, &secrets)).await, "access-1");
    assert_eq!(secrets.token(), "consented anew");
}

/// A browser whose user agrees; `change` sees the redirect's parameters first.
async fn browse(authorize: Url, change: impl Fn(&mut Fields)) -> (Fields, String) {
    let asked: Fields = authorize.query_pairs().into_owned().collect();
    let mut answer: Fields = [("code".into(), "code-1".into())].into();
    answer.insert("state".into(), asked["state"].clone());
    change(&mut answer);
    let mut back: Url = asked["redirect_uri"].parse().unwrap();
    back.query_pairs_mut().extend_pairs(&answer);
    let request = http::Request::get(back.as_str()).body(Vec::new()).unwrap();
    let shown = http_client().send(request).await.unwrap();
    (asked, String::from_utf8(shown.into_body().to_vec()).unwrap())
}

fn http_client() -> Http {
    http()
}

#[tokio::test]
async fn consent_comes_back_by_the_loopback_with_pkce() {
    let endpoint = Endpoint::default();
    let application = application(endpoint.start().await);
    let (shown, asked) = tokio::sync::oneshot::channel();
    let shown = Mutex::new(Some(shown));
    let show = |url: &Url| shown.lock().unwrap().take().unwrap().send(url.clone()).unwrap();
    let user = async {
        let url = asked.await.unwrap();
        // Somebody else's page first: it must not end the wait.
        let (_, page) = browse(url.clone(), |answer| {
            answer.insert("state".into(), "guessed".into());
        })
        .await;
        assert!(page.contains("another question"), "{page}");
        browse(url, |_| {}).await
    };
    let http = http();
    let (token, (asked, page)) = tokio::join!(consent(&application, &http, &show), user);
    assert_eq!(token.unwrap().expose_secret(), "refresh-1");
    assert!(page.starts_with("Done"), "{page}");

    assert_eq!(asked["response_type"], "code");
    assert_eq!(asked["code_challenge_method"], "S256");
    assert_eq!(asked["access_type"], "offline");
    assert_eq!(asked["scope"], "https://example/auth/calendar.events");
    assert!(!asked.contains_key("prompt"), "{asked:?}");
    assert!(asked["redirect_uri"].starts_with("http://127.0.0.1:"), "{asked:?}");
    let heard = &endpoint.heard()[0];
    assert_eq!(heard["grant_type"], "authorization_code");
    assert_eq!(heard["code"], "code-1");
    assert_eq!(heard["redirect_uri"], asked["redirect_uri"]);
    assert_eq!(challenge(&heard["code_verifier"]), asked["code_challenge"]);
}

/// RFC 7636 section 4.2.
fn challenge(verifier: &str) -> String {
    use base64::Engine as _;
    use sha2::{Digest as _, Sha256};
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(Sha256::digest(verifier))
}

/// What comes of a consent where the user does as `change` says.
async fn outcome(
    endpoint: &Endpoint,
    change: impl Fn(&mut Fields),
) -> (Result<String>, Vec<Fields>) {
    let application = application(endpoint.start().await);
    let (shown, mut urls) = tokio::sync::mpsc::unbounded_channel();
    let show = move |url: &Url| shown.send(url.clone()).unwrap();
    let http = http();
    let mut asked = Vec::new();
    let token = {
        let user = async {
            while let Some(url) = urls.recv().await {
                asked.push(browse(url, &change).await.0);
            }
        };
        tokio::select! {
            token = consent(&application, &http, &show) => token,
            () = user => unreachable!("consent() holds the channel"),
        }
    };
    (token.map(|token| token.expose_secret().into()), asked)
}

#[tokio::test]
async fn who_does_not_agree_is_believed() {
    let endpoint = Endpoint::default();
    let (token, _) = outcome(&endpoint, |answer| {
        answer.remove("code");
        answer.insert("error".into(), "access_denied".into());
    })
    .await;
    let error = token.unwrap_err();
    assert!(error.to_string().contains("did not agree"), "{error}");
    assert!(endpoint.heard().is_empty());
}

#[tokio::test]
async fn a_consent_that_brings_no_refresh_token_is_asked_for_with_more_insistence() {
    let endpoint = Endpoint::default();
    endpoint.with(|e| e.hides_refresh_token_once = true);
    let (token, asked) = outcome(&endpoint, |_| {}).await;
    assert_eq!(token.unwrap(), "refresh-2");
    assert_eq!(asked.last().unwrap()["prompt"], "consent");
}

#[tokio::test]
async fn a_box_that_was_not_ticked_is_named() {
    let endpoint = Endpoint::default();
    endpoint.with(|e| e.scope = Some("openid".into()));
    let error = outcome(&endpoint, |_| {}).await.0.unwrap_err();
    assert!(error.to_string().contains("calendar.events was not granted"), "{error}");
}
