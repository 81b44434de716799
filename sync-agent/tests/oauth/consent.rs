//! A consent in a browser.

use crate::endpoint::{Endpoint, Fields, application, http};
use secrecy::ExposeSecret;
use std::sync::Mutex;
use sync_agent::Result;
use sync_agent::net::http::Http;
use sync_agent::oauth::consent;
use url::Url;

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
