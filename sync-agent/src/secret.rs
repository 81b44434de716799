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

/// A credential that a provider accepts. As JSON, an object with one key:
/// `{"refresh_token": "…"}`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Credential {
    /// CalDAV: the password of the user that the account's settings name.
    Password(#[serde(serialize_with = "expose")] SecretString),
    /// iCalendar feeds: the URL, which is enough to read the feed.
    Url(#[serde(serialize_with = "expose")] SecretString),
    /// OAuth: a refresh token, which is exchanged for access tokens.
    RefreshToken(#[serde(serialize_with = "expose")] SecretString),
    /// An access token that lasts: GoHighLevel's private integrations.
    Token(#[serde(serialize_with = "expose")] SecretString),
}

fn expose<S: Serializer>(secret: &SecretString, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(secret.expose_secret())
}

/// Why a key or an encrypted credential cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The text is not a valid key.
    #[error(
        "a key must be the base64 of 32 bytes, such as the output of `openssl rand -base64 32`"
    )]
    NoKey,
    /// The key that encrypted the credential is not configured.
    #[error(
        "the credential is encrypted with key {0}, which is neither SYNC_AGENT_KEY nor one of SYNC_AGENT_OLD_KEYS"
    )]
    UnknownKey(String),
    /// The envelope was changed, or belongs to another account.
    #[error(
        "the credential cannot be decrypted, because it was changed or belongs to another account"
    )]
    Tampered,
    /// The decrypted data is not a credential.
    #[error("the decrypted data is not a valid credential")]
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
    /// Makes a keyring from keys that are each the base64 of 32 bytes. `current` encrypts; the `old`
    /// ones only decrypt.
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
        self.seal_bytes(account_id.as_bytes(), &plain)
    }

    /// Encrypts bytes that only belong to `context`.
    pub fn seal_bytes(&self, context: &[u8], plain: &[u8]) -> Envelope {
        let nonce = Nonce::<Aes256Gcm>::generate();
        let sealed = self
            .current
            .cipher
            .encrypt(&nonce, Payload { msg: plain, aad: context })
            .expect("what is sealed is far below the 64 GiB that AES-GCM takes");
        Envelope { secret: [nonce.as_slice(), &sealed].concat(), key_id: self.current.id.clone() }
    }

    /// Decrypts an account's credential.
    pub fn open(&self, account_id: Uuid, envelope: &Envelope) -> Result<Credential, Error> {
        let plain = self.open_bytes(account_id.as_bytes(), envelope)?;
        serde_json::from_slice(&plain).map_err(|_| Error::NoCredential)
    }

    /// Decrypts what [`Self::seal_bytes`] encrypted for the same context.
    pub fn open_bytes(
        &self,
        context: &[u8],
        envelope: &Envelope,
    ) -> Result<Zeroizing<Vec<u8>>, Error> {
        let key = std::iter::once(&self.current)
            .chain(&self.old)
            .find(|key| key.id == envelope.key_id)
            .ok_or_else(|| Error::UnknownKey(envelope.key_id.clone()))?;
        let (nonce, sealed) =
            envelope.secret.split_first_chunk::<NONCE_LEN>().ok_or(Error::Tampered)?;
        key.cipher
            .decrypt(&(*nonce).into(), Payload { msg: sealed, aad: context })
            .map(Zeroizing::new)
            .map_err(|_| Error::Tampered)
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
