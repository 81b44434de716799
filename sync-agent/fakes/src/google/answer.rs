//! Google's errors, and parts of answers.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

/// What a handler gives: a JSON object, or an error.
pub(super) type Answer = Result<Json<Value>, Refusal>;

/// An error in Google's shape.
#[derive(Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    domain: &'static str,
    reason: String,
    message: String,
}

impl Refusal {
    pub(super) fn new(status: StatusCode, reason: &str, message: &str) -> Self {
        Self { status, domain: "global", reason: reason.into(), message: message.into() }
    }

    pub(super) fn invalid(message: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid", message)
    }

    pub(super) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "notFound", "Not Found")
    }

    pub(super) fn duplicate() -> Self {
        let message = "The requested identifier already exists.";
        Self::new(StatusCode::CONFLICT, "duplicate", message)
    }

    pub(super) fn deleted() -> Self {
        Self::new(StatusCode::GONE, "deleted", "Resource has been deleted")
    }

    pub(super) fn full_sync_required() -> Self {
        let message = "Sync token is no longer valid, a full sync is required.";
        Self { domain: "calendar", ..Self::new(StatusCode::GONE, "fullSyncRequired", message) }
    }

    pub(super) fn condition_not_met() -> Self {
        let message = "Precondition Failed";
        Self::new(StatusCode::PRECONDITION_FAILED, "conditionNotMet", message)
    }

    pub(super) fn needs_writer() -> Self {
        let message = "You need to have writer access to this calendar.";
        let refusal = Self::new(StatusCode::FORBIDDEN, "requiredAccessLevel", message);
        Self { domain: "calendar", ..refusal }
    }

    pub(super) fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "authError", "Invalid Credentials")
    }

    pub(super) fn usage_limit(status: StatusCode, reason: &str) -> Self {
        let refusal = Self::new(status, reason, "Rate Limit Exceeded");
        Self { domain: "usageLimits", ..refusal }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let is_unauthorized = self.status == StatusCode::UNAUTHORIZED;
        let body = json!({"error": {
            "code": self.status.as_u16(),
            "message": self.message,
            "errors": [{"domain": self.domain, "reason": self.reason, "message": self.message}],
        }});
        let mut response = (self.status, Json(body)).into_response();
        if is_unauthorized {
            let challenge =
                HeaderValue::from_static("Bearer realm=\"https://accounts.google.com/\"");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        }
        response
    }
}

/// A request's body, which must be a JSON object.
pub(super) fn parse(body: &[u8]) -> Result<Value, Refusal> {
    let body: Option<Value> = serde_json::from_slice(body).ok();
    let refusal = || Refusal::new(StatusCode::BAD_REQUEST, "parseError", "Parse Error");
    body.filter(Value::is_object).ok_or_else(refusal)
}

/// The parts of an answer that `fields` names: `a,b(c,d),e/f`. None = `fields` has
/// no such form.
pub(super) fn select(value: &Value, fields: &str) -> Option<Value> {
    let (selected, rest) = select_list(value, fields)?;
    rest.is_empty().then_some(selected)
}

/// The parts that a list of fields names, and what follows the list.
fn select_list<'f>(value: &Value, mut fields: &'f str) -> Option<(Value, &'f str)> {
    let mut selected = Value::Null;
    loop {
        let (part, rest) = select_one(value, fields)?;
        merge(&mut selected, part);
        match rest.strip_prefix(',') {
            Some(more) => fields = more,
            None => return Some((selected, rest)),
        }
    }
}

fn select_one<'f>(value: &Value, fields: &'f str) -> Option<(Value, &'f str)> {
    let end = fields.find([',', '(', ')', '/']).unwrap_or(fields.len());
    let (name, rest) = fields.split_at(end);
    if name.is_empty() {
        return None;
    }
    if let Value::Array(elements) = value {
        let mut rest = select_one(&Value::Null, fields)?.1;
        let mut selected = Vec::with_capacity(elements.len());
        for element in elements {
            let part;
            (part, rest) = select_one(element, fields)?;
            selected.push(part);
        }
        return Some((selected.into(), rest));
    }
    let child = value.get(name);
    let below = child.unwrap_or(&Value::Null);
    let (part, rest) = match rest.chars().next() {
        Some('(') => {
            let (part, rest) = select_list(below, &rest[1..])?;
            (part, rest.strip_prefix(')')?)
        }
        Some('/') => select_one(below, &rest[1..])?,
        _ => (below.clone(), rest),
    };
    let mut object = Map::new();
    if child.is_some() {
        object.insert(name.to_owned(), part);
    }
    Some((object.into(), rest))
}

/// Adds the parts of a value to what has been selected of it.
fn merge(selected: &mut Value, part: Value) {
    match (selected, part) {
        (Value::Object(selected), Value::Object(part)) => {
            for (key, value) in part {
                merge(selected.entry(key).or_insert(Value::Null), value);
            }
        }
        (Value::Array(selected), Value::Array(part)) if selected.len() == part.len() => {
            selected.iter_mut().zip(part).for_each(|(s, p)| merge(s, p));
        }
        (selected, part) if !part.is_null() => *selected = part,
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_select_parts_of_objects_and_of_each_element() {
        let value = json!({
            "kind": "k", "etag": "e",
            "items": [{"id": 1, "start": {"date": "d", "timeZone": "z"}, "x": 1}, {"id": 2}],
        });
        assert_eq!(
            select(&value, "kind,items(id,start/date)"),
            Some(json!({"kind": "k", "items": [{"id": 1, "start": {"date": "d"}}, {"id": 2}]}))
        );
        assert_eq!(select(&value, "items/id"), Some(json!({"items": [{"id": 1}, {"id": 2}]})));
        assert_eq!(select(&json!({"items": []}), "items(id,x)"), Some(json!({"items": []})));
        for wrong in ["", "items(id", "items)", "kind,,etag", "(id)"] {
            assert_eq!(select(&value, wrong), None, "{wrong}");
        }
    }
}
