//! The URL at which browsers and providers reach the server.

use url::Url;

/// The public URL: its path ends in a slash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl(Url);

/// A URL that cannot be the public one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the URL must be {}", PublicUrl::FORM)]
pub struct InvalidPublicUrl;

impl PublicUrl {
    /// How it is written.
    pub const FORM: &str = "an http or https URL without a query, whose path has only letters, \
                            digits and - . _ ~, such as https://agent.example.com/calendar/";

    /// Checks a URL.
    pub fn new(url: &Url) -> Result<Self, InvalidPublicUrl> {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
        let is_valid = matches!(url.scheme(), "http" | "https")
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none()
            && url.path().bytes().all(is_plain)
            && !url.path().contains("//");
        let mut url = url.clone();
        if !url.path().ends_with('/') {
            let path = format!("{}/", url.path());
            url.set_path(&path);
        }
        if is_valid { Ok(Self(url)) } else { Err(InvalidPublicUrl) }
    }

    /// The URL.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The path with the slash at its end.
    pub fn path(&self) -> &str {
        self.0.path()
    }

    /// The scheme, host and port, as browsers send them in `Origin`.
    pub fn origin(&self) -> String {
        self.0.origin().ascii_serialization()
    }

    /// Whether browsers keep secure cookies for it. On this machine there is no TLS.
    pub fn is_secure(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// The URL of a path below it.
    pub fn join(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }
}
