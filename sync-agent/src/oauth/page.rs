//! Asks the user for access on a page that the agent serves (RFC 6749 section 4.1, with RFC 7636).

use super::Application;
use crate::net::http::Http;
use crate::{Error, Result};
use oauth2::{
    AuthorizationCode, CsrfToken, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, TokenResponse,
};
use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

/// A question to the user.
#[derive(Debug)]
pub struct Question {
    /// The provider's page.
    pub url: Url,
    /// What the answer repeats.
    pub state: SecretString,
    /// What proves that the code was ours.
    pub verifier: SecretString,
}

/// What the provider gave for the user's answer.
#[derive(Debug)]
pub struct Granted {
    /// The refresh token, if there is one.
    pub refresh_token: Option<SecretString>,
    /// What the user did not grant; none = all was granted.
    pub missing: Option<&'static str>,
}

impl Application {
    /// The question to a user who comes back to `redirect`. `insists` asks for a refresh token
    /// where the user consented before. `login_hint` is the address of the account.
    pub fn question(
        &self,
        redirect: &str,
        insists: bool,
        login_hint: Option<&str>,
    ) -> Result<Question> {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let client =
            self.client().set_auth_uri(self.authorize_url()?).set_redirect_uri(back(redirect)?);
        let mut request = client
            .authorize_url(CsrfToken::new_random)
            .add_scopes(self.scopes())
            .set_pkce_challenge(challenge);
        let server = &self.server;
        let insistent = if insists { server.insistent_parameters } else { &[] };
        for list in [server.authorize_parameters, server.page_parameters, insistent] {
            for &(name, value) in list {
                request = request.add_extra_param(name, value);
            }
        }
        if let Some(hint) = login_hint {
            request = request.add_extra_param("login_hint", hint);
        }
        let (url, state) = request.url();
        Ok(Question {
            url,
            state: state.secret().as_str().into(),
            verifier: verifier.secret().as_str().into(),
        })
    }

    /// Trades the code of the user's answer for tokens.
    pub async fn redeem(
        &self,
        http: &Http,
        code: &str,
        verifier: &SecretString,
        redirect: &str,
    ) -> Result<Granted> {
        let code = AuthorizationCode::new(code.into());
        let verifier = PkceCodeVerifier::new(verifier.expose_secret().into());
        let answer = self.exchange(http, code, verifier, back(redirect)?).await?;
        let refresh_token = answer.refresh_token().map(|token| token.secret().as_str().into());
        Ok(Granted { refresh_token, missing: self.missing_scope(&answer) })
    }

    /// Whether the provider asks again for a refresh token that it did not give.
    pub fn can_insist(&self) -> bool {
        !self.server.insistent_parameters.is_empty()
    }
}

fn back(redirect: &str) -> Result<RedirectUrl> {
    RedirectUrl::new(redirect.into())
        .map_err(|_| Error::Misconfigured("http.public_url is not a valid URL".into()))
}
