//! Webhooks, read by the library of Standard Webhooks.

use crate::server::Answers;
use crate::support::{ID, config, notification, runtime};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use engine::mac::MacKey;
use serde_json::{Value, json};
use std::sync::Arc;
use sync_agent::notify::{Notifier, Outcome, Then};

const SECRETS: [&[u8; 32]; 2] =
    [b"0123456789abcdef0123456789abcdef", b"abcdef0123456789abcdef0123456789"];

fn webhook(url: String) -> impl FnOnce(&mut Value) {
    let keys = SECRETS.map(|secret| STANDARD.encode(MacKey::new(secret).to_bytes()));
    move |document| {
        document["channel"] = "webhook".into();
        document["to"] = Value::Null;
        document["webhook"] = json!({
            "url": url, "keys": keys, "type": "booking.booked", "data": {"title": "Zoë\u{1f600}"}
        });
    }
}

async fn send(url: String, allowed: &str) -> Outcome {
    let config = config(&[("SYNC_AGENT_ALLOW_PRIVATE_NETWORKS", allowed)]);
    let notifier = Notifier::new(&config, Arc::default()).unwrap();
    notifier.send(&notification(webhook(url))).await
}

#[test]
fn a_receiver_believes_a_webhook_by_the_old_secret_and_by_the_new() {
    runtime().block_on(async {
        let server = Answers::start(204, "", &[]).await;
        let outcome = send(format!("{}/hook?a=1", server.base), "true").await;
        assert_eq!(outcome, Outcome::Sent(Some("204".into())));
        let asked = &server.asked()[0];
        for secret in SECRETS {
            let receiver = standardwebhooks::Webhook::from_bytes(secret.to_vec()).unwrap();
            receiver.verify(&asked.body, &asked.headers).unwrap();
        }
        let stranger = standardwebhooks::Webhook::from_bytes(b"another".to_vec()).unwrap();
        assert!(stranger.verify(&asked.body, &asked.headers).is_err());
        let id = format!("msg_{}", ID.replace('-', ""));
        assert_eq!(asked.headers["webhook-id"], id.as_str());
        let body: Value = serde_json::from_slice(&asked.body).unwrap();
        assert_eq!(body["type"], "booking.booked");
        assert_eq!(body["timestamp"], "2026-11-20T15:00:00Z");
        assert_eq!(body["data"]["title"], "Zoë\u{1f600}");
    });
}

#[test]
fn a_redirect_is_not_followed_and_410_disables() {
    runtime().block_on(async {
        let target = Answers::start(204, "", &[]).await;
        let location = [("location", target.base.clone().leak() as &'static str)];
        let server = Answers::start(307, "", Box::leak(Box::new(location))).await;
        let outcome = send(server.base.clone(), "true").await;
        assert!(matches!(outcome, Outcome::Failed { then: Then::Retry(None), .. }), "{outcome:?}");
        assert!(target.asked().is_empty());
        let gone = Answers::start(410, "", &[]).await;
        let outcome = send(gone.base.clone(), "true").await;
        assert!(matches!(outcome, Outcome::Failed { then: Then::Disable, .. }), "{outcome:?}");
    });
}

#[test]
fn an_internal_address_is_not_asked() {
    runtime().block_on(async {
        let server = Answers::start(204, "", &[]).await;
        let port = server.base.rsplit_once(':').unwrap().1.to_owned();
        for url in [
            server.base.clone(),
            format!("https://127.0.0.1:{port}/"),
            format!("https://localhost:{port}/"),
            format!("https://[::ffff:10.0.0.1]:{port}/"),
            "https://169.254.169.254/latest/meta-data".into(),
        ] {
            let outcome = send(url.clone(), "false").await;
            let Outcome::Failed { problem, then } = outcome else { panic!("{url}: {outcome:?}") };
            assert_eq!(then, Then::Retry(None), "{url}");
            assert!(problem.starts_with("refusing to contact "), "{url}: {problem}");
        }
        assert!(server.asked().is_empty());
    });
}
