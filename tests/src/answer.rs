//! What came back, taken apart.

use postgres::Error;
use serde_json::Value;

/// The SQLSTATE of an error from the server.
///
/// # Panics
/// When the error is none of the server's.
pub fn sqlstate(error: &Error) -> &str {
    error.code().unwrap_or_else(|| panic!("no answer of the server: {error:?}")).code()
}

/// The message of an error from the server.
pub fn message(error: &Error) -> &str {
    error
        .as_db_error()
        .map_or_else(|| panic!("no answer of the server: {error:?}"), |e| e.message())
}

/// The DETAIL of an error, which is JSON.
pub fn detail(error: &Error) -> Value {
    let detail = error.as_db_error().and_then(|e| e.detail());
    let detail = detail.unwrap_or_else(|| panic!("no detail: {error:?}"));
    serde_json::from_str(detail).unwrap_or_else(|e| panic!("{detail:?} is no JSON: {e}"))
}

/// Asserts that a call was refused with this SQLSTATE and with a message that
/// holds these words.
#[track_caller]
pub fn refused<T: std::fmt::Debug>(result: Result<T, Error>, state: &str, words: &str) -> Error {
    let error = result.expect_err("the call should have been refused");
    assert_eq!(sqlstate(&error), state, "{error:?}");
    assert!(message(&error).contains(words), "{:?} lacks {words:?}", message(&error));
    error
}
