//! Debian's Postfix, which `scripts/test-postfix` starts.

use crate::support::{mail, notification, runtime};
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};
use sync_agent::notify::{Notifier, Outcome};

/// How many e-mails are sent at once.
const NUMBER: u32 = 1000;

struct Postfix {
    directory: PathBuf,
    plain: u16,
    starttls: u16,
    implicit: u16,
}

impl Postfix {
    fn running() -> Self {
        let variable = std::env::var("CALENDAR_TEST_POSTFIX").expect("scripts/test-postfix");
        let mut parts = variable.split(' ');
        let directory = parts.next().unwrap().into();
        let mut port = || parts.next().unwrap().parse().unwrap();
        Self { directory, plain: port(), starttls: port(), implicit: port() }
    }

    /// How many messages were delivered.
    fn delivered(&self) -> usize {
        std::fs::read_dir(self.directory.join("mail/all/new")).map_or(0, Iterator::count)
    }

    fn wait_for(&self, number: usize) {
        let begun = Instant::now();
        while self.delivered() < number {
            assert!(begun.elapsed() < Duration::from_secs(60), "{} of {number}", self.delivered());
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

#[test]
#[ignore = "needs CALENDAR_TEST_POSTFIX"]
fn it_signs_in_over_an_encrypted_connection() {
    let postfix = Postfix::running();
    let before = postfix.delivered();
    let send = |port: u16, tls: &str, password: &str| {
        Command::new(env!("CARGO_BIN_EXE_sync-agent"))
            .args(["notify", "test", "--email", "you@example.com"])
            .env_clear()
            .env("SSL_CERT_FILE", postfix.directory.join("cert.pem"))
            .env("SYNC_AGENT_SMTP_HOST", "localhost")
            .env("SYNC_AGENT_SMTP_PORT", port.to_string())
            .env("SYNC_AGENT_SMTP_TLS", tls)
            .env("SYNC_AGENT_SMTP_FROM", "bookings@example.com")
            .env("SYNC_AGENT_SMTP_USERNAME", "ada@test.local")
            .env("SYNC_AGENT_SMTP_PASSWORD", password)
            .output()
            .unwrap()
    };
    for (port, tls) in [(postfix.starttls, "starttls"), (postfix.implicit, "implicit")] {
        let output = send(port, tls, "right");
        assert!(output.status.success(), "{tls}: {output:?}");
        let output = send(port, tls, "wrong");
        assert_eq!(output.status.code(), Some(1), "{tls}: {output:?}");
        assert!(String::from_utf8_lossy(&output.stdout).contains("535"), "{output:?}");
    }
    postfix.wait_for(before + 2);
}

#[test]
#[ignore = "needs CALENDAR_TEST_POSTFIX"]
fn many_emails_are_handed_over() {
    let runtime = runtime();
    let _inside = runtime.enter();
    let postfix = Postfix::running();
    let before = postfix.delivered();
    let notifier = Notifier::new(&mail(postfix.plain, &[]), Arc::default()).unwrap();
    let begun = Instant::now();
    runtime.block_on(async {
        for _ in 0..NUMBER / 4 {
            let mails = [(); 4].map(|()| notification(|_| {}));
            let [a, b, c, d] = mails.each_ref().map(|mail| notifier.send(mail));
            let (a, b, c, d) = tokio::join!(a, b, c, d);
            for sent in [a, b, c, d] {
                assert!(matches!(sent, Outcome::Sent(_)), "{sent:?}");
            }
        }
    });
    println!("{:.0} e-mails a second", f64::from(NUMBER) / begun.elapsed().as_secs_f64());
    postfix.wait_for(before + NUMBER as usize);
}
