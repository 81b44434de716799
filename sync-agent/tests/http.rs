//! HTTP with bounds, against servers that do not keep to any.

use bytes::Bytes;
use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
use http::{HeaderMap, Request, Response, StatusCode};
use secrecy::SecretString;
use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use sync_agent::Error;
use sync_agent::net::authorized::Authorized;
use sync_agent::net::http::{Answer, Http, Limits, error, retry_after};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

#[test]
fn retry_after_is_a_number_of_seconds_or_a_date() {
    let wait = |value: &str| {
        let answer = Response::builder().header("retry-after", value).body(Bytes::new());
        retry_after(&answer.unwrap())
    };
    assert_eq!(wait("0"), Some(Duration::ZERO));
    assert_eq!(wait("120"), Some(Duration::from_secs(120)));
    assert_eq!(wait("1.5"), Some(Duration::from_millis(1500)));
    assert_eq!(wait("1e9"), Some(Duration::from_secs(24 * 60 * 60)));
    for nothing in
        ["", "soon", "-1", "NaN", "inf", "1e300", "Fri, 20 Foo 2026 10:00:00 GMT", "\u{fc}"]
    {
        assert_eq!(wait(nothing), None, "{nothing:?}");
    }
    assert_eq!(retry_after(&Response::new(Bytes::new())), None);
    // A date is compared with the server's own clock.
    let wait = |until: &str| {
        let answer = Response::builder()
            .header("date", "Fri, 20 Nov 2026 09:58:30 GMT")
            .header("retry-after", until)
            .body(Bytes::new());
        retry_after(&answer.unwrap())
    };
    assert_eq!(wait("Fri, 20 Nov 2026 10:00:00 GMT"), Some(Duration::from_secs(90)));
    assert_eq!(wait("Friday, 20-Nov-26 10:00:00 GMT"), Some(Duration::from_secs(90)));
    assert_eq!(wait("Fri Nov 20 10:00:00 2026"), Some(Duration::from_secs(90)));
    assert_eq!(wait("Fri, 20 Nov 2026 09:00:00 GMT"), Some(Duration::ZERO));
    assert_eq!(wait("Sat, 20 Nov 2027 09:00:00 GMT"), Some(Duration::from_secs(24 * 60 * 60)));
}

#[tokio::test]
async fn bodies_are_unpacked_whatever_their_header_says() {
    let plain = "BEGIN:VCALENDAR";
    let gzip = |text: &[u8]| {
        let mut packing = GzEncoder::new(Vec::new(), Compression::fast());
        packing.write_all(text).unwrap();
        packing.finish().unwrap()
    };
    let zlib = |text: &str| {
        let mut packing = ZlibEncoder::new(Vec::new(), Compression::fast());
        packing.write_all(text.as_bytes()).unwrap();
        packing.finish().unwrap()
    };
    let bare = |text: &str| {
        let mut packing = DeflateEncoder::new(Vec::new(), Compression::fast());
        packing.write_all(text.as_bytes()).unwrap();
        packing.finish().unwrap()
    };
    let once = gzip(plain.as_bytes());
    for (coding, body) in [
        ("gzip", once.clone()),
        ("x-gzip", once.clone()),
        ("", once.clone()),
        ("identity", once.clone()),
        ("gzip, gzip", gzip(&once)),
        ("gzip", plain.into()),
        ("utf-8", plain.into()),
        ("deflate", zlib(plain)),
        ("deflate", bare(plain)),
        ("deflate", plain.into()),
    ] {
        let answer = of(&[("Content-Encoding", coding)], body).await.unwrap();
        assert_eq!(answer.body(), plain, "{coding:?}");
    }
    let incomplete = of(&[("Content-Encoding", "gzip")], once[..once.len() - 9].to_vec()).await;
    assert!(matches!(incomplete, Err(Error::Unavailable(_))), "{incomplete:?}");
    let mut broken = once;
    broken[12] ^= 0xff;
    let broken = of(&[], broken).await;
    assert!(broken.is_err(), "{broken:?}");
}

#[tokio::test]
async fn text_arrives_in_utf_8() {
    let utf16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
    let xml =
        |encoding: &str| format!("<?xml version='1.0' encoding='{encoding}'?><a>").into_bytes();
    let cafe = |mut start: Vec<u8>| {
        start.extend(b"Caf\xe9");
        start
    };
    for (kind, body, end) in [
        ("text/calendar; charset=ISO-8859-1", cafe(Vec::new()), "Café"),
        ("text/calendar;charset=\"windows-1252\"", b"\x93x\x94".to_vec(), "\u{201c}x\u{201d}"),
        ("text/calendar; charset=iso-8859-1", "Café".into(), "Café"),
        ("text/calendar; charset=utf-16le", utf16("Café"), "Café"),
        ("text/calendar", [vec![0xff, 0xfe], utf16("Café")].concat(), "Café"),
        ("text/calendar", [&b"\xef\xbb\xbf"[..], "Café".as_bytes()].concat(), "Café"),
        ("application/xml; charset=utf-8", cafe(xml("ISO-8859-1")), "<a>Café"),
        ("application/xml", cafe(xml("latin1")), "<a>Café"),
        ("application/xml", [xml("ISO-8859-1"), "Café".into()].concat(), "<a>Café"),
    ] {
        let answer = of(&[("Content-Type", kind)], body).await.unwrap();
        let text = std::str::from_utf8(answer.body()).expect(kind);
        assert!(text.ends_with(end), "{kind}: {text}");
        assert!(!text.contains('\u{feff}'), "{kind}");
    }
    // What is declared by nobody stays as it is: its reader may know.
    for kind in ["text/calendar", "text/calendar; charset=utf-8", "text/calendar; charset=klingon"]
    {
        let answer = of(&[("Content-Type", kind)], cafe(Vec::new())).await.unwrap();
        assert_eq!(answer.body(), &b"Caf\xe9"[..], "{kind}");
    }
}

#[tokio::test]
async fn a_closed_connection_is_opened_again_for_what_may_be_sent_twice() {
    for (method, is_sent_again) in
        [("GET", true), ("PROPFIND", true), ("REPORT", true), ("PUT", true), ("POST", false)]
    {
        let count = Arc::new(Mutex::new(0));
        let counted = count.clone();
        let server = Server::start(move |_| {
            let mut count = counted.lock().unwrap();
            *count += 1;
            if *count == 1 { Vec::new() } else { answer("200 OK", "", "here") }
        })
        .await;
        let request = Request::builder().method(method).uri(&server.origin).body(b"x".to_vec());
        let answer = client().send(request.unwrap()).await;
        assert_eq!(answer.is_ok(), is_sent_again, "{method}: {answer:?}");
        assert_eq!(*count.lock().unwrap(), 1 + i32::from(is_sent_again), "{method}");
    }
    // Once: a server that never answers is not asked for ever.
    let server = Server::start(|_| Vec::new()).await;
    let answer = client().send(get(&server.origin)).await;
    assert!(matches!(answer, Err(Error::Unavailable(_))), "{answer:?}");
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn a_body_that_ends_early_is_an_error() {
    for cut in [
        "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nBEGIN",
        "HTTP/1.0 200 OK\r\nContent-Length: 100\r\n\r\nBEGIN",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nBEGIN\r\n",
    ] {
        let server = Server::start(|_| cut.into()).await;
        let answer = client().send(get(&server.origin)).await;
        assert!(matches!(answer, Err(Error::Unavailable(_))), "{cut}: {answer:?}");
    }
    for (whole, body) in [
        ("HTTP/1.0 200 OK\r\n\r\nBEGIN", "BEGIN"),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nBEGIN\r\n0\r\nX: 1\r\n\r\n",
            "BEGIN",
        ),
    ] {
        let server = Server::start(|_| whole.into()).await;
        assert_eq!(client().send(get(&server.origin)).await.unwrap().body(), body);
    }
}

#[tokio::test]
async fn a_change_is_not_carried_to_another_site() {
    let elsewhere = Server::start(|_| answer("200 OK", "", "")).await;
    let target = format!("{}/there", elsewhere.origin);
    let server = Server::start(move |_| {
        answer("307 Temporary Redirect", &format!("Location: {target}\r\n"), "")
    })
    .await;
    let put = Request::put(&server.origin).body(b"private".to_vec()).unwrap();
    let (_, answered) = client().send_following(put).await.unwrap();
    assert_eq!(answered.status(), StatusCode::TEMPORARY_REDIRECT);
    assert_eq!(elsewhere.requests(), [""; 0]);
    // Another method would be another request.
    let server = Server::start(|_| answer("303 See Other", "Location: /\r\n", "")).await;
    let put = Request::put(&server.origin).body(Vec::new()).unwrap();
    let (_, answered) = client().send_following(put).await.unwrap();
    assert_eq!((answered.status(), server.requests().len()), (StatusCode::SEE_OTHER, 1));
}

#[tokio::test]
async fn a_token_stays_on_its_site() {
    let elsewhere = Server::start(|_| answer("200 OK", "", "")).await;
    let target = format!("{}/there", elsewhere.origin);
    let server = Server::start(move |request| match path(request) {
        "/moved" => answer("307 Temporary Redirect", "Location: /here?x=1\r\n", ""),
        "/away" => answer("302 Found", &format!("Location: {target}\r\n"), ""),
        _ => answer("200 OK", "", "here"),
    })
    .await;
    let authorized = Authorized::new(client(), Arc::new(SecretString::from("secret")));
    let post = Request::post(format!("{}/moved", server.origin)).body(b"event".to_vec());
    assert_eq!(authorized.send(post.unwrap()).await.unwrap().body(), "here");
    let last = server.requests().pop().unwrap();
    assert!(last.starts_with("POST /here?x=1 ") && last.ends_with("\r\n\r\nevent"), "{last}");
    assert!(last.contains("authorization: Bearer secret\r\n"), "{last}");
    let answered = authorized.send(get(&format!("{}/away", server.origin))).await.unwrap();
    assert_eq!(answered.status(), StatusCode::FOUND);
    assert_eq!(elsewhere.requests(), [""; 0]);
}

/// What is made of an answer with these headers and this body.
async fn of(headers: &[(&str, &str)], body: Vec<u8>) -> sync_agent::Result<Answer> {
    let headers = headers.iter().filter(|(_, value)| !value.is_empty());
    let headers: String = headers.map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let server = Server::start(move |_| {
        let mut whole = answer("200 OK", &headers, "");
        whole.extend(&body);
        whole
    })
    .await;
    client().send(get(&server.origin)).await
}

#[test]
fn errors_say_what_is_to_be_done() {
    let error = |status: u16| {
        let answer =
            Response::builder().status(status).header("retry-after", "7").body(Bytes::new());
        error(&answer.unwrap(), "why")
    };
    for status in [404, 410] {
        assert!(matches!(error(status), Error::NotFound(_)), "{status}");
    }
    for status in [429, 503] {
        let wait = Some(Duration::from_secs(7));
        assert!(
            matches!(error(status), Error::Throttled { status: s, retry_after }
                if s == status && retry_after == wait),
            "{status}"
        );
    }
    for status in [408, 500, 502, 504, 599] {
        assert!(matches!(error(status), Error::Unavailable(_)), "{status}");
    }
    for status in [400, 403, 405, 409, 412, 422, 499] {
        assert!(matches!(error(status), Error::Refused { status: s, .. } if s == status));
    }
    for status in [200, 204, 302, 304] {
        assert!(matches!(error(status), Error::Malformed(_)), "{status}");
    }
}

#[tokio::test]
async fn internal_addresses_are_not_asked() {
    let server = Server::start(|_| answer("200 OK", "", "secret")).await;
    let http = Http::new(Limits::default()).unwrap();
    let port = server.origin.rsplit(':').next().unwrap();
    for url in [
        format!("http://127.0.0.1:{port}/"),
        format!("https://127.0.0.1:{port}/"),
        format!("https://localhost:{port}/"),
        format!("https://2130706433:{port}/"),
        format!("https://0x7f.1:{port}/"),
        format!("https://[::1]:{port}/"),
        format!("https://[::ffff:127.0.0.1]:{port}/"),
        "https://169.254.169.254/latest/meta-data".into(),
        "http://example.com/".into(),
        "ftp://example.com/".into(),
    ] {
        let answer = http.send(get(&url)).await;
        assert!(matches!(answer, Err(Error::Forbidden(_))), "{url}: {answer:?}");
    }
    assert_eq!(server.requests(), [""; 0]);
}

#[tokio::test]
async fn redirects_are_followed_with_method_and_body() {
    let server = Server::start(|request| match path(request) {
        "/first" => answer("301 Moved Permanently", "Location: /a/second\r\n", ""),
        "/a/second" => answer("307 Temporary Redirect", "Location: third?x=1\r\n", ""),
        _ => answer("207 Multi-Status", "", "here"),
    })
    .await;
    let request = Request::builder()
        .method("PROPFIND")
        .uri(format!("{}/first", server.origin))
        .header("authorization", "Basic secret")
        .header("depth", "1")
        .body(b"<propfind/>".to_vec());
    let (url, answer) = client().send_following(request.unwrap()).await.unwrap();
    assert_eq!(url.as_str(), format!("{}/a/third?x=1", server.origin));
    assert_eq!((answer.status(), answer.body().as_ref()), (StatusCode::MULTI_STATUS, &b"here"[..]));
    let requests = server.requests();
    assert_eq!(requests.len(), 3);
    for request in requests {
        assert!(request.starts_with("PROPFIND /"), "{request}");
        assert!(request.contains("authorization: Basic secret\r\n"), "{request}");
        assert!(request.contains("depth: 1\r\n"), "{request}");
        assert!(request.ends_with("\r\n\r\n<propfind/>"), "{request}");
    }
}

#[tokio::test]
async fn credentials_are_not_carried_elsewhere() {
    let elsewhere = Server::start(|_| answer("200 OK", "", "")).await;
    let target = format!("{}/there", elsewhere.origin);
    let server =
        Server::start(move |_| answer("302 Found", &format!("Location: {target}\r\n"), "")).await;
    let mut request = get(&server.origin);
    request.headers_mut().insert("authorization", "Bearer secret".parse().unwrap());
    client().send_following(request).await.unwrap();
    assert!(server.requests()[0].contains("Bearer secret"));
    let [request] = elsewhere.requests().try_into().unwrap();
    assert!(request.starts_with("GET /there "), "{request}");
    assert!(!request.contains("secret"), "{request}");
}

#[tokio::test]
async fn redirects_lead_to_no_other_scheme_and_end() {
    for (target, is_expected) in [
        ("ftp://127.0.0.1/", is_forbidden as fn(&Error) -> bool),
        ("file:///etc/passwd", is_malformed),
        ("https://[", is_malformed),
        ("/round", is_malformed),
    ] {
        let location = format!("Location: {target}\r\n");
        let server = Server::start(move |_| answer("302 Found", &location, "")).await;
        let error = client().send_following(get(&server.origin)).await.unwrap_err();
        assert!(is_expected(&error), "{target}: {error:?}");
        assert!(server.requests().len() <= 6, "{target}");
    }
    // An answer that is no redirect may name another address, too.
    let server = Server::start(|_| answer("304 Not Modified", "Location: /there\r\n", "")).await;
    let (_, answered) = client().send_following(get(&server.origin)).await.unwrap();
    assert_eq!((answered.status(), server.requests().len()), (StatusCode::NOT_MODIFIED, 1));
    // Without a target it is an answer like any other.
    let server = Server::start(|_| answer("302 Found", "", "")).await;
    let (_, answer) = client().send_following(get(&server.origin)).await.unwrap();
    assert_eq!(answer.status(), StatusCode::FOUND);
}

#[tokio::test]
async fn bodies_without_end_are_cut_off() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let sending = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        read(&mut stream).await;
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
        let mut sent = 0;
        while stream.write_all(&[b'x'; 65_536]).await.is_ok() {
            sent += 65_536;
        }
        sent
    });
    let limits = Limits { allow_private_networks: true, max_body: 1 << 20, ..Limits::default() };
    let answer = Http::new(limits).unwrap().send(get(&url)).await;
    let error = answer.unwrap_err();
    assert!(matches!(error, Error::Malformed(_)), "{error:?}");
    assert!(error.to_string().contains("larger than 1048576 bytes, the limit of max_response_mib"));
    // What was under way when the connection was closed.
    assert!(sending.await.unwrap() < 64 << 20);
}

#[tokio::test]
async fn bodies_that_unpack_to_too_much_are_cut_off() {
    let mut packing = GzEncoder::new(Vec::new(), Compression::best());
    packing.write_all(&vec![0; 4 << 20]).unwrap();
    let packed = packing.finish().unwrap();
    assert!(packed.len() < 16 << 10, "{}", packed.len());
    let server = Server::start(move |_| {
        let mut whole = answer("200 OK", "Content-Encoding: gzip\r\n", "");
        whole.extend(&packed);
        whole
    })
    .await;
    let limits = Limits { allow_private_networks: true, max_body: 1 << 20, ..Limits::default() };
    let answer = Http::new(limits).unwrap().send(get(&server.origin)).await;
    assert!(matches!(answer, Err(Error::Malformed(_))), "{answer:?}");
    let limits = Limits { max_body: 4 << 20, ..limits };
    let answer = Http::new(limits).unwrap().send(get(&server.origin)).await.unwrap();
    assert_eq!(answer.body().len(), 4 << 20);
}

#[tokio::test]
async fn errors_do_not_tell_the_url() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nobody = listener.local_addr().unwrap();
    drop(listener);
    let refused = client().send(get(&format!("http://{nobody}/private-token"))).await;
    let broken = Server::start(|_| b"this is no HTTP\r\n\r\n".to_vec()).await;
    let garbled = client().send(get(&format!("{}/private-token", broken.origin))).await;
    for answer in [refused, garbled] {
        let error = answer.unwrap_err();
        assert!(matches!(error, Error::Unavailable(_)), "{error:?}");
        assert!(!format!("{error} {error:?}").contains("private-token"), "{error:?}");
    }
    let forbidden = Http::new(Limits::default()).unwrap();
    let error = forbidden.send(get("http://example.com/private-token")).await.unwrap_err();
    assert!(!format!("{error} {error:?}").contains("private-token"), "{error:?}");
}

#[tokio::test]
async fn headers_and_status_arrive_whole() {
    let server = Server::start(|_| answer("304 Not Modified", "ETag: \"7\"\r\n", "")).await;
    let answer: Answer = client().send(get(&server.origin)).await.unwrap();
    assert_eq!(answer.status(), StatusCode::NOT_MODIFIED);
    let headers: &HeaderMap = answer.headers();
    assert_eq!(headers["etag"], "\"7\"");
}

/// Answers each request with what a function makes of it, and closes the connection.
struct Server {
    origin: String,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    async fn start(answer: impl Fn(&str) -> Vec<u8> + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = requests.clone();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let request = read(&mut stream).await;
                let answer = answer(&request);
                seen.lock().unwrap().push(request);
                let _ = stream.write_all(&answer).await;
            }
        });
        Self { origin, requests }
    }

    fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

/// Reads one request with its body.
async fn read(stream: &mut TcpStream) -> String {
    let mut all = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&all).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            if body.len() >= length.map_or(0, |length| length.parse().unwrap()) {
                return text;
            }
        }
        if stream.read_buf(&mut all).await.unwrap_or(0) == 0 {
            return text;
        }
    }
}

fn path(request: &str) -> &str {
    request.split(' ').nth(1).unwrap_or_default()
}

fn answer(status: &str, headers: &str, body: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status}\r\nConnection: close\r\n{headers}\r\n{body}").into_bytes()
}

fn client() -> Http {
    Http::new(Limits { allow_private_networks: true, ..Limits::default() }).unwrap()
}

fn get(url: &str) -> Request<Vec<u8>> {
    Request::get(url).body(Vec::new()).unwrap()
}

fn is_forbidden(error: &Error) -> bool {
    matches!(error, Error::Forbidden(_))
}

fn is_malformed(error: &Error) -> bool {
    matches!(error, Error::Malformed(_))
}
