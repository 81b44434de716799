//! Availability against a slow model of it, on dates and in zones that hurt.
//!
//! `PROPTEST_CASES=20000 cargo test --test availability_model` looks longer than
//! usual. A failure prints its seed, and what is left of the situation when all
//! that does not matter is taken away.

mod model;
mod situation;

use calendar_engine::Interval;
use calendar_engine::availability::{Facts, Grid, Reach, Reason, Schedule, Scope};
use calendar_engine::time::Instant;
use model::{MINUTE, Model};
use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;
use situation::{Situation, situation};

/// `PROPTEST_CASES`, or as many as take some seconds. Seeds of failures are kept
/// in `main.regressions`, to be tried first from then on.
fn config() -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    ProptestConfig {
        cases: cases.unwrap_or(500),
        failure_persistence: Some(Box::new(FileFailurePersistence::WithSource("regressions"))),
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn the_slots_listed_are_those_of_the_model(situation in situation()) {
        let model = Model::new(&situation);
        let facts = within_reach(&situation.facts, situation.window);
        prop_assert_eq!(shown(&listed(&facts, &situation)), shown(&model.listed(&situation)));
    }

    /// So a slot can be booked exactly when it is listed.
    #[test]
    fn every_minute_breaks_the_rules_that_it_breaks_in_the_model(situation in situation()) {
        let model = Model::new(&situation);
        let facts = within_reach(&situation.facts, situation.window);
        let schedule = Schedule::new(&facts, &Reach::of(&facts.broker, situation.window));
        for slot in model.slots_inside(situation.window) {
            let broken = model.broken_rules(slot.start.0 / MINUTE);
            assert_agree(&schedule, slot, grid(&situation), &broken)?;
        }
    }

    /// Booking asks about one slot and reads no facts beyond its reach.
    #[test]
    fn a_slot_alone_breaks_the_rules_that_it_breaks_in_the_model(
        situation in situation(),
        picks in prop::collection::vec(any::<prop::sample::Index>(), 8),
    ) {
        let model = Model::new(&situation);
        let all: Vec<_> = model.slots_inside(situation.window).collect();
        let free = model.listed(&situation);
        let picked = picks.iter().flat_map(|pick| {
            let from = |slots: &[Interval]| (!slots.is_empty()).then(|| *pick.get(slots));
            [from(&all), from(&free)]
        });
        for slot in picked.flatten() {
            let facts = within_reach(&situation.facts, slot);
            let schedule = Schedule::new(&facts, &Reach::of(&facts.broker, slot));
            let broken = model.broken_rules(slot.start.0 / MINUTE);
            assert_agree(&schedule, slot, grid(&situation), &broken)?;
        }
    }
}

/// The slot breaks exactly these rules; they are the ones that are told, and the
/// first of them is the answer.
fn assert_agree(
    schedule: &Schedule<'_>,
    slot: Interval,
    grid: Grid,
    broken: &[Reason],
) -> Result<(), TestCaseError> {
    let at = slot.start.utc();
    let mut told: Vec<_> = schedule.obstacles(slot, grid).iter().map(|o| o.reason).collect();
    told.dedup();
    prop_assert_eq!(&told[..], broken, "at {}", at);
    prop_assert_eq!(schedule.verdict(slot, grid, Scope::Listed), broken.first().copied());
    let for_staff =
        |&&reason: &&Reason| matches!(reason, Reason::Disabled | Reason::NotSynced | Reason::Taken);
    let staff = schedule.verdict(slot, grid, Scope::OutsideHours);
    prop_assert_eq!(staff, broken.iter().find(for_staff).copied(), "for staff at {}", at);
    Ok(())
}

fn listed(facts: &Facts, situation: &Situation) -> Vec<Interval> {
    Schedule::new(facts, &Reach::of(&facts.broker, situation.window))
        .slots(grid(situation), &situation.preference, situation.max_slots, &mut || true)
        .unwrap()
}

fn grid(situation: &Situation) -> Grid {
    let broker = &situation.facts.broker;
    Grid::new(broker, Some(situation.duration_minutes), situation.increment_minutes).unwrap()
}

/// What a reader of the database finds for a window: facts beyond the reach are
/// left out.
fn within_reach(facts: &Facts, window: Interval) -> Facts {
    let reach = Reach::of(&facts.broker, window);
    let mut near = facts.clone();
    let reaches = |into: Interval| move |i: Interval| i.start < into.end && into.start < i.end;
    near.events.retain(|&event| reaches(reach.events)(event));
    near.bookings.retain(|booking| reaches(reach.bookings)(booking.interval));
    near.overrides.retain(|o| reaches(reach.dates)(o.interval));
    near
}

/// For messages: starts in UTC.
fn shown(slots: &[Interval]) -> Vec<String> {
    slots.iter().map(|slot| format!("{} {}", slot.start.utc(), length(slot))).collect()
}

fn length(slot: &Interval) -> i64 {
    let Interval { start: Instant(start), end: Instant(end) } = *slot;
    (end - start) / MINUTE
}
