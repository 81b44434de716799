//! Recurrence against RFC 5545's examples, libical's cases, a second
//! implementation, and its own laws.

mod against_dateutil;
mod against_recurring_ical_events;
mod against_rrule;
mod libical;
mod model;
mod properties;
mod python;
mod random_series;
mod rfc5545;
mod rules;
mod support;
