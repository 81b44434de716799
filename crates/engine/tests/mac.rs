//! HMAC-SHA256 against published vectors.

use calendar_engine::mac::MacKey;
use sha2::{Digest, Sha256};

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

/// RFC 4231, cases 1, 2, 3, 6 and 7.
#[test]
fn codes_are_those_of_the_rfc() {
    let long_key = [0xaa; 131];
    let cases: [(&[u8], &[u8], &str); 5] = [
        (&[0x0b; 20], b"Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
        (
            b"Jefe",
            b"what do ya want for nothing?",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
        ),
        (&[0xaa; 20], &[0xdd; 50], "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
        (
            &long_key,
            b"Test Using Larger Than Block-Size Key - Hash Key First",
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
        ),
        (
            &long_key,
            b"This is a test using a larger than block-size key and a larger than block-size data. \
              The key needs to be hashed before being used by the HMAC algorithm.",
            "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
        ),
    ];
    for (secret, message, code) in cases {
        let key = MacKey::from_bytes(&MacKey::new(secret).to_bytes()).unwrap();
        assert!(key.verifies(message, &bytes(code)), "{code}");
        assert_eq!(key.code(message), *bytes(code), "{code}");
        assert!(!key.verifies(&message[1..], &bytes(code)), "{code}");
        assert!(!key.verifies(message, &bytes(code)[..31]), "{code}");
        let mut wrong = bytes(code);
        wrong[31] ^= 1;
        assert!(!key.verifies(message, &wrong), "{code}");
    }
}

/// Stored keys must be read for ever.
#[test]
fn what_is_kept_has_one_form() {
    let kept = "655da7facc434b375a1cd5cb0692ee0ea47a23d34c3af449dba21ae278c7500c\
                0eafe3d513412e6c6a6a2feb2d375acc51a4fd476db095e823bfa18a52f141d5";
    assert_eq!(MacKey::new(b"Jefe").to_bytes(), bytes(kept));
}

/// Of a secret of 20 bytes 0x0b and messages of the byte 0x61, as Python's `hmac` has them.
#[test]
fn messages_of_every_length_are_padded() {
    let mut digest = Sha256::new();
    let key = MacKey::from_bytes(&MacKey::new(&[0x0b; 20]).to_bytes()).unwrap();
    let message = [0x61; 200];
    for length in 0..=message.len() {
        let code = hmac(&[0x0b; 20], &message[..length]);
        assert!(key.verifies(&message[..length], &code), "{length}");
        digest.update(code);
    }
    let all = bytes("ff5148524048221b6e11a28d6b494664f856ba57787737dc183b6e1c25944432");
    assert_eq!(digest.finalize().as_slice(), all);
}

/// RFC 2104 as it is written.
fn hmac(secret: &[u8], message: &[u8]) -> Vec<u8> {
    let mut key = [0; 64];
    key[..secret.len()].copy_from_slice(secret);
    let hash = |pad: u8, text: &[u8]| {
        Sha256::new_with_prefix(key.map(|byte| byte ^ pad)).chain_update(text).finalize()
    };
    hash(0x5c, &hash(0x36, message)).to_vec()
}

#[test]
fn what_is_kept_does_not_hold_the_secret() {
    let kept = MacKey::new(b"key_0123456789abcdef").to_bytes();
    for pad in [0, 0x36, 0x5c] {
        let padded: Vec<u8> = b"key_".iter().map(|byte| byte ^ pad).collect();
        assert!(!kept.windows(4).any(|window| window == padded), "{pad:x}");
    }
    for length in [0, 1, 63, kept.len() - 1, kept.len() + 2] {
        assert!(MacKey::from_bytes(&vec![0; length]).is_none(), "{length}");
    }
}
