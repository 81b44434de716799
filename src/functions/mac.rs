//! `calendar_private.mac_key` and `calendar_private.is_mac`.

use crate::report;
use engine::mac::MacKey;
use pgrx::pg_extern;

#[pg_extern(sql = false)]
fn calendar_mac_key(secret: &str) -> Vec<u8> {
    MacKey::new(secret.as_bytes()).to_bytes()
}

#[pg_extern(sql = false)]
fn calendar_is_mac(key: &[u8], message: &str, mac: &str) -> bool {
    let key = MacKey::from_bytes(key)
        .unwrap_or_else(|| report::invalid_parameter("key is none that mac_key made"));
    let bytes: Option<Vec<u8>> = mac
        .as_bytes()
        .chunks(2)
        .map(|digits| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok())
        .collect();
    bytes.is_some_and(|bytes| key.verifies(message.as_bytes(), &bytes))
}
