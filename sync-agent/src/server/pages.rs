//! The static pages of `web/`: files that are read once, so that no path of a request is a path
//! of this machine.

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::io::{Error, Result};
use std::path::Path;
use std::sync::Arc;
use tower_http::compression::CompressionLayer;

/// The largest file.
const MAX_FILE: u64 = 4 << 20;

/// The most files.
const MAX_FILES: usize = 1000;

/// The pages that other sites may show in a frame.
const FRAMED: [&str; 2] = ["booking.html", "index.html"];

/// Files by their path below the directory.
#[derive(Debug, Default)]
pub(super) struct Files {
    files: HashMap<String, File>,
    api_origins: Vec<String>,
}

#[derive(Debug)]
struct File {
    kind: &'static str,
    tag: HeaderValue,
    body: Bytes,
}

impl Files {
    /// Reads a directory. `api_origins` are the origins that the pages may call.
    pub(super) fn read(directory: &Path, api_origins: Vec<String>) -> Result<Self> {
        let mut read = Self { files: HashMap::new(), api_origins };
        read.add(directory, "")?;
        Ok(read)
    }

    fn add(&mut self, directory: &Path, prefix: &str) -> Result<()> {
        for entry in std::fs::read_dir(directory)? {
            let entry = entry?;
            let name = entry.file_name().into_string().unwrap_or_default();
            // A link could lead out of the directory.
            let kind = entry.file_type()?;
            let path = format!("{prefix}{name}");
            if name.is_empty() || name.starts_with('.') {
                continue;
            } else if kind.is_dir() && name != "node_modules" {
                self.add(&entry.path(), &format!("{path}/"))?;
            } else if let (true, Some(kind)) = (kind.is_file(), media_type(&name)) {
                if entry.metadata()?.len() > MAX_FILE || self.files.len() >= MAX_FILES {
                    return Err(Error::other(format!("{path}: too large, or too many files")));
                }
                self.files.insert(path, File::new(kind, std::fs::read(entry.path())?.into()));
            }
        }
        Ok(())
    }

    fn answer(&self, method: &Method, path: &str, headers: &HeaderMap) -> Response {
        let path = path.trim_start_matches('/');
        let path = if path.is_empty() || path.ends_with('/') {
            format!("{path}index.html")
        } else {
            path.to_owned()
        };
        let Some(file) = self.files.get(&path) else {
            return StatusCode::NOT_FOUND.into_response();
        };
        if method != Method::GET && method != Method::HEAD {
            return (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET, HEAD")])
                .into_response();
        }
        let mut answer = file.answer(headers, "no-cache");
        let framed = FRAMED.contains(&path.as_str());
        let policy = policy(&self.api_origins, framed);
        answer.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
        // Sites that use the elements load them as modules.
        let everyone = HeaderValue::from_static("*");
        answer.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, everyone);
        answer
    }
}

/// All paths.
pub(super) fn routes(files: Files) -> Router {
    let files = Arc::new(files);
    let answer = async move |method: Method, uri: Uri, headers: HeaderMap| {
        files.answer(&method, uri.path(), &headers)
    };
    Router::new().fallback(answer).layer(CompressionLayer::new())
}

impl File {
    fn new(kind: &'static str, body: Bytes) -> Self {
        let digest = URL_SAFE_NO_PAD.encode(&Sha256::digest(&body)[..16]);
        // Weak: it may be packed on its way.
        let tag = HeaderValue::try_from(format!("W/\"{digest}\""));
        Self { kind, tag: tag.unwrap_or(HeaderValue::from_static("W/\"\"")), body }
    }

    fn answer(&self, headers: &HeaderMap, caching: &'static str) -> Response {
        let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
        let is_known = known.is_some_and(|known| {
            known.split(',').any(|tag| tag.trim() == "*" || self.tag == tag.trim())
        });
        let about = [
            (header::ETAG, self.tag.clone()),
            (header::CACHE_CONTROL, HeaderValue::from_static(caching)),
        ];
        if is_known {
            return (StatusCode::NOT_MODIFIED, about).into_response();
        }
        let kind = [(header::CONTENT_TYPE, HeaderValue::from_static(self.kind))];
        (about, kind, self.body.clone()).into_response()
    }
}

/// The answer with a file that is part of the program.
pub(super) fn built_in(kind: &'static str, body: &'static str, headers: &HeaderMap) -> Response {
    File::new(kind, Bytes::from_static(body.as_bytes())).answer(headers, "public, max-age=300")
}

/// What a page may load, call and be shown in.
fn policy(api_origins: &[String], is_framed: bool) -> HeaderValue {
    let frames = if is_framed { "*" } else { "'none'" };
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
         font-src 'self'; frame-src 'self'; connect-src 'self' {}; form-action 'self'; \
         base-uri 'none'; frame-ancestors {frames}",
        api_origins.join(" ")
    );
    HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
}

/// The media type of a file; none = it is not served.
fn media_type(name: &str) -> Option<&'static str> {
    Some(match name.rsplit_once('.')?.1 {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "json" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        "webmanifest" => "application/manifest+json",
        _ => return None,
    })
}
