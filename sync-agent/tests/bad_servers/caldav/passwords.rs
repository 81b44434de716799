//! Who gets the password.

use super::support::usual;
use crate::script::{Script, multistatus, response};
use axum::response::{IntoResponse, Redirect};
use http::StatusCode;
use sync_agent::Error;
use sync_agent::connector::Connector;

/// Baïkal asks for nothing else unless it is told to.
#[tokio::test]
async fn digest_is_sent_to_who_asks_for_it() {
    let server = Script::start(|asked| {
        let authorization = asked.header("authorization").unwrap();
        if !authorization.starts_with("Digest ") {
            let challenges = [
                ("www-authenticate", "Digest realm=\"dav\", qop=\"auth\", nonce=\"n1\""),
                ("x-other", "-"),
            ];
            return (StatusCode::UNAUTHORIZED, challenges).into_response();
        }
        usual(asked)
    })
    .await;
    let (_, received) = server.pull(None).await.unwrap();
    assert_eq!(received.ids(), ["a.ics", "b.ics"]);
    let asked = server.asked();
    let basic =
        asked.iter().filter(|asked| asked.header("authorization").unwrap().starts_with("Basic"));
    assert_eq!(basic.count(), 1, "it is remembered what the server wants");
    let last = asked.last().unwrap().header("authorization").unwrap();
    for part in ["username=\"alice\"", "uri=\"/cal/\"", "nonce=\"n1\"", "nc=00000005", "qop=auth"] {
        assert!(last.contains(part), "{part} is not in {last}");
    }
    // A wrong password is asked for twice, and no more.
    let server = Script::start(|_| {
        let challenge = [("www-authenticate", "Digest realm=\"dav\", qop=\"auth\", nonce=\"n1\"")];
        (StatusCode::UNAUTHORIZED, challenge)
    })
    .await;
    let error = server.pull(None).await.unwrap_err();
    assert!(matches!(error, Error::NeedsReconnect(_)), "{error:?}");
    assert_eq!(server.asked().len(), 2);
}

#[tokio::test]
async fn no_password_is_told_to_another_host() {
    let other = Script::start(|_| StatusCode::OK).await;
    // Another name for the same address is another host.
    let foreign = other.origin().replace("127.0.0.1", "localhost");
    let redirect = foreign.clone();
    let server = Script::start(move |_| Redirect::temporary(&redirect)).await;
    let error = server.caldav().calendars().await.unwrap_err();
    assert!(matches!(error, Error::Forbidden(_)), "{error:?}");
    let error = server.pull(None).await.unwrap_err();
    assert!(matches!(error, Error::Forbidden(_)), "{error:?}");

    let principal = foreign.clone();
    let server = Script::start(move |_| {
        let found =
            format!("<current-user-principal><href>{principal}/</href></current-user-principal>");
        multistatus(&response("/", &found))
    })
    .await;
    let error = server.caldav().calendars().await.unwrap_err();
    assert!(matches!(error, Error::Forbidden(_)), "{error:?}");
    assert!(other.asked().is_empty());
}

#[tokio::test]
async fn no_password_is_sent_to_another_port() {
    let other = Script::start(|_| StatusCode::OK).await;
    let target = other.origin();
    for redirect in [target.clone(), target.replace("http:", "https:")] {
        let server = Script::start(move |_| Redirect::temporary(&redirect)).await;
        let error = server.caldav().calendars().await.unwrap_err();
        assert!(matches!(error, Error::Forbidden(_)), "{error:?}");
        let error = server.pull(None).await.unwrap_err();
        assert!(matches!(error, Error::Forbidden(_)), "{error:?}");
    }
    assert!(other.asked().is_empty());
}
