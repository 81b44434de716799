//! Requests to an OAuth 2.0 authorization server (RFC 6749).

use url::Url;

/// A provider's authorization server, with what it needs beyond RFC 6749.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorizationServer {
    /// The page on which users give their consent; `None` if users consent elsewhere.
    pub authorize_url: Option<Url>,
    /// The token endpoint.
    pub token_url: Url,
    /// The revocation endpoint (RFC 7009); `None` if there is none.
    pub revoke_url: Option<Url>,
    /// The scopes that sync-agent asks for.
    pub scopes: &'static [&'static str],
    /// Whether each refresh names the scopes again.
    pub refreshes_with_scopes: bool,
    /// Further parameters of the token endpoint.
    pub token_parameters: &'static [(&'static str, &'static str)],
    /// Further parameters of the authorization endpoint.
    pub authorize_parameters: &'static [(&'static str, &'static str)],
    /// Further parameters where the user comes back to a page of ours.
    pub page_parameters: &'static [(&'static str, &'static str)],
    /// The parameters of a second attempt, if the answer to the first has no refresh token.
    pub insistent_parameters: &'static [(&'static str, &'static str)],
    /// The name of this machine that the provider accepts in redirects to any port.
    pub redirect_host: &'static str,
}
