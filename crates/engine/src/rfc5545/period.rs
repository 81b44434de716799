//! PERIOD (RFC 5545 section 3.3.9).

use super::{Duration, Moment};

/// Where it starts, and its explicit end or its duration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Period {
    pub(crate) start: Moment,
    pub(crate) end: PeriodEnd,
}

/// How a PERIOD says where it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PeriodEnd {
    /// `start/end`.
    At(Moment),
    /// `start/duration`.
    After(Duration),
}

impl Period {
    /// Reads `19970101T180000Z/19970102T070000Z` or `19970101T180000Z/PT5H30M`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (start, end) = text.split_once('/')?;
        let end = match Duration::parse(end) {
            Some(duration) => PeriodEnd::After(duration),
            None => PeriodEnd::At(Moment::parse(end)?),
        };
        Some(Self { start: Moment::parse(start)?, end })
    }
}
