//! What `sslmode` asks of a database's certificate: as libpq has it.

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ClientConnection, ServerConfig, ServerConnection};
use std::path::PathBuf;
use std::sync::Arc;
use sync_agent::net::tls::{Roots, Trust, client, split};
use tempfile::TempDir;

fn told(url: &str) -> (String, Trust) {
    split(url)
}

#[test]
fn what_tokio_postgres_does_not_know_is_taken_out() {
    let file = || Roots::File("/etc/ca.pem".into());
    let base = "postgres://u:p%2Fw@h:5433/d";
    for (query, left, trust) in [
        ("", "", Trust::Anything),
        ("?sslmode=disable", "?sslmode=disable", Trust::Anything),
        ("?sslmode=prefer", "?sslmode=prefer", Trust::Anything),
        ("?sslmode=require", "?sslmode=require", Trust::Anything),
        ("?sslmode=verify-ca", "?sslmode=require", Trust::Issuer(Roots::System)),
        ("?sslmode=verify-full", "?sslmode=require", Trust::IssuerAndName(Roots::System)),
        ("?sslrootcert=/etc/ca.pem&sslmode=require", "?sslmode=require", Trust::Issuer(file())),
        (
            "?sslmode=verify-full&sslrootcert=%2Fetc%2Fca.pem&options=-c%20a%3Db",
            "?options=-c%20a%3Db&sslmode=require",
            Trust::IssuerAndName(file()),
        ),
        (
            "?sslmode=verify-ca&sslrootcert=system",
            "?sslmode=require",
            Trust::IssuerAndName(Roots::System),
        ),
        // Nobody may believe that this was heeded.
        ("?sslmode=verify-fully", "?sslmode=verify-fully", Trust::Anything),
    ] {
        let (url, found) = told(&format!("{base}{query}"));
        assert_eq!((url, found), (format!("{base}{left}"), trust), "{query}");
    }
    assert_eq!(told("host=h user=u"), ("host=h user=u".into(), Trust::Anything));
}

#[test]
fn whom_a_client_talks_to_depends_on_what_it_trusts() {
    let directory = TempDir::new().unwrap();
    let (ours, theirs) = (Authority::new(&directory, "ours"), Authority::new(&directory, "theirs"));
    let right = ours.server("db.example.com");
    let other_name = ours.server("other.example.com");
    let stranger = theirs.server("db.example.com");

    let roots = || Roots::File(ours.file.clone());
    for (trust, accepted) in [
        (Trust::Anything, [true, true, true]),
        (Trust::Issuer(roots()), [true, true, false]),
        (Trust::IssuerAndName(roots()), [true, false, false]),
    ] {
        let found = [&right, &other_name, &stranger].map(|server| meet(&trust, server));
        assert_eq!(found, accepted, "{trust:?}");
    }
}

#[test]
fn a_file_of_certificates_that_is_not_there_is_named() {
    let error = client(&Trust::Issuer(Roots::File("/nowhere/ca.pem".into()))).unwrap_err();
    assert!(error.to_string().contains("sslrootcert /nowhere/ca.pem"), "{error}");
}

struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    file: PathBuf,
}

impl Authority {
    fn new(directory: &TempDir, name: &str) -> Self {
        let mut params = CertificateParams::new([]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let file = directory.path().join(name);
        std::fs::write(&file, issuer.pem()).unwrap();
        Self { issuer, file }
    }

    fn server(&self, name: &str) -> Arc<ServerConfig> {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new([name.to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .unwrap();
        Arc::new(config)
    }
}

/// Whether a client comes to terms with a server.
fn meet(trust: &Trust, server: &Arc<ServerConfig>) -> bool {
    let name = "db.example.com".try_into().unwrap();
    let mut client = ClientConnection::new(Arc::new(client(trust).unwrap()), name).unwrap();
    let mut server = ServerConnection::new(Arc::clone(server)).unwrap();
    while client.is_handshaking() || server.is_handshaking() {
        let mut sent = Vec::new();
        client.write_tls(&mut sent).unwrap();
        server.read_tls(&mut sent.as_slice()).unwrap();
        if server.process_new_packets().is_err() {
            return false;
        }
        let mut sent = Vec::new();
        server.write_tls(&mut sent).unwrap();
        client.read_tls(&mut sent.as_slice()).unwrap();
        if client.process_new_packets().is_err() {
            return false;
        }
    }
    true
}
