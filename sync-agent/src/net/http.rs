//! HTTP with bounds: on time, on size, and on where it may go.

use super::addresses::{NoPublicAddress, PublicAddresses, is_internal_name, is_public};
use super::body;
use super::proxy::Proxy;
use crate::{Error, Result};
use bytes::{Bytes, BytesMut};
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use std::error::Error as _;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use url::{Host, Url};

/// How long to wait for a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Redirects that are followed.
const MAX_REDIRECTS: usize = 5;

/// The longest wait that a provider can ask for.
const MAX_WAIT: Duration = Duration::from_secs(24 * 60 * 60);

/// An answer of a provider.
pub type Answer = Response<Bytes>;

/// Sends requests.
#[derive(Debug, Clone)]
pub struct Http {
    client: reqwest::Client,
    limits: Limits,
    /// Whether there is a proxy, which resolves names itself.
    has_proxy: bool,
}

/// A request that failed.
#[derive(Debug)]
pub struct Failed {
    /// Why.
    pub error: Error,
    /// Whether nothing of it has reached the server.
    pub is_unsent: bool,
}

/// Where requests may go, how much they may bring, and how long that may take.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Whether loopback, private and link-local addresses may be asked, and plain
    /// `http:`.
    pub allow_private_networks: bool,
    /// The largest body, in bytes.
    pub max_body: usize,
    /// How long an answer may pause.
    pub max_pause: Duration,
    /// How long a request may take in all.
    pub max_time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            allow_private_networks: false,
            max_body: 64 << 20,
            max_pause: Duration::from_secs(60),
            max_time: Duration::from_secs(120),
        }
    }
}

impl Http {
    /// Sends requests within limits.
    pub fn new(limits: Limits) -> Result<Self> {
        Self::through(limits, None)
    }

    /// Sends requests within limits, and through a proxy if there is one. Variables such as
    /// `HTTPS_PROXY` are ignored: they come from wherever the agent is started, and a program that
    /// carries secrets must not change its way with them.
    pub fn through(limits: Limits, proxy: Option<&Proxy>) -> Result<Self> {
        let unusable = |e| Error::Misconfigured(format!("HTTP cannot be set up: {e}"));
        let tls = rustls::ClientConfig::builder_with_provider(Arc::new(
            rustls::crypto::ring::default_provider(),
        ))
        .with_safe_default_protocol_versions()
        .map_err(|e| Error::Misconfigured(format!("TLS cannot be set up: {e}")))?
        .with_root_certificates(crate::net::tls::system_roots())
        .with_no_client_auth();
        let addresses = PublicAddresses {
            all: limits.allow_private_networks,
            proxy: proxy.and_then(Proxy::name).map(Into::into),
        };
        let mut client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .connect_timeout(CONNECT_TIMEOUT)
            .read_timeout(limits.max_pause)
            .timeout(limits.max_time)
            // Each step is looked at here.
            .redirect(reqwest::redirect::Policy::none())
            .dns_resolver(Arc::new(addresses))
            .user_agent(concat!("sync-agent/", env!("CARGO_PKG_VERSION")))
            .no_proxy();
        if let Some(proxy) = proxy {
            client = client.proxy(proxy.client().map_err(unusable)?);
        }
        let client = client.build().map_err(unusable)?;
        Ok(Self { client, limits, has_proxy: proxy.is_some() })
    }

    /// The largest body, in bytes.
    pub fn max_body(&self) -> usize {
        self.limits.max_body
    }

    /// Whether plain `http:` is allowed.
    pub fn allows_plain(&self) -> bool {
        self.limits.allow_private_networks
    }

    /// Sends a request. A redirect is an answer like any other. The body of the answer is unpacked
    /// and, if it is text, in UTF-8.
    pub async fn send(&self, request: Request<Vec<u8>>) -> Result<Answer> {
        self.try_send(request).await.map_err(|failed| failed.error)
    }

    /// [`Self::send`], for requests that must not be repeated if they may have arrived.
    pub async fn try_send(&self, request: Request<Vec<u8>>) -> std::result::Result<Answer, Failed> {
        let unsent = |error| Failed { error, is_unsent: true };
        self.check(request.uri()).await.map_err(unsent)?;
        let request = reqwest::Request::try_from(request).map_err(|e| {
            unsent(Error::Forbidden(format!("an invalid URL ({})", e.without_url())))
        })?;
        let asked = self.ask(request).await;
        let failed =
            |e: reqwest::Error| Failed { is_unsent: e.is_connect(), error: unavailable(e) };
        let answer = asked.map_err(failed)?;
        self.read(answer).await.map_err(|error| Failed { error, is_unsent: false })
    }

    async fn ask(&self, mut request: reqwest::Request) -> reqwest::Result<reqwest::Response> {
        let gzip = HeaderValue::from_static("gzip");
        request.headers_mut().entry(header::ACCEPT_ENCODING).or_insert(gzip);
        self.execute(request).await
    }

    /// Reads the body of an answer.
    async fn read(&self, mut answer: reqwest::Response) -> Result<Answer> {
        let max = self.limits.max_body;
        let mut body = BytesMut::new();
        while let Some(chunk) = answer.chunk().await.map_err(unavailable)? {
            if body.len() + chunk.len() > max {
                return Err(body::too_large(max));
            }
            body.extend_from_slice(&chunk);
        }
        let mut whole = Response::new(body::read(answer.headers(), body.freeze(), max)?);
        *whole.status_mut() = answer.status();
        *whole.headers_mut() = std::mem::take(answer.headers_mut());
        Ok(whole)
    }

    /// Sends a request, and once more if the connection is closed before an answer: a server may
    /// close a connection between two requests without saying so (RFC 9110 section 9.2.2).
    async fn execute(&self, request: reqwest::Request) -> reqwest::Result<reqwest::Response> {
        let again = if is_idempotent(request.method()) { request.try_clone() } else { None };
        match (self.client.execute(request).await, again) {
            (Err(error), Some(again)) if is_closed(&error) => self.client.execute(again).await,
            (answer, _) => answer,
        }
    }

    /// Sends a request, and again where the answer is a redirect: with the same method and body,
    /// without credentials where the site is another. A redirect that asks for another method
    /// (303) or would carry a change to another site is an answer like any other. Also returns the
    /// URL that answered.
    pub async fn send_following(&self, request: Request<Vec<u8>>) -> Result<(Url, Answer)> {
        self.follow(request, true).await
    }

    /// Sends a request, and again where it is redirected within its site: with the same method,
    /// body and credentials. A redirect to another site is an answer like any other.
    pub async fn send_on_site(&self, request: Request<Vec<u8>>) -> Result<Answer> {
        self.follow(request, false).await.map(|(_, answer)| answer)
    }

    async fn follow(
        &self,
        mut request: Request<Vec<u8>>,
        may_leave: bool,
    ) -> Result<(Url, Answer)> {
        for _ in 0..=MAX_REDIRECTS {
            let url = parse(&request.uri().to_string())?;
            let answer = self.send(request.clone()).await?;
            let target = answer.headers().get(header::LOCATION).and_then(|v| v.to_str().ok());
            let (true, Some(target)) = (is_redirect(answer.status()), target) else {
                return Ok((url, answer));
            };
            let next = url.join(target).map_err(|_| malformed_redirect())?;
            let asks_for_get = answer.status() == StatusCode::SEE_OTHER;
            let leaves = !is_same_site(&url, &next);
            if asks_for_get && !request.method().is_safe()
                || leaves && (!may_leave || is_change(request.method()))
            {
                return Ok((url, answer));
            }
            if leaves {
                request.headers_mut().remove(header::AUTHORIZATION);
            }
            *request.uri_mut() = next.as_str().parse().map_err(|_| malformed_redirect())?;
        }
        Err(Error::Malformed(format!("more than {MAX_REDIRECTS} redirects")))
    }

    async fn check(&self, uri: &http::Uri) -> Result<()> {
        let url = parse(&uri.to_string())?;
        let is_secure = url.scheme() == "https";
        let is_plain = url.scheme() == "http" && self.limits.allow_private_networks;
        if !is_secure && !is_plain {
            return Err(Error::Forbidden(format!(
                "a {}: URL: only https: is allowed",
                url.scheme()
            )));
        }
        let address: Option<IpAddr> = match url.host() {
            Some(Host::Ipv4(address)) => Some(address.into()),
            Some(Host::Ipv6(address)) => Some(address.into()),
            // A name is looked at when it is resolved, unless a proxy does that.
            Some(Host::Domain(name))
                if self.has_proxy
                    && !self.limits.allow_private_networks
                    && is_internal_name(name).await =>
            {
                return Err(Error::Forbidden(NoPublicAddress.to_string()));
            }
            Some(Host::Domain(_)) => None,
            None => return Err(Error::Forbidden("a URL without a host".into())),
        };
        match address {
            Some(address) if !self.limits.allow_private_networks && !is_public(address) => {
                Err(Error::Forbidden(format!("the internal address {address}")))
            }
            _ => Ok(()),
        }
    }
}

/// The error for an unexpected status. `reason` is in the provider's words, or names what was
/// requested; it may be empty.
pub fn error(answer: &Answer, reason: impl Into<String>) -> Error {
    let status = answer.status();
    let mut reason = reason.into();
    let mut shown = status.as_str().to_owned();
    if let Some(words) = status.canonical_reason() {
        shown = format!("{shown} {words}");
    }
    if !reason.is_empty() {
        shown = format!("{shown} ({reason})");
    }
    if reason.is_empty() {
        reason = status.canonical_reason().unwrap_or("no reason given").into();
    }
    match status {
        StatusCode::NOT_FOUND | StatusCode::GONE => Error::NotFound(shown),
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
            Error::Throttled { status: status.as_u16(), retry_after: retry_after(answer) }
        }
        status if status.is_server_error() || status == StatusCode::REQUEST_TIMEOUT => {
            Error::Unavailable(shown)
        }
        status if status.is_client_error() => Error::Refused { status: status.as_u16(), reason },
        _ => Error::Malformed(shown),
    }
}

/// Retry-After (RFC 9110 section 10.2.3): seconds, whole or not, or a date, which is compared with
/// the answer's own Date, or else with this machine's clock. At most 24 hours.
pub fn retry_after(answer: &Answer) -> Option<Duration> {
    let text = |name| answer.headers().get(name)?.to_str().ok().map(str::trim);
    let date = |text| httpdate::parse_http_date(text).ok();
    let value = text(header::RETRY_AFTER)?;
    let wait = match value.parse::<f64>() {
        Ok(seconds) => Duration::try_from_secs_f64(seconds).ok()?,
        Err(_) => {
            let now = text(header::DATE).and_then(date).unwrap_or_else(SystemTime::now);
            date(value)?.duration_since(now).unwrap_or_default()
        }
    };
    Some(wait.min(MAX_WAIT))
}

/// Whether the resource is elsewhere: 300 and 304 can have a Location, too.
fn is_redirect(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}

/// Whether two requests of a method do what one does (RFC 9110 section 9.2.2; RFC 4918 section 9.1;
/// RFC 3253 section 3.6).
fn is_idempotent(method: &Method) -> bool {
    method.is_idempotent() || !is_change(method)
}

/// Whether a method may change something at the server.
fn is_change(method: &Method) -> bool {
    !method.is_safe() && !matches!(method.as_str(), "PROPFIND" | "REPORT")
}

/// Whether credentials for one URL may be sent to the other: the origin is the same, or the host by
/// https: in place of http:, each on its usual port.
fn is_same_site(from: &Url, to: &Url) -> bool {
    let is_usual = |url: &Url, scheme| url.scheme() == scheme && url.port().is_none();
    from.origin() == to.origin()
        || from.host() == to.host() && is_usual(from, "http") && is_usual(to, "https")
}

/// Whether the connection was closed before an answer began.
fn is_closed(error: &reqwest::Error) -> bool {
    let mut cause = error.source();
    while let Some(source) = cause {
        if let Some(error) = source.downcast_ref::<hyper::Error>() {
            return error.is_incomplete_message() || error.is_canceled();
        }
        cause = source.source();
    }
    false
}

fn parse(url: &str) -> Result<Url> {
    Url::parse(url).map_err(|_| Error::Forbidden("an invalid URL".into()))
}

fn malformed_redirect() -> Error {
    Error::Malformed("a redirect to an invalid URL".into())
}

fn unavailable(error: reqwest::Error) -> Error {
    // The cause says more than reqwest's own message. Neither may contain the URL, which can be
    // a secret.
    let error = error.without_url();
    let mut cause: &dyn std::error::Error = &error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    if let Some(forbidden) = cause.downcast_ref::<NoPublicAddress>() {
        return Error::Forbidden(forbidden.to_string());
    }
    Error::Unavailable(if error.is_timeout() {
        "the request timed out".into()
    } else {
        cause.to_string()
    })
}
