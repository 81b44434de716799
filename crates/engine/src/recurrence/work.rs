//! The bound on the work of one expansion.

use crate::error::quoted;
use crate::{Error, Result};

/// The most occurrences that one call yields for one series.
pub const MAX_OCCURRENCES: usize = 20_000;

/// The most candidates (periods of a rule's frequency, days in them, times of
/// these days) that one call looks at for one series.
pub const MAX_WORK: u32 = 2_000_000;

/// Steps between two calls of the caller's tick function.
pub(crate) const STEPS_PER_TICK: u32 = 1024;

/// Counts steps, calls the tick function and ends what takes too long.
pub(super) struct Work<'t> {
    tick: &'t mut dyn FnMut() -> bool,
    steps: u32,
}

impl<'t> Work<'t> {
    pub(super) fn new(tick: &'t mut dyn FnMut() -> bool) -> Self {
        Self { tick, steps: 0 }
    }

    /// One step on behalf of a rule, which an error names.
    pub(super) fn step(&mut self, rule: &str) -> Result<()> {
        self.pause()?;
        if self.steps > MAX_WORK {
            return Err(Error::invalid(format!(
                "recurrence rule {} needs more than {MAX_WORK} steps to reach the end of the range: \
                 give a shorter range or a rule that fires more often per candidate",
                quoted(rule)
            )));
        }
        Ok(())
    }

    /// One step of a loop that its input already bounds.
    pub(super) fn pause(&mut self) -> Result<()> {
        if self.steps.is_multiple_of(STEPS_PER_TICK) && !(self.tick)() {
            return Err(Error::interrupted());
        }
        self.steps = self.steps.saturating_add(1);
        Ok(())
    }
}

/// The error for a series with more than [`MAX_OCCURRENCES`].
pub(super) fn too_many(what: &str) -> Error {
    Error::invalid(format!(
        "recurrence {} yields more than {MAX_OCCURRENCES} occurrences in the range: \
         give a shorter range or a rule that fires less often",
        quoted(what)
    ))
}
