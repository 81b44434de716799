//! Consent and tokens: <https://developers.google.com/identity/protocols/oauth2/native-app>

use crate::AuthorizationServer;
use url::Url;

/// The page on which users give their consent.
pub const AUTHORIZE_URL: &str = "https://accounts.google.com/o/oauth2/v2/auth";

/// The token endpoint.
pub const TOKEN_URL: &str = "https://oauth2.googleapis.com/token";

/// The endpoint that ends a consent.
pub const REVOKE_URL: &str = "https://oauth2.googleapis.com/revoke";

/// Google's authorization server at these addresses.
pub fn authorization_server(
    authorize_url: &Url,
    token_url: &Url,
    revoke_url: &Url,
) -> AuthorizationServer {
    AuthorizationServer {
        authorize_url: Some(authorize_url.clone()),
        token_url: token_url.clone(),
        revoke_url: Some(revoke_url.clone()),
        scopes: &[
            "https://www.googleapis.com/auth/calendar.events",
            "https://www.googleapis.com/auth/calendar.calendarlist.readonly",
        ],
        refreshes_with_scopes: false,
        token_parameters: &[],
        authorize_parameters: &[("access_type", "offline")],
        page_parameters: &[],
        // Not at first: each consent uses up one of a user's 100 refresh tokens.
        insistent_parameters: &[("prompt", "consent")],
        redirect_host: "127.0.0.1",
    }
}
