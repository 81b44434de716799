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
        .unwrap_or_else(|| report::invalid_parameter("key must be a value that mac_key returned"));
    let mut bytes = [0; 32];
    hex::decode_to_slice(mac, &mut bytes).is_ok() && key.verifies(message.as_bytes(), &bytes)
}
