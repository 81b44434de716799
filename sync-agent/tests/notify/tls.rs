//! Encrypted connections to a mail server, and signing in, by the program itself.

use crate::smtp::Smtp;
use std::path::PathBuf;
use std::process::{Command, Output};
use tempfile::TempDir;

/// A certificate for `localhost` that signs itself.
struct Certificate {
    directory: TempDir,
}

impl Certificate {
    fn new() -> Self {
        let directory = TempDir::new().unwrap();
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        std::fs::write(directory.path().join("cert.pem"), made.cert.pem()).unwrap();
        std::fs::write(directory.path().join("key.pem"), made.signing_key.serialize_pem()).unwrap();
        Self { directory }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn server(&self, more: &[&str]) -> Smtp {
        let (cert, key) = (self.path("cert.pem"), self.path("key.pem"));
        let mut arguments = vec!["--tls", cert.to_str().unwrap(), key.to_str().unwrap()];
        arguments.extend(more);
        Smtp::start(&arguments)
    }

    /// Sends a test by the program, which believes this certificate.
    fn send(&self, port: u16, variables: &[(&str, &str)]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sync-agent"));
        command
            .args(["notify", "test", "--email", "you@example.com"])
            .env_clear()
            .env("SSL_CERT_FILE", self.path("cert.pem"))
            .env("SYNC_AGENT_SMTP_HOST", "localhost")
            .env("SYNC_AGENT_SMTP_PORT", port.to_string())
            .env("SYNC_AGENT_SMTP_FROM", "bookings@example.com");
        command.envs(variables.iter().copied()).output().unwrap()
    }
}

const USER: [(&str, &str); 2] =
    [("SYNC_AGENT_SMTP_USERNAME", "ada"), ("SYNC_AGENT_SMTP_PASSWORD", "right")];

#[test]
#[ignore = "needs CALENDAR_TEST_PYTHON"]
fn it_signs_in_over_an_encrypted_connection() {
    let certificate = Certificate::new();
    for (tls, more) in [("starttls", &[][..]), ("implicit", &["--implicit"])] {
        let mut arguments = vec!["--auth", "ada", "right"];
        arguments.extend(more);
        let smtp = certificate.server(&arguments);
        let mut variables = vec![("SYNC_AGENT_SMTP_TLS", tls)];
        variables.extend(USER);
        let output = certificate.send(smtp.port, &variables);
        assert!(output.status.success(), "{tls}: {output:?}");
        let got = smtp.next();
        assert_eq!((&got["tls"], &got["user"]), (&true.into(), &"ada".into()), "{tls}");
        variables.push(("SYNC_AGENT_SMTP_PASSWORD", "wrong"));
        let output = certificate.send(smtp.port, &variables);
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        assert!(text.contains("the mail server answered 535") && !text.contains("wrong"), "{text}");
        assert!(smtp.rest().is_empty());
    }
}

#[test]
#[ignore = "needs CALENDAR_TEST_PYTHON"]
fn a_server_without_starttls_gets_nothing() {
    let certificate = Certificate::new();
    let smtp = Smtp::start(&[]);
    let output = certificate.send(smtp.port, &USER);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(smtp.rest().is_empty());
    // Nor does one whose certificate nobody has vouched for.
    let smtp = Certificate::new().server(&[]);
    let output = certificate.send(smtp.port, &[]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(smtp.rest().is_empty());
}

#[test]
fn a_password_does_not_leave_this_machine_in_the_clear() {
    let certificate = Certificate::new();
    let clear = [("SYNC_AGENT_SMTP_TLS", "none"), ("SYNC_AGENT_SMTP_HOST", "mail.example.com")];
    let output = certificate.send(25, &clear);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    let expected = "smtp.tls (SYNC_AGENT_SMTP_TLS) must be starttls or implicit, \
                    because smtp.host is not this machine";
    assert!(text.contains(expected), "{text}");
}
