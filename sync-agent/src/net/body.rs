//! Bodies as their readers expect them: unpacked and in UTF-8.

use crate::{Error, Result};
use bytes::Bytes;
use encoding_rs::Encoding;
use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use http::{HeaderMap, header};
use std::io::{ErrorKind, Read};

/// The first octets of a gzip stream (RFC 1952 section 2.3.1).
const GZIP: &[u8] = &[0x1f, 0x8b, 0x08];

/// How many times a body may be packed: servers pack a file that is packed already.
const MAX_LAYERS: usize = 2;

/// How far an XML declaration may reach, in octets.
const DECLARATION: usize = 256;

/// The whole body of an answer, unpacked and in UTF-8, of at most `max` octets.
pub(super) fn read(headers: &HeaderMap, body: Bytes, max: usize) -> Result<Bytes> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let body = unpacked(text(header::CONTENT_ENCODING), body, max)?;
    Ok(in_utf8(text(header::CONTENT_TYPE), body))
}

/// The error for a body of more than `max` octets.
pub(super) fn too_large(max: usize) -> Error {
    Error::Malformed(format!(
        "the response is larger than {max} bytes, the limit of max_response_mib"
    ))
}

/// Unpacks gzip wherever there is some, because servers do not always report what they pack, and
/// report what they do not pack.
fn unpacked(coding: &str, mut body: Bytes, max: usize) -> Result<Bytes> {
    for _ in 0..MAX_LAYERS {
        if !body.starts_with(GZIP) {
            break;
        }
        body = read_all(MultiGzDecoder::new(&body[..]), max)?;
    }
    if coding.trim().eq_ignore_ascii_case("deflate") {
        // The name means zlib (RFC 9110 section 8.4.1.2), and some send it bare.
        let plain = read_all(ZlibDecoder::new(&body[..]), max);
        let plain = plain.or_else(|_| read_all(DeflateDecoder::new(&body[..]), max));
        return Ok(plain.unwrap_or(body));
    }
    Ok(body)
}

fn read_all(packed: impl Read, max: usize) -> Result<Bytes> {
    let mut plain = Vec::new();
    match packed.take(max as u64 + 1).read_to_end(&mut plain) {
        Ok(size) if size > max => Err(too_large(max)),
        Ok(_) => Ok(plain.into()),
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => {
            Err(Error::Unavailable("the compressed response is incomplete".into()))
        }
        Err(_) => Err(Error::Malformed("the compressed response cannot be unpacked".into())),
    }
}

/// Text in UTF-8, by its byte order mark, by the declaration that it agrees with, or as it is.
/// UTF-8 that is declared as another encoding is more frequent than text of another encoding that
/// happens to be UTF-8.
fn in_utf8(content_type: &str, body: Bytes) -> Bytes {
    if let Some((encoding, mark)) = Encoding::for_bom(&body) {
        if encoding == encoding_rs::UTF_8 {
            return body.slice(mark..);
        }
        return converted(encoding, &body[mark..]).unwrap_or(body);
    }
    let is_utf8 = std::str::from_utf8(&body).is_ok();
    let encodings = declared(content_type, &body).into_iter();
    let text = encodings
        .filter(|encoding| !is_utf8 || !encoding.is_ascii_compatible())
        .find_map(|encoding| converted(encoding, &body));
    text.unwrap_or(body)
}

/// The encodings that an answer declares: first in its header, then in its XML.
fn declared(content_type: &str, body: &[u8]) -> Vec<&'static Encoding> {
    let start = body.trim_ascii_start();
    let start = &start[..start.len().min(DECLARATION)];
    let declaration =
        start.strip_prefix(b"<?xml").and_then(|rest| rest.split(|&b| b == b'>').next());
    let declaration = String::from_utf8_lossy(declaration.unwrap_or_default());
    [label(content_type, "charset"), label(&declaration, "encoding")]
        .into_iter()
        .flatten()
        .filter_map(|label| Encoding::for_label(label.as_bytes()))
        .collect()
}

/// The value of `name=value`, with or without quotes.
fn label(text: &str, name: &str) -> Option<String> {
    let text = text.to_ascii_lowercase();
    let (_, rest) = text.split_once(name)?;
    let value = rest.trim_start().strip_prefix('=')?.trim_start().trim_start_matches(['"', '\'']);
    let end = value.find(['"', '\'', ';', ' ', ',', '?']).unwrap_or(value.len());
    Some(value[..end].to_owned())
}

fn converted(encoding: &'static Encoding, body: &[u8]) -> Option<Bytes> {
    let text = encoding.decode_without_bom_handling_and_without_replacement(body)?;
    Some(Bytes::from(text.into_owned().into_bytes()))
}
