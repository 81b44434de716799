//! An application that is registered with a provider, and its token endpoint.

use super::answer::normal;
use crate::net::http::{Http, error};
use crate::{Error, Result};
use http::StatusCode;
use oauth2::basic::{BasicClient, BasicErrorResponse, BasicErrorResponseType, BasicTokenResponse};
use oauth2::{
    AuthType, AuthUrl, AuthorizationCode, ClientId, ClientSecret, EndpointNotSet, EndpointSet,
    HttpRequest, HttpResponse, PkceCodeVerifier, RedirectUrl, RefreshToken, RequestTokenError,
    Scope, TokenResponse as _, TokenUrl,
};
use providers::AuthorizationServer;
use secrecy::{ExposeSecret, SecretString};

/// An application that is registered with a provider.
#[derive(Debug, Clone)]
pub struct Application {
    /// The client id.
    pub client_id: String,
    /// The client secret; none for a public client.
    pub client_secret: Option<SecretString>,
    /// Where it asks for tokens, and how.
    pub server: AuthorizationServer,
}

pub(super) type Client =
    BasicClient<EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointSet>;

impl Application {
    pub(super) fn client(&self) -> Client {
        let client = BasicClient::new(ClientId::new(self.client_id.clone()))
            .set_token_uri(TokenUrl::from_url(self.server.token_url.clone()))
            // Google, Microsoft and GoHighLevel all document this way.
            .set_auth_type(AuthType::RequestBody);
        match &self.client_secret {
            Some(secret) => {
                client.set_client_secret(ClientSecret::new(secret.expose_secret().into()))
            }
            None => client,
        }
    }

    pub(super) fn scopes(&self) -> impl Iterator<Item = Scope> + '_ {
        self.server.scopes.iter().map(|&scope| Scope::new(scope.into()))
    }

    /// Trades a refresh token for an access token (RFC 6749 section 6).
    pub(super) async fn refresh(
        &self,
        http: &Http,
        token: &SecretString,
    ) -> Result<BasicTokenResponse> {
        let client = self.client();
        let token = RefreshToken::new(token.expose_secret().into());
        let mut request = client.exchange_refresh_token(&token);
        if self.server.refreshes_with_scopes {
            request = request.add_scopes(self.scopes());
        }
        for &(name, value) in self.server.token_parameters {
            request = request.add_extra_param(name, value);
        }
        request.request_async(&|request| send(http.clone(), request)).await.map_err(refusal)
    }

    /// Trades what the user's browser brought for tokens (RFC 6749 section 4.1.3).
    pub(super) async fn exchange(
        &self,
        http: &Http,
        code: AuthorizationCode,
        verifier: PkceCodeVerifier,
        redirect: RedirectUrl,
    ) -> Result<BasicTokenResponse> {
        let client = self.client().set_redirect_uri(redirect);
        let mut request = client.exchange_code(code).set_pkce_verifier(verifier);
        for &(name, value) in self.server.token_parameters {
            request = request.add_extra_param(name, value);
        }
        request.request_async(&|request| send(http.clone(), request)).await.map_err(refusal)
    }

    /// What the user has unticked.
    pub(super) fn missing_scope(&self, answer: &BasicTokenResponse) -> Option<&'static str> {
        // Not said = as asked for (RFC 6749 section 5.1).
        let granted = answer.scopes()?;
        let name = |scope: &str| scope.rsplit('/').next().unwrap_or(scope).to_lowercase();
        let mut wanted = self.server.scopes.iter().copied();
        wanted.find(|scope| {
            // That one is not a right at the API, and therefore not always listed.
            *scope != "offline_access"
                && !granted.iter().any(|granted| name(granted) == name(scope))
        })
    }

    /// Ends the consent of a refresh token (RFC 7009). A token that is not valid any
    /// more is as good. Does nothing where the provider has no such endpoint.
    pub async fn revoke(&self, http: &Http, token: &SecretString) -> Result<()> {
        let Some(url) = &self.server.revoke_url else { return Ok(()) };
        let form = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("token", token.expose_secret())
            .finish();
        let request = ::http::Request::post(url.as_str())
            .header(::http::header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(form.into_bytes())
            .map_err(|_| Error::Forbidden("an invalid URL".into()))?;
        let answer = http.send(request).await?;
        match answer.status() {
            status if status.is_success() || status == StatusCode::BAD_REQUEST => Ok(()),
            _ => Err(error(&answer, "revocation endpoint")),
        }
    }

    pub(super) fn authorize_url(&self) -> Result<AuthUrl> {
        let url = self.server.authorize_url.clone().ok_or_else(|| {
            let reason = "the provider does not support consent in a browser; \
                          pass --refresh-token-stdin";
            Error::NotGranted(reason.into())
        })?;
        Ok(AuthUrl::from_url(url))
    }
}

async fn send(http: Http, request: HttpRequest) -> Result<HttpResponse> {
    let mut answer = http.send(request).await?;
    match answer.status() {
        // Nest, of which GoHighLevel is made, likes to say 201.
        status if status.is_success() => *answer.status_mut() = StatusCode::OK,
        StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {}
        _ => return Err(error(&answer, "token endpoint")),
    }
    Ok(normal(answer.map(Vec::from)))
}

/// Turns a failure into an error. It repeats only the codes of the response, because the rest
/// could contain a token or a name.
fn refusal(error: RequestTokenError<Error, BasicErrorResponse>) -> Error {
    use BasicErrorResponseType as Code;
    let answer = match error {
        RequestTokenError::Request(error) => return error,
        RequestTokenError::ServerResponse(answer) => answer,
        RequestTokenError::Parse(at, _) => {
            return Error::Malformed(format!(
                "the response of the token endpoint is not valid at {}",
                at.path()
            ));
        }
        RequestTokenError::Other(_) => {
            return Error::Malformed(
                "the response of the token endpoint is not a JSON object".into(),
            );
        }
    };
    let code = match answer.error_description().and_then(|words| vendor_code(words)) {
        Some(code) => format!("{}, {code}", answer.error().as_ref()),
        None => answer.error().as_ref().into(),
    };
    let rejected = || Error::NeedsReconnect(format!("the refresh token was rejected ({code})"));
    match answer.error() {
        Code::InvalidGrant => rejected(),
        Code::Extension(name) => match name.as_str() {
            "interaction_required" | "consent_required" | "login_required" => rejected(),
            // GoHighLevel's own form: {"statusCode", "message", "error"}.
            "Unauthorized" => Error::NeedsReconnect("the refresh token was rejected".into()),
            "temporarily_unavailable" | "server_error" => {
                Error::Unavailable(format!("the token endpoint reported {code}"))
            }
            _ => Error::Refused {
                status: 400,
                reason: "the token endpoint reported an unknown error".into(),
            },
        },
        Code::InvalidClient | Code::UnauthorizedClient => Error::Misconfigured(format!(
            "the provider rejected client_id and client_secret ({code})"
        )),
        _ => Error::Refused { status: 400, reason: format!("the token endpoint reported {code}") },
    }
}

/// Microsoft's own code for what is wrong, such as AADSTS50173.
fn vendor_code(description: &str) -> Option<&str> {
    let start = description.find("AADSTS")?;
    let rest = &description[start..];
    let digits = rest["AADSTS".len()..].bytes().take_while(u8::is_ascii_digit).count();
    (digits > 0).then(|| &rest[.."AADSTS".len() + digits])
}
