//! The proxy between this machine and the internet.

use secrecy::{ExposeSecret as _, SecretString};
use url::{Host, Url};

/// A proxy for HTTP, to which https: is tunnelled.
#[derive(Debug, Clone)]
pub struct Proxy {
    /// With the user name and the password.
    url: SecretString,
    /// The name of its host, if it is not an address.
    name: Option<String>,
    /// The hosts that are reached without it, separated by commas.
    except: Option<String>,
}

impl Proxy {
    /// The proxy at an http: or https: URL; none = the URL is not valid.
    pub fn new(url: &SecretString, except: Option<&str>) -> Option<Self> {
        let parsed = Url::parse(url.expose_secret()).ok()?;
        let name = match parsed.host()? {
            Host::Domain(name) => Some(name.to_owned()),
            Host::Ipv4(_) | Host::Ipv6(_) => None,
        };
        let proxy = Self { url: url.clone(), name, except: except.map(Into::into) };
        let is_http = matches!(parsed.scheme(), "http" | "https");
        (is_http && proxy.client().is_ok()).then_some(proxy)
    }

    /// The name of its host, which may be an internal one.
    pub(super) fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// What an HTTP client takes.
    pub(super) fn client(&self) -> reqwest::Result<reqwest::Proxy> {
        let except = self.except.as_deref().and_then(reqwest::NoProxy::from_string);
        Ok(reqwest::Proxy::all(self.url.expose_secret())?.no_proxy(except))
    }
}
