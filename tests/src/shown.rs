//! JSON as documents show it, where `…` stands for what is left out.

use serde_json::Value;

const REST: &str = "…";

/// Compares JSON with how a document shows it. `…` in a text is any text, for a
/// value any value, and after a comma or a bracket all members or elements that
/// are not shown.
///
/// # Panics
/// When they differ, or when what is shown is not JSON of this kind.
#[track_caller]
pub fn assert_shown(shown: &str, actual: &Value) {
    let pattern: Value = serde_json::from_str(&completed(shown))
        .unwrap_or_else(|e| panic!("a document shows what is not JSON: {e}: {shown}"));
    assert!(matches(&pattern, actual), "a document shows {shown}\nbut it is {actual}");
}

/// Makes JSON of what is shown: each `…` outside of a text becomes a text, or a
/// member where an object wants one.
fn completed(shown: &str) -> String {
    let (mut json, mut open) = (String::new(), Vec::new());
    let (mut in_text, mut escaped, mut last) = (false, false, ' ');
    for c in shown.chars() {
        if in_text {
            in_text = escaped || c != '"';
            escaped = !escaped && c == '\\';
        } else if c == '…' {
            let is_member = open.last() == Some(&'{') && matches!(last, '{' | ',');
            json += if is_member { r#""…": "…""# } else { r#""…""# };
            continue;
        } else {
            match c {
                '{' | '[' => open.push(c),
                '}' | ']' => drop(open.pop()),
                _ => in_text = c == '"',
            }
            if !c.is_whitespace() {
                last = c;
            }
        }
        json.push(c);
    }
    json
}

fn matches(pattern: &Value, actual: &Value) -> bool {
    match (pattern, actual) {
        (Value::String(p), _) if p == REST => true,
        (Value::String(p), Value::String(a)) => matches_text(p, a),
        (Value::Array(p), Value::Array(a)) => {
            let (p, has_rest) = match p.split_last() {
                Some((last, shown)) if last == REST => (shown, true),
                _ => (p.as_slice(), false),
            };
            (p.len() == a.len() || has_rest && p.len() < a.len())
                && p.iter().zip(a).all(|(p, a)| matches(p, a))
        }
        (Value::Object(p), Value::Object(a)) => {
            let shown = p.iter().filter(|(name, _)| *name != REST);
            (p.contains_key(REST) || p.len() == a.len())
                && shown.into_iter().all(|(name, p)| a.get(name).is_some_and(|a| matches(p, a)))
        }
        _ => pattern == actual,
    }
}

fn matches_text(pattern: &str, actual: &str) -> bool {
    let mut parts = pattern.split(REST);
    let Some(mut rest) = parts.next().and_then(|first| actual.strip_prefix(first)) else {
        return false;
    };
    let mut last = None;
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
        last = Some(part);
    }
    last.map_or(rest.is_empty(), |last| last.is_empty() || actual.ends_with(last))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_left_out_may_be_anything_and_the_rest_may_not() {
        let actual =
            json!({"ok": true, "at": ["x", {"y": 1, "z": 2}], "say": "On Monday, or never."});
        for shown in [
            r#"{…}"#,
            r#"{"ok": true, …}"#,
            r#"{"ok": …, "at": […], "say": "On …"}"#,
            r#"{"at": ["x", …], "say": "On …, or never.", …}"#,
            r#"{"at": ["x", {"y": 1, …}], …}"#,
            r#"{"at": [{"left": "out"}, …], …}"#,
        ] {
            let pattern: Value = serde_json::from_str(&completed(shown)).unwrap();
            assert_eq!(matches(&pattern, &actual), !shown.contains("left"), "{shown}");
        }
        for shown in [
            r#"{"ok": true}"#,
            r#"{"ok": false, …}"#,
            r#"{"missing": …, …}"#,
            r#"{"at": ["x"], …}"#,
            r#"{"at": ["x", {"y": 1}], …}"#,
            r#"{"say": "On …, or ever.", …}"#,
            r#"{"say": "On Monday", …}"#,
            r#"{"at": ["x", {"y": 1, "z": 2}, {}], …}"#,
        ] {
            let pattern: Value = serde_json::from_str(&completed(shown)).unwrap();
            assert!(!matches(&pattern, &actual), "{shown}");
        }
    }
}
