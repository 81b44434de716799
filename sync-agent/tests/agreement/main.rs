//! Whatever happens on both sides and in between, in the end both agree: random
//! edits, lost answers, refusals, dead tokens, and agents that die halfway.

mod world;

use calendar_tests::random;
use world::World;

/// Histories of a run; `CALENDAR_TEST_CASES` asks for more.
const CASES: usize = 6;

/// Further ones, as long as none of them has shown what the test is about.
const MOST_MORE: usize = 24;

/// What happens in each.
const STEPS: usize = 60;

#[test]
#[ignore = "needs CALENDAR_TEST_PG_BIN"]
fn both_sides_agree_in_the_end() {
    let mut rng = random::generator();
    let cases = std::env::var("CALENDAR_TEST_CASES").map_or(CASES, |cases| cases.parse().unwrap());
    let (mut moved, mut conflicts) = (0, 0);
    for case in 0.. {
        // A few histories may miss one of the two; then more follow.
        let is_proved = cases < CASES || moved > 0 && conflicts > 0;
        if case >= cases && is_proved || case == cases + MOST_MORE {
            break;
        }
        let mut world = World::new();
        for _ in 0..STEPS {
            world.step(&mut rng);
        }
        let seen = world.settle();
        moved += seen.moved;
        conflicts += seen.conflicts;
    }
    // Else nothing was proved.
    if cases >= CASES {
        assert!(moved > 0, "no booking followed its event");
        assert!(conflicts > 0, "no booking met an event");
    }
}
