//! The years that this project supports.

use super::Instant;
use std::ops::RangeInclusive;

/// The years of four digits, which RFC 5545 section 3.3.4 can write.
pub const YEARS: RangeInclusive<i32> = 1..=9999;

/// The first instant of [`YEARS`] in UTC.
pub const FIRST: Instant = Instant(-62_135_596_800_000_000);

/// The first instant after [`YEARS`] in UTC.
pub const END: Instant = Instant(253_402_300_800_000_000);
