//! A proxy between the agent and the internet.

use http::{Request, StatusCode};
use secrecy::SecretString;
use std::sync::{Arc, Mutex};
use sync_agent::Error;
use sync_agent::net::http::{Http, Limits};
use sync_agent::net::proxy::Proxy;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// Answers requests as a proxy that refuses tunnels, and keeps their heads.
struct Server {
    origin: String,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Server {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let heads = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&heads);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut head = Vec::new();
                while !head.ends_with(b"\r\n\r\n") {
                    head.push(stream.read_u8().await.unwrap());
                }
                let head = String::from_utf8(head).unwrap();
                let status = if head.starts_with("CONNECT") { "403 Forbidden" } else { "200 OK" };
                kept.lock().unwrap().push(head);
                let answer = format!(
                    "HTTP/1.1 {status}\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi"
                );
                stream.write_all(answer.as_bytes()).await.unwrap();
            }
        });
        Self { origin, heads }
    }

    fn heads(&self) -> Vec<String> {
        std::mem::take(&mut *self.heads.lock().unwrap())
    }
}

fn through(url: &str, except: Option<&str>, allow_private_networks: bool) -> Http {
    let proxy = Proxy::new(&SecretString::from(url), except).unwrap();
    let limits = Limits { allow_private_networks, ..Limits::default() };
    Http::through(limits, Some(&proxy)).unwrap()
}

fn get(url: &str) -> Request<Vec<u8>> {
    Request::get(url).body(Vec::new()).unwrap()
}

#[tokio::test]
async fn requests_go_through_it_with_its_password() {
    let server = Server::start().await;
    let url = server.origin.replace("http://", "http://ann:se%40cret@");
    let http = through(&url, None, true);
    // No name server knows the name: that is up to the proxy.
    let answer = http.send(get("http://calendar.invalid/a.ics?b=c")).await.unwrap();
    assert_eq!((answer.status(), &answer.body()[..]), (StatusCode::OK, &b"hi"[..]));
    let head = server.heads().remove(0).to_lowercase();
    assert!(head.starts_with("get http://calendar.invalid/a.ics?b=c http/1.1\r\n"), "{head}");
    // ann:se@cret
    assert!(head.contains("proxy-authorization: basic yw5uonnlqgnyzxq="), "{head}");

    // With TLS, the proxy hears of the host alone.
    let http = through(&url, None, false);
    let error = http.send(get("https://calendar.invalid/a.ics")).await.unwrap_err();
    assert!(matches!(error, Error::Unavailable(_)), "{error:?}");
    let said = format!("{error} {error:?} {http:?}");
    assert!(!said.contains("cret") && !said.contains("a.ics"), "{said}");
    let head = server.heads().remove(0);
    assert!(head.starts_with("CONNECT calendar.invalid:443 HTTP/1.1\r\n"), "{head}");
    assert!(head.to_lowercase().contains("proxy-authorization: basic "), "{head}");
}

#[tokio::test]
async fn some_hosts_are_reached_without_it() {
    let (proxy, calendar) = (Server::start().await, Server::start().await);
    let direct = through(&proxy.origin, Some("calendar.example, 127.0.0.0/8"), true);
    direct.send(get(&calendar.origin)).await.unwrap();
    assert_eq!((proxy.heads().len(), calendar.heads().len()), (0, 1));
    through(&proxy.origin, None, true).send(get(&calendar.origin)).await.unwrap();
    assert_eq!((proxy.heads().len(), calendar.heads().len()), (1, 0));
}

#[tokio::test]
async fn it_is_no_way_to_internal_addresses() {
    let server = Server::start().await;
    // The proxy itself may have such an address, or such a name.
    for url in [&server.origin, &server.origin.replace("127.0.0.1", "localhost")] {
        let http = through(url, None, false);
        for internal in ["https://127.0.0.1/", "https://[::1]/", "https://localhost/"] {
            let error = http.send(get(internal)).await.unwrap_err();
            assert!(matches!(error, Error::Forbidden(_)), "{internal}: {error:?}");
        }
        assert_eq!(server.heads(), [""; 0]);
        http.send(get("https://calendar.invalid/")).await.unwrap_err();
        assert_eq!(server.heads().len(), 1, "{url}");
    }
}

#[test]
fn what_is_no_proxy_is_refused() {
    for url in ["", "proxy", "proxy:3128", "socks5://127.0.0.1:1080", "ftp://proxy/", "http://"] {
        assert!(Proxy::new(&SecretString::from(url), None).is_none(), "{url}");
    }
}
