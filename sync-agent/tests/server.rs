//! What the server answers beside notifications: its health and static pages, under any path.

use async_trait::async_trait;
use bytes::Bytes;
use http::{Method, Request, Response};
use serde_json::Value;
use std::fs;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;
use sync_agent::database;
use sync_agent::health::{Health, Part};
use sync_agent::net::http::{Http, Limits};
use sync_agent::server::{PublicUrl, Server, Services, Settings, Wake};
use tempfile::TempDir;
use url::Url;

const KEY: &str = "MCowBQYDK2VwAyEAA6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=";

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

struct Running {
    origin: String,
    internal: String,
    health: Arc<Health>,
    http: Http,
    _pages: TempDir,
}

impl Running {
    async fn start(public_url: Option<&str>) -> Self {
        let pages = tempfile::tempdir().unwrap();
        for (path, text) in [
            ("index.html", "<title>Book</title>"),
            ("console.html", "<title>Console</title>"),
            ("booking.js", "export {};"),
            (".secret", "no"),
            ("notes.md", "no"),
        ] {
            fs::write(pages.path().join(path), text).unwrap();
        }
        fs::create_dir(pages.path().join("parts")).unwrap();
        fs::write(pages.path().join("parts/a.css"), "a{color:red}".repeat(100)).unwrap();
        std::os::unix::fs::symlink("/etc/passwd", pages.path().join("passwd.txt")).unwrap();
        let public_url = public_url.map(|url| PublicUrl::new(&url.parse().unwrap()).unwrap());
        let settings = Settings {
            internal_listen: Some((Ipv4Addr::LOCALHOST, 0).into()),
            public_url,
            pages: Some(pages.path().to_owned()),
            api_origins: vec!["https://api.example.com".into()],
            ..Settings::new((Ipv4Addr::LOCALHOST, 0).into(), KEY.parse().unwrap())
        };
        let server = Server::bind(settings).await.unwrap();
        let origin = format!("http://{}", server.address().unwrap());
        let internal = format!("http://{}", server.internal_address().unwrap());
        let health = Arc::<Health>::default();
        tokio::spawn(server.serve(services(&health), std::future::pending()));
        Self { origin, internal, health, http: client(), _pages: pages }
    }

    async fn send(&self, method: Method, url: &str, headers: &[(&str, &str)]) -> Response<Bytes> {
        let mut request = Request::builder().method(method).uri(url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.http.send(request.body(Vec::new()).unwrap()).await.unwrap()
    }

    async fn get(&self, path: &str) -> Response<Bytes> {
        self.send(Method::GET, &format!("{}{path}", self.origin), &[]).await
    }

    /// The HTTP status and the status of a health check.
    async fn health(&self, path: &str) -> (u16, String) {
        let answer = self.get(path).await;
        let state: Value = serde_json::from_slice(answer.body()).unwrap();
        assert!(state["since"].is_string() && state.get("problem").is_none(), "{state}");
        (answer.status().as_u16(), state["status"].as_str().unwrap().to_owned())
    }
}

fn services(health: &Arc<Health>) -> Services {
    Services {
        wake: Arc::new(NoCalendars),
        health: Arc::clone(health),
        connecting: None,
        reporting: None,
    }
}

fn client() -> Http {
    Http::new(Limits { allow_private_networks: true, ..Limits::default() }).unwrap()
}

fn is(status: u16, name: &str) -> (u16, String) {
    (status, name.to_owned())
}

#[tokio::test]
async fn health_is_that_of_the_loops_and_of_the_last_calls() {
    let running = Running::start(None).await;
    for path in ["/health", "/health/ready", "/health/database", "/health/google", "/health/ics"] {
        assert_eq!(running.health(path).await, is(200, "ok"), "{path}");
    }
    running.health.turned("pulls");
    running.health.called(Part::Google, Some("google is out of order".into()));
    assert_eq!(running.health("/health/google").await, is(200, "degraded"));
    assert_eq!(running.health("/health").await, is(200, "degraded"));
    assert_eq!(running.health("/health/ready").await, is(200, "ok"));
    for _ in 0..2 {
        running.health.called(Part::Google, Some("google is out of order".into()));
    }
    assert_eq!(running.health("/health/google").await, is(503, "down"));
    assert_eq!(running.health("/health").await, is(200, "degraded"));
    running.health.called(Part::Google, None);
    assert_eq!(running.health("/health/google").await, is(200, "ok"));
    running.health.called(Part::Database, Some("it is away".into()));
    assert_eq!(running.health("/health/ready").await, is(503, "down"));
    assert_eq!(running.get("/health/smoke").await.status(), 404);
}

#[tokio::test]
async fn details_are_for_our_own_monitoring_alone() {
    let running = Running::start(None).await;
    running.health.turned("pulls");
    running.health.called(Part::Caldav, Some("no answer within a minute".into()));
    let answer = running.send(Method::GET, &format!("{}/health", running.internal), &[]).await;
    let whole: Value = serde_json::from_slice(answer.body()).unwrap();
    assert_eq!(whole["parts"]["caldav"]["problem"], "no answer within a minute");
    assert_eq!(whole["parts"]["google"]["status"], "ok");
    assert_eq!(whole["loops"]["status"], "ok");
    let public = running.get("/health").await;
    assert!(!String::from_utf8_lossy(public.body()).contains("minute"), "{public:?}");
    let metrics = running.send(Method::GET, &format!("{}/metrics", running.internal), &[]).await;
    let kind = metrics.headers()["content-type"].to_str().unwrap();
    assert_eq!(kind, "application/openmetrics-text; version=1.0.0; charset=utf-8");
    assert!(metrics.body().ends_with(b"# EOF\n"), "{metrics:?}");
    assert_eq!(running.get("/metrics").await.status(), 404);
    // Nothing else is there.
    for path in ["/", "/index.html", "/webhooks/google", "/connect/x"] {
        let url = format!("{}{path}", running.internal);
        assert_eq!(running.send(Method::GET, &url, &[]).await.status(), 404, "{path}");
    }
}

#[tokio::test]
async fn our_own_monitoring_can_be_all_that_is_answered() {
    let listen = (Ipv4Addr::LOCALHOST, 0).into();
    let settings = Settings {
        listen: None,
        internal_listen: Some(listen),
        ..Settings::new(listen, KEY.parse().unwrap())
    };
    let server = Server::bind(settings).await.unwrap();
    assert_eq!(server.address(), None);
    let internal = server.internal_address().unwrap();
    tokio::spawn(server.serve(services(&Arc::default()), std::future::pending()));
    for (path, status) in [("/health", 200), ("/metrics", 200), ("/webhooks/google", 404)] {
        let request = Request::get(format!("http://{internal}{path}")).body(Vec::new()).unwrap();
        assert_eq!(client().send(request).await.unwrap().status(), status, "{path}");
    }
}

#[tokio::test]
async fn an_address_that_is_taken_is_refused_by_the_name_of_its_setting() {
    let taken = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let (free, taken) = ((Ipv4Addr::LOCALHOST, 0).into(), taken.local_addr().unwrap());
    for (listen, internal_listen, setting) in
        [(taken, free, "http.listen"), (free, taken, "http.internal_listen")]
    {
        let settings = Settings {
            internal_listen: Some(internal_listen),
            ..Settings::new(listen, KEY.parse().unwrap())
        };
        let error = Server::bind(settings).await.unwrap_err().to_string();
        assert_eq!(error, format!("{setting}: cannot listen on {taken}"));
    }
}

#[tokio::test(start_paused = true)]
async fn a_loop_that_does_not_turn_for_a_minute_is_down() {
    let health = Health::default();
    health.turned("pulls");
    health.turned("pushes");
    tokio::time::advance(Duration::from_secs(59)).await;
    health.turned("pushes");
    assert_eq!(health.whole().status, sync_agent::health::Status::Ok);
    tokio::time::advance(Duration::from_secs(2)).await;
    let state = health.whole();
    assert_eq!(state.status, sync_agent::health::Status::Down);
    assert!(state.problem.unwrap().contains("pulls"));
    health.turned("pulls");
    assert_eq!(health.whole().status, sync_agent::health::Status::Ok);
}

#[tokio::test]
async fn static_pages_are_the_files_of_a_directory_and_nothing_else() {
    let running = Running::start(None).await;
    for path in ["/", "/index.html"] {
        let page = running.get(path).await;
        assert_eq!((page.status().as_u16(), &page.body()[..]), (200, &b"<title>Book</title>"[..]));
        assert_eq!(page.headers()["content-type"], "text/html; charset=utf-8");
        let policy = page.headers()["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'; script-src 'self';"), "{policy}");
        assert!(policy.contains("connect-src 'self' https://api.example.com;"), "{policy}");
        assert!(policy.ends_with("frame-ancestors *"), "{policy}");
        assert_eq!(page.headers()["x-content-type-options"], "nosniff");
        assert_eq!(page.headers()["cache-control"], "no-cache");
    }
    let console = running.get("/console.html").await;
    let policy = console.headers()["content-security-policy"].to_str().unwrap();
    assert!(policy.ends_with("frame-ancestors 'none'"), "{policy}");
    let script = running.get("/booking.js").await;
    assert_eq!(script.headers()["access-control-allow-origin"], "*");
    assert_eq!(script.headers()["content-type"], "text/javascript; charset=utf-8");
    let tag = script.headers()["etag"].to_str().unwrap().to_owned();
    let url = format!("{}/booking.js", running.origin);
    let same = running.send(Method::GET, &url, &[("If-None-Match", &tag)]).await;
    assert_eq!((same.status().as_u16(), same.body().len()), (304, 0));
    let other = running.send(Method::GET, &url, &[("If-None-Match", "W/\"x\"")]).await;
    assert_eq!(other.status(), 200);
    let head = running.send(Method::HEAD, &url, &[]).await;
    assert_eq!((head.status().as_u16(), head.body().len()), (200, 0));
    assert_eq!(running.send(Method::POST, &url, &[]).await.status(), 405);
    let packed = running.get("/parts/a.css").await;
    assert_eq!(packed.body().len(), 1200);
    for path in [
        "/.secret",
        "/notes.md",
        "/passwd.txt",
        "/parts",
        "/parts/",
        "/..%2f..%2fetc/passwd",
        "//etc/passwd",
    ] {
        let answer = running.get(path).await;
        assert_eq!(answer.status(), 404, "{path}");
        assert_eq!(answer.headers()["cache-control"], "no-store");
    }
}

#[tokio::test]
async fn a_reverse_proxy_may_pass_on_the_path_of_the_public_url_or_remove_it() {
    let running = Running::start(Some("https://example.com/calendar")).await;
    for prefix in ["", "/calendar"] {
        for (path, status) in [
            ("/health", 200),
            ("/health/ready", 200),
            ("/index.html", 200),
            ("/booking.js", 200),
            ("/nothing.js", 404),
            ("/webhooks/google", 405),
        ] {
            let path = format!("{prefix}{path}");
            assert_eq!(running.get(&path).await.status(), status, "{path}");
        }
    }
}

#[test]
fn a_public_url_is_one_that_paths_can_be_added_to() {
    for (given, expected) in [
        ("https://example.com", "https://example.com/"),
        ("https://example.com/a", "https://example.com/a/"),
        ("https://example.com:8443/a/b/", "https://example.com:8443/a/b/"),
        ("http://127.0.0.1:8085/", "http://127.0.0.1:8085/"),
    ] {
        let url = PublicUrl::new(&given.parse::<Url>().unwrap()).unwrap();
        assert_eq!(url.as_str(), expected);
    }
    for wrong in [
        "https://example.com/?a=b",
        "https://example.com/#a",
        "https://jo@example.com/",
        "https://example.com/a b",
        "https://example.com/{a}",
        "https://example.com//a",
        "ftp://example.com/",
        "data:a",
    ] {
        assert!(PublicUrl::new(&wrong.parse::<Url>().unwrap()).is_err(), "{wrong}");
    }
}
