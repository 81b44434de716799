//! Signatures: Ed25519 (RFC 8032) by a key as X.509 writes it (RFC 8410).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::signature::{ED25519, UnparsedPublicKey};
use std::str::FromStr;

/// The bytes of a SubjectPublicKeyInfo before the 32 bytes of the key.
const PREFIX: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/// A public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key([u8; 32]);

/// A text that is not a valid public key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the key must be {}", Key::FORM)]
pub struct InvalidKey;

impl FromStr for Key {
    type Err = InvalidKey;

    fn from_str(text: &str) -> Result<Self, InvalidKey> {
        let der = STANDARD.decode(text).map_err(|_| InvalidKey)?;
        let key = der.strip_prefix(&PREFIX).ok_or(InvalidKey)?;
        key.try_into().map(Self).map_err(|_| InvalidKey)
    }
}

impl Key {
    /// How a key is written.
    pub const FORM: &str =
        "an Ed25519 public key, as the base64 of its SubjectPublicKeyInfo (RFC 8410)";

    /// Whether a signature (in base64) of a message was made with this key's private half.
    pub fn has_signed(&self, message: &[u8], signature: &[u8]) -> bool {
        let key = UnparsedPublicKey::new(&ED25519, self.0);
        STANDARD.decode(signature).is_ok_and(|signature| key.verify(message, &signature).is_ok())
    }
}
