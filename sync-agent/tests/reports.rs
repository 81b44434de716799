//! What comes back after a message was sent: Twilio's reports, STOP, and the end of reminders.

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{Method, Request, Response};
use providers::twilio::{self, Answer, Message, OptOut, Sender, Status};
use ring::hmac;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use sync_agent::database;
use sync_agent::net::http::{Http, Limits};
use sync_agent::server::{PublicUrl, Reporting, Reports, Server, Services, Settings, Wake};
use url::Url;
use uuid::Uuid;

const KEY: &str = "MCowBQYDK2VwAyEAA6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=";
const TOKEN: &str = "twilio's secret";
const PUBLIC: &str = "https://agent.example.com/calendar/";
const ID: &str = "01980000-0000-7000-8000-000000000001";

struct NoCalendars;

#[async_trait]
impl Wake for NoCalendars {
    async fn wake_calendar(&self, _: &str, _: &str, _: bool) -> database::Result<bool> {
        Ok(false)
    }

    async fn wake_provider_calendar(&self, _: &str, _: &str) -> database::Result<bool> {
        Ok(false)
    }
}

/// What was stored, as text.
#[derive(Default)]
struct Stored(Mutex<Vec<String>>);

impl Stored {
    fn push(&self, text: String) {
        self.0.lock().unwrap().push(text);
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

#[async_trait]
impl Reports for Stored {
    async fn delivery(
        &self,
        id: Uuid,
        status: &Status,
        problem: Option<&str>,
    ) -> database::Result<bool> {
        self.push(format!("{id} {} {} {}", status.sid, status.status, problem.unwrap_or("-")));
        Ok(true)
    }

    async fn opt_out(&self, found: &OptOut) -> database::Result<()> {
        self.push(format!("{} {}", found.phone, found.is_out));
        Ok(())
    }

    async fn unsubscribe(&self, token: &str) -> database::Result<bool> {
        self.push(token.into());
        Ok(token == "known")
    }
}

struct Running {
    origin: String,
    http: Http,
    stored: Arc<Stored>,
}

impl Running {
    async fn start() -> Self {
        Self::start_as(PUBLIC, 0, TOKEN).await
    }

    async fn start_as(public: &str, port: u16, token: &str) -> Self {
        let settings = Settings {
            public_url: Some(PublicUrl::new(&public.parse().unwrap()).unwrap()),
            ..Settings::new((Ipv4Addr::LOCALHOST, port).into(), KEY.parse().unwrap())
        };
        let server = Server::bind(settings).await.unwrap();
        let origin = format!("http://{}", server.address().unwrap());
        let stored = Arc::<Stored>::default();
        let services = Services {
            wake: Arc::new(NoCalendars),
            health: Arc::default(),
            connecting: None,
            reporting: Some(Reporting {
                reports: Arc::clone(&stored) as Arc<dyn Reports>,
                twilio: Some(token.into()),
            }),
        };
        tokio::spawn(server.serve(services, std::future::pending()));
        let http = Http::new(Limits { allow_private_networks: true, ..Limits::default() }).unwrap();
        Self { origin, http, stored }
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        body: &str,
        headers: &[(&str, &str)],
    ) -> Response<Bytes> {
        let mut request = Request::builder().method(method).uri(format!("{}{path}", self.origin));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.http.send(request.body(body.as_bytes().to_vec()).unwrap()).await.unwrap()
    }

    /// A form as Twilio sends it to a path below the public URL, signed.
    async fn twilio(&self, path: &str, body: &str) -> u16 {
        let signature = signature(&format!("{PUBLIC}{path}"), body);
        let headers = [
            ("x-twilio-signature", signature.as_str()),
            ("content-type", "application/x-www-form-urlencoded"),
        ];
        self.send(Method::POST, &format!("/{path}"), body, &headers).await.status().as_u16()
    }
}

fn signature(url: &str, body: &str) -> String {
    let mut fields: Vec<_> = url::form_urlencoded::parse(body.as_bytes()).collect();
    fields.sort();
    let fields: String = fields.iter().map(|(name, value)| format!("{name}{value}")).collect();
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, TOKEN.as_bytes());
    STANDARD.encode(hmac::sign(&key, format!("{url}{fields}").as_bytes()))
}

#[tokio::test]
async fn what_twilio_reports_is_stored() {
    let running = Running::start().await;
    let path = format!("twilio/status/{ID}");
    let body = "MessageSid=SM1&MessageStatus=delivered&To=%2B15005550006";
    assert_eq!(running.twilio(&path, body).await, 204);
    let body = "MessageSid=SM1&MessageStatus=undelivered&ErrorCode=30003";
    assert_eq!(running.twilio(&format!("{path}?a=1"), body).await, 204);
    assert_eq!(running.twilio(&path, "MessageSid=SM1").await, 400);
    let expected = [
        format!("{ID} SM1 delivered -"),
        format!("{ID} SM1 undelivered Twilio reports error 30003"),
    ];
    assert_eq!(running.stored.take(), expected);
}

#[tokio::test]
async fn stop_and_start_are_stored_and_other_texts_are_not() {
    let running = Running::start().await;
    for body in [
        "From=%2B15005550006&Body=Stop",
        "From=%2B15005550006&Body=START",
        "From=%2B15005550006&Body=Can+we+stop+by%3F",
    ] {
        assert_eq!(running.twilio("twilio/inbound", body).await, 200);
    }
    assert_eq!(running.stored.take(), ["+15005550006 true", "+15005550006 false"]);
}

#[tokio::test]
async fn what_twilio_has_not_signed_is_refused() {
    let running = Running::start().await;
    let body = "MessageSid=SM1&MessageStatus=delivered";
    let path = format!("/twilio/status/{ID}");
    let of_another = signature(&format!("{PUBLIC}twilio/status/{}", ID.replace('1', "2")), body);
    for headers in [
        &[][..],
        &[("x-twilio-signature", "")],
        &[("x-twilio-signature", "AAAA")],
        &[("x-twilio-signature", of_another.as_str())],
    ] {
        let answer = running.send(Method::POST, &path, body, headers).await;
        assert_eq!(answer.status(), 403, "{headers:?}");
    }
    let answer = running.send(Method::POST, "/twilio/inbound", "From=%2B1&Body=STOP", &[]).await;
    assert_eq!(answer.status(), 403);
    assert_eq!(running.stored.take(), [""; 0]);
}

#[tokio::test]
async fn reminders_end_by_a_post_and_not_by_a_look() {
    let running = Running::start().await;
    let page = running.send(Method::GET, "/unsubscribe/known", "", &[]).await;
    assert_eq!(page.status(), 200);
    assert!(String::from_utf8_lossy(page.body()).contains("<form method=\"post\">"));
    assert_eq!(page.headers()["referrer-policy"], "no-referrer");
    assert_eq!(running.stored.take(), [""; 0]);
    let one_click = "List-Unsubscribe=One-Click";
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let done = running.send(Method::POST, "/unsubscribe/known", one_click, &form).await;
    assert_eq!(done.status(), 200);
    assert!(String::from_utf8_lossy(done.body()).contains("no more reminders"));
    // The proxy may pass the public URL's path on.
    let unknown = running.send(Method::POST, "/calendar/unsubscribe/other", one_click, &form).await;
    assert_eq!(unknown.status(), 404);
    assert_eq!(running.stored.take(), ["known", "other"]);
    let german = [("accept-language", "xx, de-CH;q=0.9, en;q=0.8")];
    let page = running.send(Method::GET, "/unsubscribe/known", "", &german).await;
    let page = String::from_utf8_lossy(page.body()).into_owned();
    assert!(page.contains("<html lang=\"de\">") && page.contains("Erinnerungen"), "{page}");
}

/// Twilio as the package `emulate` plays it: its requests to us have signatures that are not ours.
struct Emulated {
    origin: Url,
    http: Http,
}

impl Emulated {
    const ACCOUNT: &str = "AC00000000000000000000000000000000";
    const TOKEN: &str = "twilio_test_auth_token";
    const NUMBER: &str = "+15005550001";

    async fn post(&self, path: &str, fields: &[(&str, &str)]) -> u16 {
        let body =
            url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let credential = STANDARD.encode(format!("{}:{}", Self::ACCOUNT, Self::TOKEN));
        let request = Request::post(self.origin.join(path).unwrap().as_str())
            .header("authorization", format!("Basic {credential}"))
            .header("content-type", "application/x-www-form-urlencoded");
        let answer = self.http.send(request.body(body.into_bytes()).unwrap()).await.unwrap();
        answer.status().as_u16()
    }
}

/// `scripts/check-fakes twilio` starts `emulate`, at the origin that CALENDAR_TEST_EMULATE names, and
/// puts Prism before it, at the one that CALENDAR_TEST_TWILIO names.
#[tokio::test]
#[ignore = "needs Prism and emulate: scripts/check-fakes twilio"]
async fn through_prism() {
    let origin = |name: &str| -> Url { std::env::var(name).expect(name).parse().unwrap() };
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap();
    let public = format!("http://{free}/");
    let running = Running::start_as(&public, free.port(), Emulated::TOKEN).await;
    let emulated = Emulated { origin: origin("CALENDAR_TEST_EMULATE"), http: running.http.clone() };

    let numbers = format!("/2010-04-01/Accounts/{}/IncomingPhoneNumbers.json", Emulated::ACCOUNT);
    let inbound = format!("{public}twilio/inbound");
    let number = [("PhoneNumber", Emulated::NUMBER), ("SmsUrl", inbound.as_str())];
    assert_eq!(emulated.post(&numbers, &number).await, 201);

    let sender = Sender {
        base_url: &origin("CALENDAR_TEST_TWILIO"),
        account_sid: Emulated::ACCOUNT,
        auth_token: Emulated::TOKEN,
        from: Emulated::NUMBER,
    };
    let message = Message {
        to: "+15005550006",
        body: "Tuesday & more: é😀",
        status_callback: Some(&format!("{public}twilio/status/{ID}")),
        valid: Duration::from_secs(3600),
    };
    let answer = running.http.send(twilio::send(&sender, &message).unwrap()).await.unwrap();
    let answer = twilio::answer(answer.status(), answer.headers(), answer.body());
    let Answer::Accepted(sid) = answer else { panic!("{answer:?}") };

    // Not through Prism: Twilio does not describe its refusals.
    let refused = Sender { base_url: &emulated.origin, from: "+15005550002", ..sender };
    let answer = running.http.send(twilio::send(&refused, &message).unwrap()).await.unwrap();
    let answer = twilio::answer(answer.status(), answer.headers(), answer.body());
    assert!(matches!(answer, Answer::Never(_)), "{answer:?}");

    for status in ["delivered", "undelivered"] {
        let fields = [("MessageSid", sid.as_str()), ("Status", status)];
        assert_eq!(emulated.post("/_twilio/simulate/message-status", &fields).await, 200);
    }
    for word in ["STOP", "start"] {
        let fields = [("To", Emulated::NUMBER), ("From", "+15005550006"), ("Body", word)];
        assert_eq!(emulated.post("/_twilio/simulate/inbound-message", &fields).await, 201);
    }
    let of_message = |status: &str| format!("{ID} {sid} {status} -");
    let expected = [
        of_message("queued"),
        of_message("delivered"),
        of_message("undelivered"),
        "+15005550006 true".into(),
        "+15005550006 false".into(),
    ];
    assert_eq!(running.stored.take(), expected);
}
