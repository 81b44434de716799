//! Text messages by Twilio.

use crate::server::Answers;
use crate::support::{ID, config, notification, runtime};
use serde_json::Value;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use sync_agent::config::Config;
use sync_agent::notify::{Notifier, Outcome, Then};
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpListener;

const ACCEPTED: &str = r#"{"sid":"SM1","status":"queued"}"#;

fn twilio(base: &str, more: &[(&str, &str)]) -> Config {
    let mut variables = vec![
        ("SYNC_AGENT_TWILIO_ACCOUNT_SID", "AC1"),
        ("SYNC_AGENT_TWILIO_AUTH_TOKEN", "secret"),
        ("SYNC_AGENT_TWILIO_FROM", "+15005550001"),
        ("SYNC_AGENT_TWILIO_BASE_URL", base),
        ("SYNC_AGENT_HTTP_PUBLIC_URL", "https://agent.example.com/calendar"),
        ("SYNC_AGENT_ALLOW_PRIVATE_NETWORKS", "true"),
    ];
    variables.extend(more);
    config(&variables)
}

fn sms(document: &mut Value) {
    document["channel"] = "sms".into();
}

async fn send(config: &Config) -> Outcome {
    let notifier = Notifier::new(config, Arc::default()).unwrap();
    notifier.send(&notification(sms)).await
}

#[test]
fn an_sms_is_handed_to_twilio_with_where_to_report() {
    runtime().block_on(async {
        let server = Answers::start(201, ACCEPTED, &[]).await;
        assert_eq!(send(&twilio(&server.base, &[])).await, Outcome::Sent(Some("SM1".into())));
        let asked = server.asked();
        assert_eq!(asked[0].path, "/2010-04-01/Accounts/AC1/Messages.json");
        let form: HashMap<_, _> =
            url::form_urlencoded::parse(&asked[0].body).into_owned().collect();
        assert_eq!(form["To"], "+15005550006");
        assert_eq!(
            form["Body"],
            "Confirmed: First call with Ada Brooks, Tue, Dec 1, 2026, 2:30 PM EST."
        );
        let callback = format!("https://agent.example.com/calendar/twilio/status/{ID}");
        assert_eq!(form["StatusCallback"], callback);
    });
}

#[test]
fn an_sms_goes_to_the_number_that_tries_things_out() {
    runtime().block_on(async {
        let server = Answers::start(201, ACCEPTED, &[]).await;
        let redirected = [("SYNC_AGENT_MESSAGES_REDIRECT_SMS_TO", "+15005550009")];
        send(&twilio(&server.base, &redirected)).await;
        let body = String::from_utf8(server.asked()[0].body.clone()).unwrap();
        assert!(body.starts_with("To=%2B15005550009&"), "{body}");
    });
}

#[test]
fn what_follows_an_answer_of_twilio() {
    for (status, body, expected) in [
        (400, r#"{"code":21610,"message":"x","status":400}"#, Then::Suppress),
        (400, r#"{"code":21211,"message":"x","status":400}"#, Then::Final),
        (
            429,
            r#"{"code":20429,"message":"x","status":429}"#,
            Then::Retry(Some(Duration::from_secs(7))),
        ),
        (
            500,
            r#"{"code":20500,"message":"x","status":500}"#,
            Then::Retry(Some(Duration::from_secs(7))),
        ),
        (502, "bad gateway", Then::Unknown),
        (200, "<html>", Then::Unknown),
    ] {
        runtime().block_on(async {
            let server = Answers::start(status, body, &[("retry-after", "7")]).await;
            let outcome = send(&twilio(&server.base, &[])).await;
            let Outcome::Failed { then, .. } = outcome else { panic!("{status}: {outcome:?}") };
            assert_eq!(then, expected, "{status} {body}");
            assert_eq!(server.asked().len(), 1, "{status}: it is not repeated");
        });
    }
}

/// Whether it arrived is known only if there was no connection.
#[test]
fn an_sms_is_tried_again_only_if_it_cannot_have_arrived() {
    runtime().block_on(async {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let config = twilio(&base, &[]);
        let closing = async {
            let (mut stream, _) = listener.accept().await.unwrap();
            let _ = stream.read(&mut [0; 64]).await;
            drop(stream);
        };
        let (outcome, ()) = tokio::join!(send(&config), closing);
        assert!(matches!(outcome, Outcome::Failed { then: Then::Unknown, .. }), "{outcome:?}");
        drop(listener);
        let outcome = send(&config).await;
        assert!(matches!(outcome, Outcome::Failed { then: Then::Retry(_), .. }), "{outcome:?}");
    });
}
