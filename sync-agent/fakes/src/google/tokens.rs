//! Codes and tokens that were issued.

use axum::http::{HeaderMap, header};
use std::collections::{BTreeMap, HashMap};

/// What is asked, by name.
pub(super) type Parameters = HashMap<String, String>;

/// What has been given out and is still good.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    issued: u64,
    /// What was asked for with a code that nobody has used yet.
    pub(super) codes: HashMap<String, Parameters>,
    /// The scope of each.
    pub(super) access: BTreeMap<String, String>,
    pub(super) refresh: BTreeMap<String, String>,
}

impl Tokens {
    pub(super) fn next(&mut self, prefix: &str) -> String {
        self.issued += 1;
        format!("{prefix}{:06}", self.issued)
    }

    pub(super) fn give_access(&mut self, scope: &str) -> String {
        let token = self.next("ya29.a0");
        self.access.insert(token.clone(), scope.to_owned());
        token
    }

    pub(super) fn give_refresh(&mut self, scope: &str) -> String {
        let token = self.next("1//0g");
        self.refresh.insert(token.clone(), scope.to_owned());
        token
    }

    /// Whether a request bears a token that is good.
    pub(super) fn allow(&self, headers: &HeaderMap) -> bool {
        let value = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = value.and_then(|value| value.strip_prefix("Bearer "));
        token.is_some_and(|token| self.access.contains_key(token))
    }
}
