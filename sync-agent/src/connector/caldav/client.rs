//! Requests with a user's credentials.

use super::credentials::Credentials;
use crate::net::http::{Answer, Http};
use crate::{Error, Result};
use ::http::{Request, StatusCode, header};
use secrecy::SecretString;
use url::Url;

/// Redirects that are followed.
const MAX_REDIRECTS: usize = 5;

/// Domains whose hosts all belong to one server.
const SHARDED: [&str; 1] = ["icloud.com"];

/// Sends requests with a user name and a password, to their own server alone.
pub(super) struct Client {
    http: Http,
    home: Url,
    credentials: Credentials,
}

impl Client {
    pub(super) fn new(
        http: Http,
        home: &Url,
        username: &str,
        password: &SecretString,
    ) -> Result<Self> {
        Ok(Self { http, home: home.clone(), credentials: Credentials::new(username, password)? })
    }

    /// Sends a request, and again where it is redirected.
    pub(super) async fn send(&self, request: Request<Vec<u8>>) -> Result<Answer> {
        self.send_to(request).await.map(|(_, answer)| answer)
    }

    /// Sends a request, and again, with the same method and body, where it is
    /// redirected. Also returns the URL that answered.
    pub(super) async fn send_to(&self, mut request: Request<Vec<u8>>) -> Result<(Url, Answer)> {
        for _ in 0..=MAX_REDIRECTS {
            let url = super::parse(&request.uri().to_string())?;
            self.check(&url)?;
            let answer = self.authorized(request.clone(), &url).await?;
            let target = answer.headers().get(header::LOCATION).and_then(|v| v.to_str().ok());
            let (true, Some(target)) = (answer.status().is_redirection(), target) else {
                return Ok((url, answer));
            };
            let next = url.join(target).map_err(|_| malformed())?;
            *request.uri_mut() = next.as_str().parse().map_err(|_| malformed())?;
        }
        Err(Error::Malformed(format!("more than {MAX_REDIRECTS} redirects")))
    }

    /// Sends a request with the credentials, and once more if the server asks for another way to
    /// prove them.
    async fn authorized(&self, mut request: Request<Vec<u8>>, url: &Url) -> Result<Answer> {
        let authorization = self.credentials.authorization(&request, url)?;
        request.headers_mut().insert(header::AUTHORIZATION, authorization);
        let answer = self.http.send(request.clone()).await?;
        if answer.status() != StatusCode::UNAUTHORIZED || !self.credentials.challenge(&answer) {
            return Ok(answer);
        }
        let authorization = self.credentials.authorization(&request, url)?;
        request.headers_mut().insert(header::AUTHORIZATION, authorization);
        self.http.send(request).await
    }

    /// The credentials are for the origin that the user named, and for the same host by
    /// https on its usual port. No other host or port receives them, and no connection that
    /// is less safe.
    fn check(&self, url: &Url) -> Result<()> {
        let is_usual_https = url.scheme() == "https" && url.port().is_none();
        if url.origin() == self.home.origin() {
            return Ok(());
        }
        if is_usual_https && self.home.port().is_none() && url.host() == self.home.host() {
            return Ok(());
        }
        let (Some(host), Some(home)) = (url.domain(), self.home.domain()) else {
            return Err(foreign());
        };
        let is_below = |host: &str, domain: &str| {
            host.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        };
        let is_shard = |domain: &&str| is_below(host, domain) && is_below(home, domain);
        if is_usual_https && SHARDED.iter().any(is_shard) { Ok(()) } else { Err(foreign()) }
    }
}

fn foreign() -> Error {
    Error::Forbidden(
        "another host than the account's, because it would receive the password".into(),
    )
}

fn malformed() -> Error {
    Error::Malformed("a redirect to an invalid URL".into())
}
