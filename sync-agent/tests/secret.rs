//! Credentials can be read by none but who has the key, for none but their account.

use secrecy::{ExposeSecret, SecretString};
use sync_agent::secret::{Credential, Envelope, Error, Keyring};
use uuid::Uuid;

const FIRST: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const SECOND: &str = "//79/Pv6+fj39vX08/Lx8O/u7ezr6uno5+bl5OPi4eA=";

fn ring(current: &str, old: &[&str]) -> Keyring {
    let old: Vec<SecretString> = old.iter().map(|&key| key.into()).collect();
    Keyring::new(&current.into(), &old).unwrap()
}

fn account(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn password() -> Credential {
    Credential::Password("hunter2 ünd mehr".into())
}

fn plain(credential: &Credential) -> &str {
    match credential {
        Credential::Password(s)
        | Credential::Url(s)
        | Credential::RefreshToken(s)
        | Credential::Token(s) => s.expose_secret(),
    }
}

#[test]
fn what_is_sealed_opens_again() {
    let ring = ring(FIRST, &[]);
    let envelope = ring.seal(account(1), &password());
    let opened = ring.open(account(1), &envelope).unwrap();
    assert!(matches!(opened, Credential::Password(_)));
    assert_eq!(plain(&opened), plain(&password()));
}

#[test]
fn an_envelope_never_looks_the_same_twice_nor_shows_what_it_holds() {
    let ring = ring(FIRST, &[]);
    let envelope = ring.seal(account(1), &password());
    assert_ne!(envelope, ring.seal(account(1), &password()));
    assert!(!String::from_utf8_lossy(&envelope.secret).contains("hunter2"));
}

#[test]
fn any_changed_byte_is_noticed() {
    let ring = ring(FIRST, &[]);
    let envelope = ring.seal(account(1), &password());
    for at in 0..envelope.secret.len() {
        let mut changed = envelope.clone();
        changed.secret[at] ^= 1;
        assert_eq!(ring.open(account(1), &changed).unwrap_err(), Error::Tampered, "byte {at}");
    }
    for length in 0..envelope.secret.len() {
        let mut cut = envelope.clone();
        cut.secret.truncate(length);
        assert_eq!(ring.open(account(1), &cut).unwrap_err(), Error::Tampered, "{length} bytes");
    }
}

#[test]
fn another_accounts_envelope_does_not_open() {
    let ring = ring(FIRST, &[]);
    let envelope = ring.seal(account(1), &password());
    assert_eq!(ring.open(account(2), &envelope).unwrap_err(), Error::Tampered);
}

#[test]
fn a_key_that_is_not_at_hand_is_named() {
    let envelope = ring(FIRST, &[]).seal(account(1), &password());
    let error = ring(SECOND, &[]).open(account(1), &envelope).unwrap_err();
    assert_eq!(error, Error::UnknownKey(envelope.key_id));
    assert!(error.to_string().contains("SYNC_AGENT_OLD_KEYS"));
}

#[test]
fn a_key_under_anothers_name_does_not_open() {
    let envelope = ring(FIRST, &[]).seal(account(1), &password());
    let other = ring(SECOND, &[]);
    let renamed = Envelope { key_id: other.key_id().into(), ..envelope };
    assert_eq!(other.open(account(1), &renamed).unwrap_err(), Error::Tampered);
}

#[test]
fn an_old_key_opens_and_the_new_one_seals() {
    let envelope = ring(FIRST, &[]).seal(account(1), &password());
    let rotated = ring(SECOND, &[FIRST]);
    let opened = rotated.open(account(1), &envelope).unwrap();
    let again = rotated.seal(account(1), &opened);
    assert_eq!(again.key_id, ring(SECOND, &[]).key_id());
    assert_eq!(plain(&ring(SECOND, &[]).open(account(1), &again).unwrap()), plain(&password()));
}

#[test]
fn what_is_no_key_is_refused_without_repeating_it() {
    for wrong in ["", "hunter2", "aHVudGVyMg==", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"] {
        let error = Keyring::new(&wrong.into(), &[]).unwrap_err();
        assert_eq!(error, Error::NoKey, "{wrong}");
        assert!(wrong.is_empty() || !error.to_string().contains(wrong));
    }
}

#[test]
fn credentials_are_json_of_one_key() {
    for (credential, json) in [
        (Credential::Password("a".into()), r#"{"password":"a"}"#),
        (Credential::Url("b".into()), r#"{"url":"b"}"#),
        (Credential::RefreshToken("c".into()), r#"{"refresh_token":"c"}"#),
        (Credential::Token("d".into()), r#"{"token":"d"}"#),
    ] {
        assert_eq!(serde_json::to_string(&credential).unwrap(), json);
        let read: Credential = serde_json::from_str(json).unwrap();
        assert_eq!(plain(&read), plain(&credential));
    }
}

#[test]
fn debug_shows_no_secret() {
    let ring = ring(FIRST, &[SECOND]);
    let shown = format!("{ring:?} {:?}", password());
    assert!(!shown.contains("hunter2") && !shown.contains(FIRST) && !shown.contains(SECOND));
}
