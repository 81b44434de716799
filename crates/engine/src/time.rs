//! Instants, zones and local times.

mod custom_zone;
mod instant;
mod local;
mod parse;
mod windows_zone;
mod zone;

pub use custom_zone::CustomZone;
pub use instant::Instant;
pub use local::{Offsets, date_of, date_start, local_to_instant};
pub use parse::{parse_date, parse_instant};
pub use windows_zone::windows_zone;
pub use zone::{IANA_VERSION, Zone};
