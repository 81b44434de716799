//! Every rule of availability, by example. Monday is 2026-03-02; in New York the
//! clocks change on Sunday, 2026-03-08 and 2026-11-01.

mod busy;
mod clock_changes;
mod grid;
mod hours;
mod meeting_types;
mod overrides;
mod preferences;
mod reach;
mod scene;
mod verdict;
mod window;
