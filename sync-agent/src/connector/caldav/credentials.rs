//! A user name and a password, in the form that the server asks for.

use crate::net::http::Answer;
use crate::{Error, Result};
use ::http::{HeaderValue, Request, header};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use digest_auth::{AlgorithmType, AuthContext, HttpMethod, WwwAuthenticateHeader};
use secrecy::{ExposeSecret, SecretString};
use std::sync::{Mutex, MutexGuard, PoisonError};
use url::Url;

/// Proves that requests come from a user: by Basic (RFC 7617), or by Digest (RFC 7616) once the
/// server has asked for it.
pub(super) struct Credentials {
    username: String,
    password: SecretString,
    basic: HeaderValue,
    /// What the server wants by Digest, and how often it was answered.
    digest: Mutex<Option<WwwAuthenticateHeader>>,
}

impl Credentials {
    pub(super) fn new(username: &str, password: &SecretString) -> Result<Self> {
        let pair = format!("{username}:{}", password.expose_secret());
        let basic = secret(&format!("Basic {}", BASE64_STANDARD.encode(pair)))?;
        let (username, password) = (username.to_owned(), password.clone());
        Ok(Self { username, password, basic, digest: Mutex::default() })
    }

    /// The header `Authorization` for a request to a URL.
    pub(super) fn authorization(
        &self,
        request: &Request<Vec<u8>>,
        url: &Url,
    ) -> Result<HeaderValue> {
        let mut digest = self.digest();
        let Some(wanted) = digest.as_mut() else { return Ok(self.basic.clone()) };
        let target = &url[url::Position::BeforePath..url::Position::AfterQuery];
        let mut context = AuthContext::new_with_method(
            &self.username,
            self.password.expose_secret(),
            target,
            Some(request.body().as_slice()),
            HttpMethod::from(request.method().as_str()),
        );
        context.set_custom_cnonce(uuid::Uuid::new_v4().simple().to_string());
        let answer = wanted.respond(&context).map_err(|error| {
            Error::Malformed(format!("a challenge for Digest authentication: {error}"))
        })?;
        secret(&answer.to_header_string())
    }

    /// Takes note of what a refusal asks for. Returns whether it is worth to ask again.
    pub(super) fn challenge(&self, refusal: &Answer) -> bool {
        let challenges = refusal.headers().get_all(header::WWW_AUTHENTICATE);
        let wanted = challenges
            .iter()
            .filter_map(|value| digest_in(value.to_str().ok()?))
            .max_by_key(|wanted| strength(wanted.algorithm.algo));
        let mut digest = self.digest();
        let Some(wanted) = wanted else { return false };
        // The same question again means that the answer was wrong.
        if digest.as_ref().is_some_and(|known| known.nonce == wanted.nonce) {
            return false;
        }
        *digest = Some(wanted);
        true
    }

    fn digest(&self) -> MutexGuard<'_, Option<WwwAuthenticateHeader>> {
        self.digest.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The challenge for Digest in a header that may hold several.
fn digest_in(challenges: &str) -> Option<WwwAuthenticateHeader> {
    const SCHEME: &str = "digest ";
    let at = challenges.to_ascii_lowercase().find(SCHEME)?;
    WwwAuthenticateHeader::parse(&challenges[at..]).ok()
}

fn strength(algorithm: AlgorithmType) -> u8 {
    match algorithm {
        AlgorithmType::MD5 => 0,
        AlgorithmType::SHA2_256 => 1,
        AlgorithmType::SHA2_512_256 => 2,
    }
}

fn secret(value: &str) -> Result<HeaderValue> {
    let mut header = HeaderValue::from_str(value).map_err(|_| {
        Error::NeedsReconnect(
            "the user name contains characters that a header cannot contain".into(),
        )
    })?;
    header.set_sensitive(true);
    Ok(header)
}
