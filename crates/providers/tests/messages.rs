//! Twilio and Standard Webhooks: requests, answers and signatures.

use calendar_providers::{standard_webhook, twilio};
use engine::mac::MacKey;
use http::{HeaderMap, HeaderValue, StatusCode};
use serde_json::json;
use std::time::Duration;
use url::Url;

const TOKEN: &str = "authtoken";

fn sender<'a>(base_url: &'a Url, from: &'static str) -> twilio::Sender<'a> {
    twilio::Sender { base_url, account_sid: "AC0123", auth_token: TOKEN, from }
}

fn form(body: &[u8]) -> Vec<(String, String)> {
    url::form_urlencoded::parse(body).into_owned().collect()
}

#[test]
fn a_text_message_is_a_form() {
    let base = Url::parse(twilio::BASE).expect("a URL");
    let message = twilio::Message {
        to: "+15005550006",
        body: "Tuesday & more: é😀",
        status_callback: Some("https://agent.example.com/twilio/status/1"),
        valid: Duration::from_secs(90_000),
    };
    let request = twilio::send(&sender(&base, "+15005550001"), &message).expect("a request");
    assert_eq!(
        request.uri().to_string(),
        "https://api.twilio.com/2010-04-01/Accounts/AC0123/Messages.json"
    );
    assert_eq!(request.headers()["authorization"], "Basic QUMwMTIzOmF1dGh0b2tlbg==");
    let fields = form(request.body());
    let expected = [
        ("To", "+15005550006"),
        ("From", "+15005550001"),
        ("Body", "Tuesday & more: é😀"),
        ("StatusCallback", "https://agent.example.com/twilio/status/1"),
        ("ValidityPeriod", "36000"),
    ];
    assert_eq!(fields, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    let service = twilio::send(&sender(&base, "MG77"), &message).expect("a request");
    assert!(form(service.body()).contains(&("MessagingServiceSid".into(), "MG77".into())));
}

#[test]
fn answers_of_twilio_are_final_only_where_it_says_so() {
    let none = HeaderMap::new();
    let answer = |status: u16, body: serde_json::Value| {
        let status = StatusCode::from_u16(status).expect("a status");
        twilio::answer(status, &none, body.to_string().as_bytes())
    };
    let code = |code: u32| json!({"code": code, "message": "To +15005550006 …", "status": 400});
    assert_eq!(
        answer(201, json!({"sid": "SM1", "status": "queued"})),
        twilio::Answer::Accepted("SM1".into())
    );
    assert!(matches!(answer(201, json!("<html>")), twilio::Answer::Unknown(_)));
    assert_eq!(answer(400, code(21610)), twilio::Answer::OptedOut);
    assert!(matches!(answer(400, code(21211)), twilio::Answer::Never(_)));
    assert!(matches!(answer(429, code(20429)), twilio::Answer::Later { .. }));
    assert!(matches!(answer(401, code(20003)), twilio::Answer::Later { .. }));
    assert!(matches!(answer(503, code(20503)), twilio::Answer::Later { .. }));
    // A proxy in between may have passed the message on.
    assert!(matches!(answer(502, json!("bad gateway")), twilio::Answer::Unknown(_)));
    let twilio::Answer::Never(problem) = answer(400, code(21211)) else { panic!("final") };
    assert!(!problem.contains("5005550006"), "{problem}");
    let headers =
        HeaderMap::from_iter([(http::header::RETRY_AFTER, HeaderValue::from_static("7"))]);
    let later = twilio::answer(StatusCode::TOO_MANY_REQUESTS, &headers, b"{}");
    let twilio::Answer::Later { retry_after, .. } = later else { panic!("later") };
    assert_eq!(retry_after, Some(Duration::from_secs(7)));
}

#[test]
fn what_twilio_signs_is_known_and_nothing_else() {
    let url = Url::parse("https://agent.example.com/twilio/status?booking=7").expect("a URL");
    let body = b"MessageStatus=delivered&To=%2B15005550006&MessageSid=SM123";
    let signature = b"B58WIe9P7kRI9ITrKBgQWQW+Zd4=";
    assert!(twilio::has_signed(TOKEN, &url, body, signature));
    assert!(!twilio::has_signed("other", &url, body, signature));
    assert!(!twilio::has_signed(
        TOKEN,
        &url,
        b"MessageStatus=failed&To=%2B1&MessageSid=SM123",
        signature
    ));
    let other = Url::parse("https://agent.example.com/twilio/status?booking=8").expect("a URL");
    assert!(!twilio::has_signed(TOKEN, &other, body, signature));
    for wrong in [&b""[..], b"B58WIe9P7kRI9ITrKBgQWQW", b"no base64", b"AAAA"] {
        assert!(!twilio::has_signed(TOKEN, &url, body, wrong));
    }
}

/// The example of Twilio's documentation.
#[test]
fn the_example_of_twilios_documentation_is_signed() {
    let url = Url::parse("https://mycompany.com/myapp.php?foo=1&bar=2").expect("a URL");
    let body = b"CallSid=CA1234567890ABCDE&Caller=%2B14158675309&Digits=1234\
                 &From=%2B14158675309&To=%2B18005551212";
    assert!(twilio::has_signed("12345", &url, body, b"RSOYDt4T1cUTdK1PDd93/VVr8B8="));
}

#[test]
fn reports_and_stops_are_read() {
    let body = b"SmsSid=SM1&SmsStatus=undelivered&MessageStatus=undelivered&MessageSid=SM1&ErrorCode=30003";
    let status = twilio::status(body).expect("a status");
    assert_eq!((status.sid.as_str(), status.status.as_str()), ("SM1", "undelivered"));
    assert_eq!(status.error_code.as_deref(), Some("30003"));
    assert_eq!(twilio::status(b"MessageSid=SM1"), None);
    let out = |body: &[u8]| twilio::opt_out(body).map(|found| (found.phone, found.is_out));
    assert_eq!(out(b"From=%2B15005550006&Body=+stop+"), Some(("+15005550006".into(), true)));
    assert_eq!(out(b"From=%2B1&Body=Ok&OptOutType=STOP"), Some(("+1".into(), true)));
    assert_eq!(out(b"From=%2B1&Body=Start"), Some(("+1".into(), false)));
    assert_eq!(out(b"From=%2B1&Body=I+cannot+stop"), None);
    assert_eq!(out(b"From=%2B1&OptOutType=HELP&Body=HELP"), None);
    assert_eq!(out(b"Body=STOP"), None);
}

#[test]
fn a_webhook_is_signed_by_each_key() {
    let key = MacKey::new(b"0123456789abcdef0123456789abcdef");
    let body = r#"{"type":"booking.created","data":{"id":1}}"#;
    let signature = "v1,S6yHHcnUkSUCSgpH6GW7TXjYZnulHS8bANSmpYmu464=";
    let made =
        standard_webhook::signatures(std::slice::from_ref(&key), "msg_test1", 1_700_000_000, body);
    assert_eq!(made, signature);
    let url = Url::parse("https://hooks.example.com/x").expect("a URL");
    let keys = [MacKey::new(b"another secret of enough bytes"), key];
    let webhook = standard_webhook::Webhook { url: &url, id: "msg_test1", keys: &keys, body };
    let request = standard_webhook::request(&webhook, 1_700_000_000).expect("a request");
    let both = request.headers()["webhook-signature"].to_str().expect("text");
    assert_eq!(both.split(' ').count(), 2);
    assert!(both.ends_with(signature));
    assert_eq!(request.headers()["webhook-timestamp"], "1700000000");
    assert_eq!(request.body(), body.as_bytes());
}

#[test]
fn the_body_names_the_event_first() {
    let body = standard_webhook::body("booking.booked", "2026-11-20T10:00:00Z", &json!({"a": 1}));
    assert_eq!(
        body,
        r#"{"type":"booking.booked","timestamp":"2026-11-20T10:00:00Z","data":{"a":1}}"#
    );
}

#[test]
fn answers_of_receivers() {
    let none = HeaderMap::new();
    let answer = |status: u16| {
        standard_webhook::answer(StatusCode::from_u16(status).expect("a status"), &none)
    };
    assert_eq!(answer(204), standard_webhook::Answer::Received);
    assert_eq!(answer(410), standard_webhook::Answer::Gone);
    for later in [301, 307, 400, 401, 404, 429, 500, 503] {
        assert!(matches!(answer(later), standard_webhook::Answer::Later { .. }), "{later}");
    }
}
