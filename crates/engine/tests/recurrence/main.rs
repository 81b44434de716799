//! Recurrence against RFC 5545's examples, libical's cases, a second
//! implementation, and its own laws.

mod libical;
mod rfc5545;
mod support;
