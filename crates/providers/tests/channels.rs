//! Channels through which providers tell of changes.

mod support;

use calendar_providers::microsoft::{Graph, handshake, read_notifications, read_subscription};
use calendar_providers::{Channel, Watch, ghl, google, microsoft};
use engine::time::parse_instant;
use http::{HeaderMap, HeaderValue, Request, header};
use proptest::prelude::*;
use serde_json::{Value, json};
use support::read_as_expected;
use url::Url;
use uuid::Uuid;

#[test]
fn answers_and_notifications_are_read_as_expected() {
    read_as_expected("channels", 17, |kind, body| {
        let read = match kind {
            "channel" => google::read_channel(body).map(|channel| told(&channel)),
            "subscription" => read_subscription(body).map(|subscription| {
                let mut told = told(&subscription.channel);
                told["address"] = subscription.address.into();
                told
            }),
            "notifications" => read_notifications(body).map(|all| {
                let one = |one: &microsoft::Notification| json!({"id": one.subscription_id, "secret": one.secret, "is_ending": one.is_ending});
                all.iter().map(one).collect()
            }),
            "webhook" => ghl::changed_calendar(body).map(|calendar| json!({"calendar": calendar})),
            other => panic!("{other} is nothing that is said"),
        };
        read.unwrap_or_else(|malformed| json!({"malformed": malformed.0}))
    });
}

fn told(channel: &Channel) -> Value {
    json!({"id": channel.id, "resource_id": channel.resource_id,
           "expires_at": channel.expires_at.utc().and_utc().to_rfc3339()})
}

fn watch(current: Option<Channel>) -> Watch {
    Watch {
        id: Uuid::from_u128(0xc0ffee),
        address: Url::parse("https://agent.example.com/hooks/google").unwrap(),
        secret: "hush".into(),
        current,
        now: parse_instant("2026-11-21T12:00:00Z").unwrap(),
    }
}

/// A request in a line, and its body.
fn said(request: &Request<Vec<u8>>) -> (String, Value) {
    let body = request.body();
    assert_eq!(
        request.headers().get(header::CONTENT_TYPE).map(|v| v.to_str().unwrap()),
        (!body.is_empty()).then_some("application/json")
    );
    let line = format!("{} {}", request.method(), request.uri());
    (line, serde_json::from_slice(body).unwrap_or_default())
}

#[test]
fn google_is_asked_as_it_documents() {
    let base = Url::parse(google::BASE).unwrap();
    let (line, body) = said(&google::watch(&base, "ada@example.org", &watch(None)));
    assert_eq!(
        line,
        "POST https://www.googleapis.com/calendar/v3/calendars/ada@example.org/events/watch"
    );
    assert_eq!(
        body,
        json!({"id": "00000000-0000-0000-0000-000000c0ffee", "type": "web_hook",
               "address": "https://agent.example.com/hooks/google", "token": "hush",
               "expiration": "1795867200000"})
    );
    let channel = Channel {
        id: "c".into(),
        resource_id: Some("r".into()),
        expires_at: parse_instant("2026-11-28T12:00:00Z").unwrap(),
    };
    let (line, body) = said(&google::stop(&base, &channel));
    assert_eq!(line, "POST https://www.googleapis.com/calendar/v3/channels/stop");
    assert_eq!(body, json!({"id": "c", "resourceId": "r"}));
}

#[test]
fn microsoft_is_asked_as_it_documents() {
    let graph = Graph::new(Url::parse(microsoft::BASE).unwrap());
    let (line, body) = said(&graph.subscribe("AAMk=", &watch(None)).unwrap());
    assert_eq!(line, "POST https://graph.microsoft.com/v1.0/subscriptions");
    // 4230 minutes.
    let ends = "2026-11-24T10:30:00Z";
    assert_eq!(
        body,
        json!({"changeType": "created,updated,deleted",
               "notificationUrl": "https://agent.example.com/hooks/google",
               "lifecycleNotificationUrl": "https://agent.example.com/hooks/google",
               "resource": "/me/calendars/AAMk=/events", "expirationDateTime": ends,
               "clientState": "hush"})
    );
    let (line, body) = said(&graph.prolong("s/1", watch(None).now).unwrap());
    assert_eq!(line, "PATCH https://graph.microsoft.com/v1.0/subscriptions/s%2F1");
    assert_eq!(body, json!({"expirationDateTime": ends}));
    let (line, body) = said(&graph.unsubscribe("s").unwrap());
    assert_eq!(line, "DELETE https://graph.microsoft.com/v1.0/subscriptions/s");
    assert_eq!(body, Value::Null);
}

#[test]
fn a_handshake_repeats_the_decoded_token() {
    for (query, token) in [
        ("validationToken=abc", Some("abc")),
        (
            "validationToken=Validation%3a+Testing+client%20application",
            Some("Validation: Testing client application"),
        ),
        ("from=proxy&validationToken=a%2Bb%26c%3Dd", Some("a+b&c=d")),
        ("validationToken=", Some("")),
        ("validationtoken=abc", None),
        ("token=validationToken", None),
        ("", None),
    ] {
        assert_eq!(handshake(query).as_deref(), token, "{query}");
    }
}

#[test]
fn a_notification_of_google_is_in_its_headers() {
    let headers = |pairs: &[(&'static str, &str)]| -> HeaderMap {
        pairs.iter().map(|(k, v)| (k.parse().unwrap(), HeaderValue::from_str(v).unwrap())).collect()
    };
    let whole = [
        ("X-Goog-Channel-ID", "c"),
        ("X-Goog-Channel-Token", "hush"),
        ("X-Goog-Message-Number", "1"),
        ("X-Goog-Resource-ID", "r"),
        ("X-Goog-Resource-State", "sync"),
        ("X-Goog-Resource-URI", "https://www.googleapis.com/calendar/v3/calendars/primary/events"),
    ];
    let sync = headers(&whole);
    let told = google::Notification::read(&sync).unwrap();
    assert_eq!((told.channel_id, told.secret, told.is_sync), ("c", "hush", true));
    for state in ["exists", "not_exists", "something_new"] {
        let mut change = sync.clone();
        change.insert("x-goog-resource-state", state.parse().unwrap());
        assert!(!google::Notification::read(&change).unwrap().is_sync, "{state}");
    }
    for absent in [0, 1, 4] {
        let mut pairs = whole.to_vec();
        pairs.remove(absent);
        assert!(google::Notification::read(&headers(&pairs)).is_none(), "{absent}");
    }
    let mut odd = sync.clone();
    odd.insert("x-goog-channel-token", HeaderValue::from_bytes(b"\xff").unwrap());
    assert!(google::Notification::read(&odd).is_none());
}

#[test]
fn google_says_where_it_never_tells() {
    let refusal = json!({"error": {"code": 400, "message": "Push notifications are not supported by this resource.",
        "errors": [{"domain": "global", "reason": "pushNotSupportedForRequestedResource"}]}});
    assert!(google::Problem::read(refusal.to_string().as_bytes()).is_without_push());
    let other = json!({"error": {"code": 400, "errors": [{"domain": "global", "reason": "channelIdNotUnique"}]}});
    assert!(!google::Problem::read(other.to_string().as_bytes()).is_without_push());
}

proptest! {
    #[test]
    fn nothing_that_is_said_ends_in_a_panic(
        body in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..64),
            "\\{\"(value|kind|id|expiration|appointment)\": ?[\\[{\"0-9]?.{0,20}\\}".prop_map(String::into_bytes),
        ],
        expiration in any::<f64>(),
    ) {
        let _ = (google::read_channel(&body), read_subscription(&body), read_notifications(&body));
        let _ = (ghl::changed_calendar(&body), handshake(&String::from_utf8_lossy(&body)));
        let channel = json!({"kind": "api#channel", "id": "c", "expiration": expiration});
        let _ = google::read_channel(channel.to_string().as_bytes());
    }
}
