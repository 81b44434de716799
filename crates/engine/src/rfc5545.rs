//! The values and content lines of RFC 5545, read and written in one way by
//! everything that meets them: a stream, a recurrence line, a batch.

mod duration;
mod fold;
mod line;
mod period;
mod text;
mod value;

pub use duration::Duration;
pub use fold::decode;
pub(crate) use fold::{Lines, push_line};
pub(crate) use line::Line;
pub(crate) use period::{Period, PeriodEnd};
pub(crate) use text::escape;
pub(crate) use value::{
    Moment, format_date, format_local, format_offset, format_utc, is_in_range, parse_offset,
    weekday_name,
};
