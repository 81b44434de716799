//! Tokens: <https://marketplace.gohighlevel.com/docs/Authorization/OAuth2.0>

use crate::AuthorizationServer;
use url::Url;

/// GoHighLevel's authorization server, which is part of its API; none where the address cannot
/// have a path. Users give their consent on the marketplace.
pub fn authorization_server(base: &Url) -> Option<AuthorizationServer> {
    Some(AuthorizationServer {
        authorize_url: None,
        token_url: base.join("oauth/token").ok()?,
        revoke_url: None,
        scopes: &[],
        refreshes_with_scopes: false,
        token_parameters: &[("user_type", "Location")],
        authorize_parameters: &[],
        page_parameters: &[],
        insistent_parameters: &[],
        redirect_host: "127.0.0.1",
    })
}
