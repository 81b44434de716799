//! Credentials, and how they are encrypted before they reach the database.

use aes_gcm::Aes256Gcm;
use aes_gcm::aead::{Aead, Generate, KeyInit, Nonce, Payload};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize, Serializer};
use sha2::{Digest, Sha256};
use uuid::Uuid;
use zeroize::Zeroizing;

/// Bytes of a nonce (NIST SP 800-38D section 5.2.1.1).
const NONCE_LEN: usize = 12;

/// What proves to a provider that an account is ours. As JSON, an object of one
/// key: `{"refresh_token": "…"}`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Credential {
    /// CalDAV: of the user whom the account's settings name.
    Password(#[serde(serialize_with = "expose")] SecretString),
    /// iCalendar feeds: who knows the address may read them.
    Url(#[serde(serialize_with = "expose")] SecretString),
    /// OAuth: brings access tokens.
    RefreshToken(#[serde(serialize_with = "expose")] SecretString),
    /// An access token that lasts: GoHighLevel's private integrations.
    Token(#[serde(serialize_with = "expose")] SecretString),
}

fn expose<S: Serializer>(secret: &SecretString, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(secret.expose_secret())
}

/// Why a key or an envelope is no use.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// What should be a key is none.
    #[error("a key must be the base64 of 32 bytes, such as `openssl rand -base64 32` gives")]
    NoKey,
    /// The key that encrypted an envelope is not at hand.
    #[error(
        "it is encrypted with key {0}, which is neither SYNC_AGENT_KEY nor one of SYNC_AGENT_OLD_KEYS"
    )]
    UnknownKey(String),
    /// Another account's envelope, or one that was tampered with.
    #[error("it does not decrypt: it was changed, or belongs to another account")]
    Tampered,
    /// What was encrypted is no credential.
    #[error("it decrypts to what is no credential")]
    NoCredential,
}

/// An encrypted credential: nonce and ciphertext.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// Nonce, ciphertext and tag.
    pub secret: Vec<u8>,
    /// Which key encrypted it.
    pub key_id: String,
}

/// The key that encrypts, and those that once did.
pub struct Keyring {
    current: Key,
    old: Vec<Key>,
}

struct Key {
    id: String,
    cipher: Aes256Gcm,
}

impl Keyring {
    /// Of keys in base64.
    pub fn new(current: &SecretString, old: &[SecretString]) -> Result<Self, Error> {
        Ok(Self {
            current: Key::parse(current)?,
            old: old.iter().map(Key::parse).collect::<Result<_, _>>()?,
        })
    }

    /// The id of the key that encrypts.
    pub fn key_id(&self) -> &str {
        &self.current.id
    }

    /// Encrypts an account's credential.
    pub fn seal(&self, account_id: Uuid, credential: &Credential) -> Envelope {
        let plain = Zeroizing::new(
            serde_json::to_vec(credential).expect("a credential is an object of one string"),
        );
        let nonce = Nonce::<Aes256Gcm>::generate();
        let sealed = self
            .current
            .cipher
            .encrypt(&nonce, Payload { msg: &plain, aad: account_id.as_bytes() })
            .expect("a credential is far below the 64 GiB that AES-GCM takes");
        Envelope { secret: [nonce.as_slice(), &sealed].concat(), key_id: self.current.id.clone() }
    }

    /// Decrypts an account's credential.
    pub fn open(&self, account_id: Uuid, envelope: &Envelope) -> Result<Credential, Error> {
        let key = std::iter::once(&self.current)
            .chain(&self.old)
            .find(|key| key.id == envelope.key_id)
            .ok_or_else(|| Error::UnknownKey(envelope.key_id.clone()))?;
        let (nonce, sealed) =
            envelope.secret.split_first_chunk::<NONCE_LEN>().ok_or(Error::Tampered)?;
        let plain = key
            .cipher
            .decrypt(&(*nonce).into(), Payload { msg: sealed, aad: account_id.as_bytes() })
            .map(Zeroizing::new)
            .map_err(|_| Error::Tampered)?;
        serde_json::from_slice(&plain).map_err(|_| Error::NoCredential)
    }
}

impl Key {
    fn parse(base64: &SecretString) -> Result<Self, Error> {
        let bytes = STANDARD
            .decode(base64.expose_secret().trim())
            .map(Zeroizing::new)
            .map_err(|_| Error::NoKey)?;
        let cipher = Aes256Gcm::new_from_slice(&bytes).map_err(|_| Error::NoKey)?;
        let mut hash = Sha256::new_with_prefix("sync-agent key id\0");
        hash.update(&bytes);
        let id = hex::encode(&hash.finalize()[..8]);
        Ok(Self { id, cipher })
    }
}

impl std::fmt::Debug for Keyring {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keyring").field("key_id", &self.current.id).finish_non_exhaustive()
    }
}
