//! A place in the tokens of a phrase.

use super::words::{Token, Unit};

/// Reads tokens one after the other. A reading that fails takes nothing.
#[derive(Clone)]
pub(super) struct Cursor<'a> {
    tokens: &'a [Token],
    at: usize,
    /// Whether something was read that means a time only if nothing else in the
    /// phrase is unknown, such as the 3 of "room 3".
    pub(super) weak: bool,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(tokens: &'a [Token]) -> Self {
        Self { tokens, at: 0, weak: false }
    }

    /// Whether nothing was read yet.
    pub(super) fn is_first(&self) -> bool {
        self.at == 0
    }

    pub(super) fn peek(&self) -> Option<Token> {
        self.ahead(0)
    }

    /// The token so many places after the next.
    pub(super) fn ahead(&self, places: usize) -> Option<Token> {
        self.tokens.get(self.at + places).copied()
    }

    pub(super) fn next(&mut self) -> Option<Token> {
        let token = self.peek()?;
        self.at += 1;
        Some(token)
    }

    /// Takes the next token if it is this one.
    pub(super) fn eat(&mut self, token: Token) -> bool {
        let found = self.peek() == Some(token);
        self.at += usize::from(found);
        found
    }

    /// Takes the next token if it is one of these.
    pub(super) fn eat_any(&mut self, tokens: &[Token]) -> bool {
        tokens.iter().any(|&token| self.eat(token))
    }

    /// Takes the next token if it is this one, for readings that need it.
    pub(super) fn need(&mut self, token: Token) -> Option<()> {
        self.eat(token).then_some(())
    }

    /// Takes a unit.
    pub(super) fn unit(&mut self) -> Option<Unit> {
        let unit = match self.peek()? {
            Token::Unit(unit) => unit,
            Token::H => Unit::Hour,
            _ => return None,
        };
        self.at += 1;
        Some(unit)
    }

    /// Takes what `read` reads, or nothing.
    pub(super) fn attempt<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        let (at, weak) = (self.at, self.weak);
        let result = read(self);
        if result.is_none() {
            (self.at, self.weak) = (at, weak);
        }
        result
    }
}
