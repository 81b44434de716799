//! The cookie by which a browser is known.

use super::desk::Desk;
use axum::http::{HeaderMap, HeaderValue, header};
use cookie::{Cookie, SameSite};
use oauth2::CsrfToken;

/// The name on this machine alone, where there is no TLS.
const NAME: &str = "calendar-connect";

/// The name where browsers keep it to this very host (RFC 6265bis section 4.1.3).
const HOST_NAME: &str = "__Host-calendar-connect";

/// The random bytes in it.
const BYTES: u32 = 32;

/// Its length: these bytes in base64.
const LENGTH: usize = 43;

/// How long it lasts.
const LIFE: cookie::time::Duration = cookie::time::Duration::hours(1);

fn name(desk: &Desk) -> &'static str {
    if desk.public_url.is_secure() { HOST_NAME } else { NAME }
}

/// The cookie of a request.
pub(super) fn of(desk: &Desk, headers: &HeaderMap) -> Option<String> {
    let values = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut cookies = values.flat_map(|value| Cookie::split_parse(value.to_owned())).flatten();
    let found = cookies.find(|cookie| cookie.name() == name(desk))?;
    let is_ours = found.value().len() == LENGTH;
    is_ours.then(|| found.value().to_owned())
}

/// A new cookie.
pub(super) fn random() -> String {
    CsrfToken::new_random_len(BYTES).into_secret()
}

/// The header that sets it.
pub(super) fn set(desk: &Desk, value: &str) -> (header::HeaderName, HeaderValue) {
    // Lax, because it must come along when a provider sends the browser back.
    let cookie = Cookie::build((name(desk), value))
        .path("/")
        .http_only(true)
        .secure(desk.public_url.is_secure())
        .same_site(SameSite::Lax)
        .max_age(LIFE)
        .build();
    let value = HeaderValue::try_from(cookie.to_string());
    (header::SET_COOKIE, value.unwrap_or(HeaderValue::from_static("")))
}
