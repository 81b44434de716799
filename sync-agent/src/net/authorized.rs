//! Requests that bear an access token (RFC 6750).

use crate::net::http::{Answer, Http};
use crate::{Error, Result};
use async_trait::async_trait;
use http::{HeaderValue, Request, StatusCode, header};
use secrecy::{ExposeSecret, SecretString};
use std::sync::Arc;

/// Where access tokens come from.
#[async_trait]
pub trait AccessTokens: Send + Sync {
    /// A token that is expected to be valid.
    async fn access_token(&self) -> Result<SecretString>;

    /// Another token, because the provider rejected this one. [`Error::NeedsReconnect`] if there is
    /// no other.
    async fn instead_of(&self, refused: &SecretString) -> Result<SecretString>;
}

/// A token that never changes: GoHighLevel's private integrations.
#[async_trait]
impl AccessTokens for SecretString {
    async fn access_token(&self) -> Result<Self> {
        Ok(self.clone())
    }

    async fn instead_of(&self, _refused: &SecretString) -> Result<Self> {
        Err(Error::NeedsReconnect("the provider rejected the token".into()))
    }
}

/// Sends requests on behalf of an account.
#[derive(Clone)]
pub struct Authorized {
    http: Http,
    tokens: Arc<dyn AccessTokens>,
}

impl Authorized {
    /// Sends requests with the tokens of an account.
    pub fn new(http: Http, tokens: Arc<dyn AccessTokens>) -> Self {
        Self { http, tokens }
    }

    /// Sends a request; once more with another token where the provider refuses
    /// the first.
    pub async fn send(&self, request: Request<Vec<u8>>) -> Result<Answer> {
        let token = self.tokens.access_token().await?;
        let answer = self.http.send_on_site(bearing(request.clone(), &token)?).await?;
        if answer.status() != StatusCode::UNAUTHORIZED {
            return Ok(answer);
        }
        let token = self.tokens.instead_of(&token).await?;
        let answer = self.http.send_on_site(bearing(request, &token)?).await?;
        if answer.status() == StatusCode::UNAUTHORIZED {
            return Err(Error::NeedsReconnect("the provider rejected a new access token".into()));
        }
        Ok(answer)
    }
}

fn bearing(mut request: Request<Vec<u8>>, token: &SecretString) -> Result<Request<Vec<u8>>> {
    let mut value =
        HeaderValue::from_str(&format!("Bearer {}", token.expose_secret())).map_err(|_| {
            Error::NeedsReconnect(
                "the access token contains characters that a header cannot contain".into(),
            )
        })?;
    value.set_sensitive(true);
    request.headers_mut().insert(header::AUTHORIZATION, value);
    Ok(request)
}
