//! Answers of token endpoints in the form that RFC 6749 describes (sections 5.1 and 5.2).

use http::StatusCode;
use oauth2::HttpResponse;
use serde_json::{Map, Value};

/// The same answer without what servers have been seen to add and to change: members that are null
/// or empty, a number as text, a list of scopes, no token_type, and an error with status 200. An
/// answer that is not a JSON object stays as it is.
pub(super) fn normal(answer: HttpResponse) -> HttpResponse {
    let Ok(Value::Object(mut members)) = serde_json::from_slice(answer.body()) else {
        return answer;
    };
    members.retain(|_, value| !value.is_null() && value != "");
    whole_number(&mut members, "expires_in");
    if let Some(Value::Array(scopes)) = members.get("scope") {
        let scopes: Vec<_> = scopes.iter().filter_map(Value::as_str).collect();
        members.insert("scope".into(), scopes.join(" ").into());
    }
    let has_token = members.contains_key("access_token");
    if has_token && !members.get("token_type").is_some_and(Value::is_string) {
        members.insert("token_type".into(), "Bearer".into());
    }
    let is_error = members.get("error").is_some_and(Value::is_string) && !has_token;
    let mut answer = answer.map(|_| Value::Object(members).to_string().into_bytes());
    if is_error && answer.status() == StatusCode::OK {
        *answer.status_mut() = StatusCode::BAD_REQUEST;
    }
    answer
}

/// A whole number of seconds, or no such member: without it a token is used until it is refused.
fn whole_number(members: &mut Map<String, Value>, name: &str) {
    let Some(value) = members.remove(name) else { return };
    let number = match &value {
        Value::String(text) => text.trim().parse::<f64>().ok(),
        value => value.as_f64(),
    };
    if let Some(seconds) = number.filter(|seconds| (0.0..1e10).contains(seconds)) {
        members.insert(name.to_owned(), (seconds as u64).into());
    }
}
