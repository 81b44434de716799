//! `book_calendar_slot`, `confirm_booking`, `cancel_booking` and
//! `reschedule_booking`, by one caller at a time.

mod callers;
mod changes;
mod holds;
mod made;
mod records;
mod refusals;
mod repeated;
mod support;
