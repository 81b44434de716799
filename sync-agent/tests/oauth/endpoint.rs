//! A token endpoint.

use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};
use providers::AuthorizationServer;
use serde_json::{Value, json};
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use sync_agent::net::http::{Http, Limits};
use sync_agent::oauth::Application;
use tokio::net::TcpListener;
use url::Url;

pub(crate) type Fields = BTreeMap<String, String>;

/// A provider's token endpoint: `refresh-0` is taken first, then what it gave.
#[derive(Clone, Default)]
pub(crate) struct Endpoint(Arc<Mutex<EndpointState>>);

#[derive(Default)]
pub(crate) struct EndpointState {
    pub(crate) taken: usize,
    pub(crate) heard: Vec<Fields>,
    pub(crate) refusals: VecDeque<(StatusCode, Value)>,
    pub(crate) keeps_refresh_token: bool,
    pub(crate) hides_refresh_token_once: bool,
    pub(crate) scope: Option<String>,
}

impl Endpoint {
    pub(crate) async fn start(&self) -> Url {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/token", listener.local_addr().unwrap());
        let router = Router::new().route("/token", post(answer)).with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        url.parse().unwrap()
    }

    pub(crate) fn with<T>(&self, act: impl FnOnce(&mut EndpointState) -> T) -> T {
        act(&mut self.0.lock().unwrap())
    }

    pub(crate) fn refuse(&self, status: u16, body: Value) {
        self.with(|e| e.refusals.push_back((StatusCode::from_u16(status).unwrap(), body)));
    }

    pub(crate) fn heard(&self) -> Vec<Fields> {
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

pub(crate) fn application(token_url: Url) -> Application {
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

pub(crate) fn http() -> Http {
    Http::new(Limits { allow_private_networks: true, ..Limits::default() }).unwrap()
}
