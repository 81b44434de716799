//! Random numbers that can be had again.

use fastrand::Rng;

/// A generator. Its seed is printed; given as `CALENDAR_TEST_SEED`, the same
/// numbers come again.
///
/// # Panics
/// When `CALENDAR_TEST_SEED` is no number.
pub fn generator() -> Rng {
    Rng::with_seed(seed())
}

/// The seed of [`generator`].
///
/// # Panics
/// When `CALENDAR_TEST_SEED` is no number.
pub fn seed() -> u64 {
    let seed = std::env::var("CALENDAR_TEST_SEED")
        .map_or_else(|_| fastrand::u64(..), |seed| seed.parse().expect("CALENDAR_TEST_SEED"));
    println!("CALENDAR_TEST_SEED={seed}");
    seed
}
