//! Short names for long texts, which may be stored.

use sha2::{Digest, Sha256};

/// The first 64 bits of the SHA-256 (FIPS 180-4) of lines, each with a line feed after it: the
/// same on every machine and in every version, so that it may be stored and compared later.
#[derive(Debug, Clone, Default)]
pub struct Fingerprint(Sha256);

impl Fingerprint {
    /// The fingerprint of no lines.
    pub fn new() -> Self {
        Self::default()
    }

    /// The fingerprint of lines.
    pub fn of<'l>(lines: impl IntoIterator<Item = &'l [u8]>) -> u64 {
        let mut fingerprint = Self::new();
        lines.into_iter().for_each(|line| fingerprint.add(line));
        fingerprint.finish()
    }

    /// Adds a line.
    pub fn add(&mut self, line: &[u8]) {
        self.0.update(line);
        self.0.update(b"\n");
    }

    /// The fingerprint of the lines so far.
    pub fn finish(&self) -> u64 {
        let mut first = [0; 8];
        first.copy_from_slice(&self.0.clone().finalize()[..8]);
        u64::from_be_bytes(first)
    }
}
