//! Refusals.

use http::HeaderMap;
use serde_json::Value;
use std::time::Duration;

/// How long to wait once the day's requests are used up. The API does not report when the
/// next day starts.
const DAY_IS_USED_UP: Duration = Duration::from_secs(60 * 60);

/// The longest reason, in characters.
const MAX_REASON: usize = 200;

/// The reason of the refusal, as the API words it, without anything that looks like an
/// e-mail address, a telephone number or an id.
pub fn reason(body: &[u8]) -> String {
    let Ok(answer) = serde_json::from_slice::<Value>(body) else {
        return "no reason that can be read".into();
    };
    // The first generation has "message", text or a list; the third an object "error".
    let inner = answer.get("error").filter(|error| error.is_object()).unwrap_or(&answer);
    let said = ["message", "error_description", "error"].into_iter().find_map(|key| inner.get(key));
    let words = match said {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(list)) => {
            list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("; ")
        }
        _ => "no reason".into(),
    };
    let words = words.split_whitespace().map(|word| if is_personal(word) { "…" } else { word });
    words.collect::<Vec<_>>().join(" ").chars().take(MAX_REASON).collect()
}

fn is_personal(word: &str) -> bool {
    word.contains('@') || word.chars().filter(char::is_ascii_digit).count() >= 4
}

/// How long to wait after a 429, which comes without Retry-After.
pub fn wait(headers: &HeaderMap) -> Option<Duration> {
    let number = |name| headers.get(name)?.to_str().ok()?.parse::<u64>().ok();
    if number("x-ratelimit-daily-remaining") == Some(0) {
        return Some(DAY_IS_USED_UP);
    }
    number("x-ratelimit-interval-milliseconds").map(Duration::from_millis)
}
