//! How `run` serves: what the configuration says of it.

mod key;
mod public_url;

pub use key::{InvalidKey, Key};
pub use public_url::{InvalidPublicUrl, PublicUrl};

use http::HeaderName;
use std::net::SocketAddr;
use std::path::PathBuf;

/// How to listen.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where; best on an address that the reverse proxy alone reaches. None = there, nothing is
    /// served.
    pub listen: Option<SocketAddr>,
    /// Where to answer our own monitoring; none = nowhere.
    pub internal_listen: Option<SocketAddr>,
    /// Where browsers and providers reach the server; none = not known.
    pub public_url: Option<PublicUrl>,
    /// The header to which the reverse proxy adds the caller's address, last in a list.
    pub client_address_header: HeaderName,
    /// The directory of the static pages.
    pub pages: Option<PathBuf>,
    /// The origins that these pages may call.
    pub api_origins: Vec<String>,
    /// The key by which GoHighLevel signs.
    pub ghl_key: Key,
}

impl Settings {
    /// To listen here, without pages.
    pub fn new(listen: SocketAddr, ghl_key: Key) -> Self {
        Self {
            listen: Some(listen),
            internal_listen: None,
            public_url: None,
            client_address_header: HeaderName::from_static("x-forwarded-for"),
            pages: None,
            api_origins: Vec::new(),
            ghl_key,
        }
    }
}
