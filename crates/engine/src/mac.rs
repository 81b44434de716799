//! Checking and making HMAC-SHA256 codes (RFC 2104) without keeping the secret.

use sha2::block_api::compress256;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// What HMAC makes of a secret before the first byte of a message: the chaining
/// values of both hashes after the key's block. It can check codes and make them,
/// but the secret cannot be recovered from it.
#[derive(Debug, Clone)]
pub struct MacKey {
    inner: Chain,
    outer: Chain,
}

/// The block of SHA-256, in bytes.
const BLOCK: usize = 64;

impl MacKey {
    /// The length of a stored key, in bytes.
    pub const BYTES: usize = 64;

    /// The key of a secret.
    pub fn new(secret: &[u8]) -> Self {
        let mut key = [0; BLOCK];
        if secret.len() > BLOCK {
            key[..32].copy_from_slice(&Sha256::digest(secret));
        } else {
            key[..secret.len()].copy_from_slice(secret);
        }
        let padded = |pad: u8| Chain::START.after(&[key.map(|byte| byte ^ pad)]);
        Self { inner: padded(0x36), outer: padded(0x5c) }
    }

    /// The key that [`MacKey::to_bytes`] wrote; `None` for anything of another length.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let bytes: &[u8; Self::BYTES] = bytes.try_into().ok()?;
        let (chains, _) = bytes.as_chunks();
        Some(Self { inner: Chain::from_bytes(&chains[0]), outer: Chain::from_bytes(&chains[1]) })
    }

    /// The key, to be stored: the inner chaining value, then the outer one, each as
    /// eight 32-bit words, the highest byte first. This form must never change.
    pub fn to_bytes(&self) -> Vec<u8> {
        [self.inner.to_bytes(), self.outer.to_bytes()].concat()
    }

    /// Whether `mac` is the message's code. The time does not depend on the answer.
    pub fn verifies(&self, message: &[u8], mac: &[u8]) -> bool {
        self.code(message).as_slice().ct_eq(mac).into()
    }

    /// The message's code.
    pub fn code(&self, message: &[u8]) -> [u8; 32] {
        self.outer.finish(&self.inner.finish(message))
    }
}

/// A chaining value of SHA-256 (FIPS 180-4).
#[derive(Debug, Clone, Copy)]
struct Chain([u32; 8]);

impl Chain {
    /// The initial value (FIPS 180-4 section 5.3.3).
    const START: Self = Self([
        0x6a09_e667,
        0xbb67_ae85,
        0x3c6e_f372,
        0xa54f_f53a,
        0x510e_527f,
        0x9b05_688c,
        0x1f83_d9ab,
        0x5be0_cd19,
    ]);

    fn after(mut self, blocks: &[[u8; BLOCK]]) -> Self {
        compress256(&mut self.0, blocks);
        self
    }

    /// The digest of a message whose first block led here, and the rest of which
    /// is `rest`; padded as FIPS 180-4 section 5.1.1 has it.
    fn finish(self, rest: &[u8]) -> [u8; 32] {
        const LENGTH: usize = size_of::<u64>();
        let (blocks, tail) = rest.as_chunks::<BLOCK>();
        let mut last = [[0; BLOCK]; 2];
        let padding = last.as_flattened_mut();
        padding[..tail.len()].copy_from_slice(tail);
        padding[tail.len()] = 0x80;
        let end = (tail.len() + 1 + LENGTH).next_multiple_of(BLOCK);
        let bits = 8 * (BLOCK as u64 + rest.len() as u64);
        padding[end - LENGTH..end].copy_from_slice(&bits.to_be_bytes());
        self.after(blocks).after(&last[..end / BLOCK]).to_bytes()
    }

    fn to_bytes(self) -> [u8; 32] {
        let mut bytes = [0; 32];
        let (words, _) = bytes.as_chunks_mut();
        for (bytes, word) in words.iter_mut().zip(self.0) {
            *bytes = word.to_be_bytes();
        }
        bytes
    }

    fn from_bytes(bytes: &[u8; 32]) -> Self {
        let (words, _) = bytes.as_chunks();
        Self(std::array::from_fn(|at| u32::from_be_bytes(words[at])))
    }
}
