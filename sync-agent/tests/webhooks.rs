//! What the webhook server answers, and what it lets through.

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{Method, Request, Response};
use providers::ghl::WEBHOOK_KEY;
use ring::signature::{Ed25519KeyPair, KeyPair};
use serde_json::json;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use sync_agent::database;
use sync_agent::net::http::{Http, Limits};
use sync_agent::server::{Key, Server, Services, Settings, Wake};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// The key of which only the test has the other half.
const KEY: &str = "MCowBQYDK2VwAyEAA6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=";

/// A server, and what it wakes: a calendar with the channel `c` and the secret `s`, and
/// GoHighLevel's `cal1`.
struct Hooks {
    address: SocketAddr,
    woken: Arc<Mutex<Vec<String>>>,
    database: Arc<Mutex<Is>>,
    http: Http,
    task: JoinHandle<()>,
}

/// How the database is.
#[derive(Clone, Copy)]
enum Is {
    Up,
    Away,
    Stuck,
    Refusing(&'static str),
}

struct Calendars {
    woken: Arc<Mutex<Vec<String>>>,
    database: Arc<Mutex<Is>>,
}

impl Calendars {
    async fn wake(&self, is_known: bool, what: String) -> database::Result<bool> {
        let is = *self.database.lock().unwrap();
        match is {
            Is::Up => {}
            Is::Away => return Err(database::Error::Away("the plug".into())),
            Is::Stuck => std::future::pending().await,
            Is::Refusing(code) => {
                let (code, message) = (code.into(), "no".into());
                return Err(database::Error::Refused { code, message, detail: None });
            }
        }
        if is_known {
            self.woken.lock().unwrap().push(what);
        }
        Ok(is_known)
    }
}

#[async_trait]
impl Wake for Calendars {
    async fn wake_calendar(
        &self,
        channel_id: &str,
        secret: &str,
        renew: bool,
    ) -> database::Result<bool> {
        let what = if renew { format!("{channel_id} renew") } else { channel_id.to_owned() };
        self.wake((channel_id, secret) == ("c", "s"), what).await
    }

    async fn wake_provider_calendar(
        &self,
        provider: &str,
        external_calendar_id: &str,
    ) -> database::Result<bool> {
        let is_known = (provider, external_calendar_id) == ("ghl", "cal1");
        self.wake(is_known, external_calendar_id.to_owned()).await
    }
}

impl Hooks {
    async fn start() -> Self {
        Self::start_until(CancellationToken::new()).await
    }

    async fn start_until(stop: CancellationToken) -> Self {
        let listen = (Ipv4Addr::LOCALHOST, 0).into();
        let settings = Settings::new(listen, KEY.parse().unwrap());
        let server = Server::bind(settings).await.unwrap();
        let address = server.address().unwrap();
        let (woken, database) = (Arc::default(), Arc::new(Mutex::new(Is::Up)));
        let calendars = Calendars { woken: Arc::clone(&woken), database: Arc::clone(&database) };
        let services = Services {
            wake: Arc::new(calendars),
            health: Arc::default(),
            connecting: None,
            reporting: None,
        };
        let task = tokio::spawn(server.serve(services, stop.cancelled_owned()));
        let http = Http::new(Limits { allow_private_networks: true, ..Limits::default() }).unwrap();
        Self { address, woken, database, http, task }
    }

    /// What came since the last look.
    fn woken(&self) -> Vec<String> {
        std::mem::take(&mut self.woken.lock().unwrap())
    }

    fn database_is(&self, is: Is) {
        *self.database.lock().unwrap() = is;
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Response<Bytes> {
        let mut request =
            Request::builder().method(method).uri(format!("http://{}{path}", self.address));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.http.send(request.body(body.to_vec()).unwrap()).await.unwrap()
    }

    /// A notification of Google's; gives the status of the answer, which has no body.
    async fn google(&self, id: &str, token: Option<&str>, state: &str) -> u16 {
        let mut headers = vec![
            ("X-Goog-Channel-ID", id),
            ("X-Goog-Message-Number", "2"),
            ("X-Goog-Resource-ID", "r"),
            ("X-Goog-Resource-State", state),
        ];
        headers.extend(token.map(|token| ("X-Goog-Channel-Token", token)));
        silent(&self.send(Method::POST, "/webhooks/google", &headers, b"").await)
    }

    async fn microsoft(&self, body: &[u8]) -> u16 {
        let headers = [("Content-Type", "application/json; charset=utf-8")];
        silent(&self.send(Method::POST, "/webhooks/microsoft", &headers, body).await)
    }

    async fn ghl(&self, body: &str, signature: Option<&str>) -> u16 {
        let mut headers = vec![("Content-Type", "application/json")];
        headers.extend(signature.map(|signature| ("X-GHL-Signature", signature)));
        silent(&self.send(Method::POST, "/webhooks/ghl", &headers, body.as_bytes()).await)
    }
}

impl Drop for Hooks {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The status of an answer that tells nothing else.
#[track_caller]
fn silent(answer: &Response<Bytes>) -> u16 {
    assert_eq!(answer.body().len(), 0, "{answer:?}");
    answer.status().as_u16()
}

fn notifications(of: &[(&str, &str)]) -> Vec<u8> {
    let one = |(id, secret): &(&str, &str)| {
        json!({"subscriptionId": id, "clientState": secret, "changeType": "updated",
               "resource": "Users/u/Events/e", "resourceData": {"id": "e"}})
    };
    json!({"value": of.iter().map(one).collect::<Vec<_>>()}).to_string().into_bytes()
}

fn sign(body: &str) -> String {
    let seed: Vec<u8> = (0..32).collect();
    let pair = Ed25519KeyPair::from_seed_unchecked(&seed).unwrap();
    assert!(STANDARD.decode(KEY).unwrap().ends_with(pair.public_key().as_ref()));
    STANDARD.encode(pair.sign(body.as_bytes()))
}

#[tokio::test]
async fn google_wakes_a_calendar_with_its_channels_token() {
    let hooks = Hooks::start().await;
    assert_eq!(hooks.google("c", Some("s"), "exists").await, 204);
    // Again, as Google does where an answer was lost.
    assert_eq!(hooks.google("c", Some("s"), "exists").await, 204);
    assert_eq!(hooks.google("c", Some("s"), "not_exists").await, 204);
    assert_eq!(hooks.woken(), ["c"; 3]);
    for token in [None, Some(""), Some("S"), Some("s "), Some("wrong")] {
        // A space at the end is none of the value.
        let expected = if token == Some("s ") { 204 } else { 404 };
        assert_eq!(hooks.google("c", token, "exists").await, expected, "{token:?}");
    }
    assert_eq!(hooks.google("unknown", Some("s"), "exists").await, 404);
    assert_eq!(hooks.woken(), ["c"]);
}

#[tokio::test]
async fn google_may_say_that_a_channel_is_open_before_it_is_known() {
    let hooks = Hooks::start().await;
    assert_eq!(hooks.google("not yet", Some("s"), "sync").await, 204);
    assert_eq!(hooks.google("c", Some("s"), "sync").await, 204);
    assert_eq!(hooks.woken(), [""; 0]);
}

#[tokio::test]
async fn nothing_else_is_there() {
    let hooks = Hooks::start().await;
    for (method, path, status) in [
        (Method::GET, "/", 404),
        (Method::POST, "/", 404),
        (Method::POST, "/webhooks/google/", 404),
        (Method::POST, "/webhooks/google/c", 404),
        (Method::POST, "/caldav", 404),
        (Method::GET, "/webhooks/google", 405),
        (Method::PUT, "/webhooks/microsoft", 405),
        (Method::GET, "/webhooks/microsoft?validationToken=x", 405),
        (Method::GET, "/webhooks/ghl", 405),
        (Method::POST, "/webhooks/google", 404),
        (Method::POST, "/webhooks/ghl", 404),
        (Method::POST, "/webhooks/microsoft", 400),
    ] {
        let answer = hooks.send(method.clone(), path, &[], b"").await;
        assert_eq!(silent(&answer), status, "{method} {path}");
    }
    assert_eq!(hooks.woken(), [""; 0]);
}

#[tokio::test]
async fn microsoft_hears_its_token_back_as_text() {
    let hooks = Hooks::start().await;
    for (query, token) in [
        ("validationToken=abc", "abc"),
        (
            "validationToken=Validation%3a+Testing+client+application%20%2B%26%3D%25",
            "Validation: Testing client application +&=%",
        ),
        ("a=b&validationToken=%3Cscript%3E&c=d", "<script>"),
        ("validationToken=%C3%A9", "é"),
    ] {
        let path = format!("/webhooks/microsoft?{query}");
        let answer = hooks
            .send(Method::POST, &path, &[("Content-Type", "text/plain; charset=utf-8")], b"")
            .await;
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.body(), token.as_bytes());
        assert_eq!(answer.headers()["content-type"], "text/plain");
        assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
    }
    assert_eq!(hooks.woken(), [""; 0]);
}

#[tokio::test]
async fn each_of_microsofts_notifications_must_know_its_secret() {
    let hooks = Hooks::start().await;
    assert_eq!(hooks.microsoft(&notifications(&[("c", "s")])).await, 202);
    assert_eq!(hooks.woken(), ["c"]);
    for wrong in [("c", "S"), ("c", ""), ("unknown", "s")] {
        assert_eq!(hooks.microsoft(&notifications(&[wrong])).await, 404, "{wrong:?}");
    }
    assert_eq!(hooks.woken(), [""; 0]);
    // Many of one calendar wake it once; the others beside it do no harm.
    let many = [("c", "wrong"), ("c", "s"), ("d", "s"), ("c", "s")];
    assert_eq!(hooks.microsoft(&notifications(&many)).await, 202);
    assert_eq!(hooks.woken(), ["c"]);
    for bad in [&b"{}"[..], b"", b"{\"value\": 1}", b"<html>", b"{\"value\": [", b"\xff"] {
        assert_eq!(hooks.microsoft(bad).await, 400, "{bad:?}");
    }
    for empty in [json!([]), json!([{}]), json!([{"subscriptionId": "c"}]), json!([null])] {
        let body = json!({"value": empty}).to_string();
        assert_eq!(hooks.microsoft(body.as_bytes()).await, 404, "{body}");
    }
    assert_eq!(hooks.woken(), [""; 0]);
}

#[tokio::test]
async fn microsoft_may_ask_for_a_subscription_to_be_renewed() {
    let hooks = Hooks::start().await;
    for (event, woken) in [
        ("reauthorizationRequired", "c renew"),
        ("subscriptionRemoved", "c renew"),
        ("missed", "c"),
    ] {
        let body = |secret: &str| -> Vec<u8> {
            let one =
                json!({"subscriptionId": "c", "clientState": secret, "lifecycleEvent": event});
            json!({"value": [one]}).to_string().into_bytes()
        };
        assert_eq!(hooks.microsoft(&body("s")).await, 202);
        assert_eq!(hooks.microsoft(&body("wrong")).await, 404);
        assert_eq!(hooks.woken(), [woken]);
    }
}

#[tokio::test]
async fn a_huge_body_is_not_read() {
    let hooks = Hooks::start().await;
    let huge = notifications(&vec![("c", "s"); 3000]);
    assert!(huge.len() > 1 << 18);
    let answer = hooks.send(Method::POST, "/webhooks/microsoft", &[], &huge).await;
    assert_eq!(answer.status(), 413);
    let body = " ".repeat(1 << 19);
    let signature = sign(&body);
    let answer = hooks
        .send(Method::POST, "/webhooks/ghl", &[("X-GHL-Signature", &signature)], body.as_bytes())
        .await;
    assert_eq!(answer.status(), 413);
    // As large as it may be.
    let mut large = notifications(&[("c", "s")]);
    large.resize(1 << 18, b' ');
    assert_eq!(hooks.microsoft(&large).await, 202);
    assert_eq!(hooks.woken(), ["c"]);
}

#[tokio::test]
async fn ghl_is_known_by_its_signature() {
    let hooks = Hooks::start().await;
    // The vector that the key's owner published.
    let (body, signature) = (
        r#"{"type":"AppointmentCreate","locationId":"loc1","webhookId":"w1"}"#,
        "c0+vM0Dtg+mc5uz/+BItJPKeM1fUznzfY97JDG+NOSgZz4TQhvCIy+4eGpKShmPoEaPOXEa8f0NHp67eFq3tAw==",
    );
    assert_eq!(sign(body), signature);
    assert_eq!(hooks.ghl(body, Some(signature)).await, 200);
    assert_eq!(hooks.woken(), [""; 0]);
    let body = r#"{"type":"AppointmentUpdate","locationId":"loc1","webhookId":"w2","appointment":{"id":"a","calendarId":"cal1"}}"#;
    let signature = sign(body);
    // The same twice: GoHighLevel repeats what was answered with 429.
    for _ in 0..2 {
        assert_eq!(hooks.ghl(body, Some(&signature)).await, 200);
    }
    assert_eq!(hooks.woken(), ["cal1"; 2]);
    // One of a location whose calendars are others'.
    let other = body.replace("cal1", "cal2");
    assert_eq!(hooks.ghl(&other, Some(&sign(&other))).await, 200);
    for (body, wrong) in [
        (body, None),
        (body, Some("")),
        (body, Some("N/A")),
        (body, Some("AAAA")),
        (body, Some(&signature[..86])),
        (&*format!("{body} "), Some(&*signature)),
        (&*other, Some(&*signature)),
        ("", Some(&*signature)),
    ] {
        assert_eq!(hooks.ghl(body, wrong).await, 404, "{body} {wrong:?}");
    }
    let none = "not JSON";
    assert_eq!(hooks.ghl(none, Some(&sign(none))).await, 400);
    assert_eq!(hooks.woken(), [""; 0]);
}

#[test]
fn keys_are_read_as_they_are_published() {
    assert!(WEBHOOK_KEY.parse::<Key>().is_ok());
    let key: Key = KEY.parse().unwrap();
    let body = "x";
    assert!(key.has_signed(body.as_bytes(), sign(body).as_bytes()));
    assert!(
        !WEBHOOK_KEY.parse::<Key>().unwrap().has_signed(body.as_bytes(), sign(body).as_bytes())
    );
    for wrong in [
        "",
        "x",
        "AAAA",
        &KEY[4..],
        &WEBHOOK_KEY.replace("MCowBQ", "MCowBR"),
        &format!("{KEY}{KEY}"),
    ] {
        assert!(wrong.parse::<Key>().is_err(), "{wrong}");
    }
}

#[tokio::test]
async fn what_cannot_be_noted_down_now_is_to_come_again() {
    let hooks = Hooks::start().await;
    let told = notifications(&[("c", "s")]);
    let appointment = json!({"appointment": {"calendarId": "cal1"}}).to_string();
    let signature = sign(&appointment);
    for is in [Is::Away, Is::Stuck, Is::Refusing("42501")] {
        hooks.database_is(is);
        assert_eq!(hooks.google("c", Some("s"), "exists").await, 503);
        assert_eq!(hooks.microsoft(&told).await, 503);
        assert_eq!(hooks.ghl(&appointment, Some(&signature)).await, 429);
    }
    // The database knows no such text.
    hooks.database_is(Is::Refusing("22021"));
    assert_eq!(hooks.microsoft(&told).await, 404);
    hooks.database_is(Is::Up);
    assert_eq!(hooks.google("c", Some("s"), "exists").await, 204);
    assert_eq!(hooks.woken(), ["c"]);
}

#[tokio::test]
async fn clients_that_send_slowly_keep_no_other_waiting() {
    let hooks = Hooks::start().await;
    let head = "POST /webhooks/microsoft HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{";
    let mut slow = Vec::new();
    for _ in 0..100 {
        let mut stream = TcpStream::connect(hooks.address).await.unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        slow.push(stream);
    }
    for _ in 0..10 {
        assert_eq!(hooks.google("c", Some("s"), "exists").await, 204);
    }
    for mut stream in slow {
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).await.unwrap();
        assert_eq!(&answer, b"HTTP/1.1 503");
    }
}

#[tokio::test]
async fn requests_above_the_limit_are_refused_at_once() {
    let hooks = Hooks::start().await;
    hooks.database_is(Is::Stuck);
    let waiting: Vec<_> = (0..64).map(|_| hooks.google("c", Some("s"), "exists")).collect();
    let another = async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        let sent = std::time::Instant::now();
        assert_eq!(hooks.google("c", Some("s"), "exists").await, 503);
        sent.elapsed()
    };
    let (statuses, took) = tokio::join!(futures_util::future::join_all(waiting), another);
    assert_eq!(statuses, [503; 64]);
    assert!(took < Duration::from_secs(1), "{took:?}");
}

#[tokio::test]
async fn connections_are_limited_and_idle_ones_are_closed() {
    let hooks = Hooks::start().await;
    let mut idle = Vec::new();
    // More than the server keeps open: the kernel queues the rest.
    for n in 0..300 {
        let mut stream = TcpStream::connect(hooks.address).await.unwrap();
        if n % 2 == 0 {
            stream.write_all(b"POST /webhooks/google HTTP/1.1\r\nX-Slow: ").await.unwrap();
        }
        idle.push(stream);
    }
    let late = hooks.google("c", Some("s"), "exists");
    let mut late = std::pin::pin!(late);
    let soon = tokio::time::timeout(Duration::from_secs(1), &mut late).await;
    assert!(soon.is_err(), "all connections are taken");
    assert_eq!(late.await, 204);
    for mut stream in idle.into_iter().take(256) {
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        assert!(answer.is_empty() || answer.starts_with(b"HTTP/1.1 408"), "{answer:?}");
    }
}

#[tokio::test]
async fn a_server_that_stops_answers_what_it_has_begun() {
    let stop = CancellationToken::new();
    let hooks = Hooks::start_until(stop.clone()).await;
    hooks.database_is(Is::Stuck);
    let answer = hooks.google("c", Some("s"), "exists");
    let stopping = async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        stop.cancel();
        tokio::time::sleep(Duration::from_millis(200)).await;
        assert!(TcpStream::connect(hooks.address).await.is_err(), "it takes no more");
    };
    assert_eq!(tokio::join!(answer, stopping).0, 503);
}
