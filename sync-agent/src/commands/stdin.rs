//! Secrets from standard input.

use secrecy::SecretString;

/// A secret from standard input: its first line.
pub(super) fn from_stdin(what: &str) -> anyhow::Result<SecretString> {
    use std::io::{BufRead as _, IsTerminal as _, Read as _};
    use zeroize::Zeroizing;
    const LONGEST: u64 = 64 << 10;
    let stdin = std::io::stdin();
    if stdin.is_terminal() {
        eprintln!("{what}, and Enter:");
    }
    let mut line = Zeroizing::new(String::new());
    stdin.lock().take(LONGEST).read_line(&mut line)?;
    let secret = line.trim_end_matches(['\r', '\n']);
    anyhow::ensure!(!secret.is_empty(), "standard input has no {what}");
    Ok(secret.into())
}
