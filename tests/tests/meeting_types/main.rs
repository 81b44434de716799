//! `calendar.meeting_types`: kinds of appointments with rules of their own.

mod answers;
mod callers;
mod rules;
mod saving;
mod support;
