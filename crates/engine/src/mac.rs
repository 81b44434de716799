//! Checking HMAC-SHA256 (RFC 2104) without keeping the secret.

use sha2::digest::common::hazmat::SerializableState;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// What HMAC makes of a secret before the first byte of a message: the states of
/// both hashes after the key's block. It is as good as the secret for checking
/// codes, and for making them, but the secret cannot be had back from it.
#[derive(Debug, Clone)]
pub struct MacKey {
    inner: Sha256,
    outer: Sha256,
}

/// The block of SHA-256, in bytes.
const BLOCK: usize = 64;

impl MacKey {
    /// The key of a secret.
    pub fn new(secret: &[u8]) -> Self {
        let mut key = [0; BLOCK];
        if secret.len() > BLOCK {
            key[..32].copy_from_slice(&Sha256::digest(secret));
        } else {
            key[..secret.len()].copy_from_slice(secret);
        }
        let padded = |pad: u8| Sha256::new_with_prefix(key.map(|byte| byte ^ pad));
        Self { inner: padded(0x36), outer: padded(0x5c) }
    }

    /// The key that [`MacKey::to_bytes`] wrote.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (inner, outer) = bytes.split_at_checked(bytes.len() / 2)?;
        let state = |bytes: &[u8]| Sha256::deserialize(&bytes.try_into().ok()?).ok();
        Some(Self { inner: state(inner)?, outer: state(outer)? })
    }

    /// The key, to be kept.
    pub fn to_bytes(&self) -> Vec<u8> {
        [self.inner.serialize(), self.outer.serialize()].concat()
    }

    /// Whether `mac` is the message's code; takes as long for a wrong one.
    pub fn verifies(&self, message: &[u8], mac: &[u8]) -> bool {
        let inner = self.inner.clone().chain_update(message).finalize();
        let code = self.outer.clone().chain_update(inner).finalize();
        code.as_slice().ct_eq(mac).into()
    }
}
