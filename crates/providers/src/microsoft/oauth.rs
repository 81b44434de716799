//! Consent and tokens: <https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow>

use crate::AuthorizationServer;
use url::Url;

/// The Microsoft identity platform, without the tenant.
pub const LOGIN_URL: &str = "https://login.microsoftonline.com/";

/// The tenant of applications that any account may use.
pub const TENANT: &str = "common";

/// Microsoft's authorization server for a tenant; none where the address cannot have a path.
pub fn authorization_server(login_url: &Url, tenant: &str) -> Option<AuthorizationServer> {
    let endpoint = |name| login_url.join(&format!("{tenant}/oauth2/v2.0/{name}")).ok();
    Some(AuthorizationServer {
        authorize_url: Some(endpoint("authorize")?),
        token_url: endpoint("token")?,
        // It has none: what it has ends the user's sessions in every application.
        revoke_url: None,
        scopes: &["offline_access", "Calendars.ReadWrite", "User.Read"],
        refreshes_with_scopes: true,
        token_parameters: &[],
        authorize_parameters: &[],
        page_parameters: &[("response_mode", "query"), ("prompt", "select_account")],
        insistent_parameters: &[],
        // Of the names of this machine, the one that it accepts with any port.
        redirect_host: "localhost",
    })
}
