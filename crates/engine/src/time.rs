//! Instants, zones and local times.

mod custom_zone;
mod dates;
mod instant;
mod local;
mod named;
mod parse;
mod years;
mod zone;

pub use custom_zone::CustomZone;
pub(crate) use dates::{LocalDate, dates_from};
pub use instant::Instant;
pub use local::{Offsets, date_of, date_start, local_to_instant};
pub(crate) use named::fixed_iana_zone;
pub use named::{windows_zone, zone_named};
pub use parse::{parse_date, parse_instant, parse_local};
pub use years::{END, FIRST, YEARS};
pub use zone::{IANA_VERSION, Zone};
