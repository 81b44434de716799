//! What the answer to a write proves.

use crate::{Changes, Malformed, OwnEvent};

/// An event as the answer to a write shows it. What shows another event, or another time than was
/// written, proves that nothing was written.
pub(crate) trait Shown: Sized {
    /// What the provider calls an event.
    const NAME: &'static str = "event";

    /// The provider's id of it.
    fn shown_id(&self) -> &str;

    /// Whether it shows another time than that of `own`; that it shows none does not count.
    fn shows_other_time(&self, own: &OwnEvent) -> bool;

    /// The event, if it may be what came of changing `before`. `written` is what our last write
    /// said: a time that was not written now may be another one.
    fn after_change_of(
        self,
        before: &Self,
        own: &OwnEvent,
        written: Option<&OwnEvent>,
    ) -> Result<Self, Malformed> {
        let is_moved = Changes::new(own, written).span().is_some();
        if self.shown_id() != before.shown_id() || is_moved && self.shows_other_time(own) {
            return Err(unlike::<Self>());
        }
        Ok(self)
    }

    /// The event, if it may be what was created. Otherwise it must be written again.
    fn after_creation(self, own: &OwnEvent) -> Result<Self, Malformed> {
        match self.shows_other_time(own) {
            true => Err(unlike::<Self>()),
            false => Ok(self),
        }
    }
}

fn unlike<T: Shown>() -> Malformed {
    Malformed(format!("another {} or time than was written", T::NAME))
}
