//! How tokens are renewed.

use crate::endpoint::{Endpoint, Fields};
use crate::secrets::{Secrets, Time, access, refresh, tokens};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use std::time::Duration;
use sync_agent::Error;
use sync_agent::net::authorized::AccessTokens;
use sync_agent::oauth::{Sessions, Tokens};
use tokio::net::TcpListener;

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
