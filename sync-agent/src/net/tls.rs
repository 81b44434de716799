//! TLS to the database. `sslmode` and `sslrootcert` mean what they mean in libpq.

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
};
use std::path::PathBuf;
use std::sync::Arc;
use url::Url;

/// How a server's certificate is verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trust {
    /// Not at all (`prefer`, `require`): the connection is encrypted, but the server may be an
    /// impostor.
    Anything,
    /// The chain must end at a trusted root (`verify-ca`); the host name is not verified.
    Issuer(Roots),
    /// The chain and the host name are verified (`verify-full`).
    IssuerAndName(Roots),
}

/// Which root certificates are trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Roots {
    /// Those of the operating system.
    System,
    /// Those in a PEM file (`sslrootcert`).
    File(PathBuf),
}

/// Separates the TLS parameters, which tokio-postgres does not support, from the rest of a
/// database URL.
pub fn split(url: &str) -> (String, Trust) {
    let Some(mut parsed) = Url::parse(url).ok().filter(|url| url.scheme().starts_with("postgres"))
    else {
        return (url.into(), Trust::Anything);
    };
    let mut mode = None;
    let mut roots = None;
    let mut others = Vec::new();
    for (name, value) in parsed.query_pairs().into_owned() {
        match name.as_str() {
            "sslmode" => mode = Some(value),
            "sslrootcert" if value == "system" => roots = Some(Roots::System),
            "sslrootcert" => roots = Some(Roots::File(value.into())),
            _ => others.push((name, value)),
        }
    }
    if mode.is_none() && roots.is_none() {
        return (url.into(), Trust::Anything);
    }
    let (mode, trust) = match (mode.as_deref(), roots) {
        (Some("verify-full"), roots) => {
            (Some("require"), Trust::IssuerAndName(roots.unwrap_or(Roots::System)))
        }
        // As in libpq: a root file implies verification. With public roots, anyone can get a
        // certificate, so the host name must be verified too.
        (Some("require" | "verify-ca"), Some(Roots::System)) => {
            (Some("require"), Trust::IssuerAndName(Roots::System))
        }
        (Some("verify-ca"), roots) => {
            (Some("require"), Trust::Issuer(roots.unwrap_or(Roots::System)))
        }
        (Some("require"), Some(roots)) => (Some("require"), Trust::Issuer(roots)),
        (mode, _) => (mode, Trust::Anything),
    };
    parsed.set_query(None);
    if let Some(mode) = mode {
        others.push(("sslmode".into(), mode.into()));
    }
    if !others.is_empty() {
        parsed.query_pairs_mut().extend_pairs(others);
    }
    // Form encoding writes a space as +, which PostgreSQL would read as a plus sign.
    (parsed.as_str().replace('+', "%20"), trust)
}

/// A TLS client that verifies certificates as `trust` says.
pub fn client(trust: &Trust) -> Result<ClientConfig, Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier: Arc<dyn ServerCertVerifier> = match trust {
        Trust::Anything => Arc::new(Lenient { inner: None, provider: Arc::clone(&provider) }),
        Trust::Issuer(roots) => {
            let inner = Some(verifier(roots, &provider)?);
            Arc::new(Lenient { inner, provider: Arc::clone(&provider) })
        }
        Trust::IssuerAndName(roots) => verifier(roots, &provider)?,
    };
    Ok(ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth())
}

/// The root certificates of the operating system.
pub fn system_roots() -> RootCertStore {
    let mut store = RootCertStore::empty();
    store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    store
}

fn verifier(
    roots: &Roots,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<WebPkiServerVerifier>, Error> {
    let store = match roots {
        Roots::System => system_roots(),
        Roots::File(path) => {
            let mut store = RootCertStore::empty();
            let unread = |e| Error::General(format!("sslrootcert {}: {e}", path.display()));
            for certificate in CertificateDer::pem_file_iter(path).map_err(unread)? {
                store.add(certificate.map_err(unread)?)?;
            }
            store
        }
    };
    WebPkiServerVerifier::builder_with_provider(Arc::new(store), Arc::clone(provider))
        .build()
        .map_err(|e| Error::General(e.to_string()))
}

/// Verifies the chain but not the host name (`verify-ca`). With `inner: None`, accepts any
/// certificate (`require`).
#[derive(Debug)]
struct Lenient {
    inner: Option<Arc<WebPkiServerVerifier>>,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Lenient {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let Some(inner) = &self.inner else {
            return Ok(ServerCertVerified::assertion());
        };
        match inner.verify_server_cert(certificate, intermediates, name, ocsp, now) {
            Err(Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) => Ok(ServerCertVerified::assertion()),
            other => other,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let known = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signature, known)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let known = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, known)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
