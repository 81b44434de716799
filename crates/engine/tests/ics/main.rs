//! iCalendar streams against what they mean, in every encoding, there and back
//! again, and against other implementations.

mod absurd;
mod busy;
mod component;
mod edit;
mod encodings;
mod fixtures;
mod generate;
mod namesakes;
mod organized;
mod python;
mod round_trip;
mod support;
mod times;
mod vtimezones;
mod windows_zones;
mod zones;
