//! The busy time of a calendar's events, within bounds on how many rows it takes.

use crate::blocking::{MAX_PIECE_MINUTES, pieces};
use crate::recurrence::{MAX_OCCURRENCES, MAX_WORK, Occurrence, STEPS_PER_TICK, Series};
use crate::time::Instant;
use crate::{Error, Interval, Result};
use chrono::TimeDelta;
use std::collections::HashMap;
use std::hash::Hash;

/// The most blocks of one calendar that are kept event by event.
pub const MAX_BLOCKS: usize = 100_000;

/// The most steps for all series of one calendar, or of one batch, together: about a
/// second's work.
pub const MAX_CALENDAR_WORK: u32 = 50_000_000;

/// A stretch of time that an event takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Block<K> {
    /// The event.
    pub key: K,
    /// When.
    pub interval: Interval,
}

/// Collects the busy time of a calendar's events within a range.
///
/// A block longer than [`MAX_PIECE_MINUTES`] is cut. More than [`MAX_BLOCKS`] are merged over all events,
/// so that each is kept under one event of several; and where that is not enough,
/// short gaps are closed. Busy time is never lost, and the memory is bounded.
#[derive(Debug)]
pub struct Blocks<K> {
    range: Interval,
    found: Vec<Block<K>>,
    /// How many blocks that makes once they are cut.
    rows: usize,
    /// Gaps up to this length are closed, where events are merged.
    gap: Option<TimeDelta>,
    /// The event with the most blocks, and how many it has.
    largest: Option<(K, usize)>,
}

impl<K: Copy> Blocks<K> {
    /// None yet.
    pub fn new(range: Interval) -> Self {
        Self { range, found: Vec::new(), rows: 0, gap: None, largest: None }
    }

    /// Adds the time that a series or a single event takes, as [`busy`] returns it.
    pub fn add(&mut self, blocks: impl IntoIterator<Item = Block<K>>) {
        let before = self.found.len();
        let clipped = blocks
            .into_iter()
            .map(|block| Block { interval: block.interval.intersect(self.range), ..block })
            .filter(|block| !block.interval.is_empty());
        self.found.extend(clipped);
        let added = &self.found[before..];
        let rows = rows(added);
        if let Some(first) = added.first()
            && self.largest.is_none_or(|(_, most)| rows > most)
        {
            self.largest = Some((first.key, rows));
        }
        self.rows += rows;
        if self.rows > MAX_BLOCKS {
            self.merge();
        }
    }

    /// The event with the most blocks and how many it has, where there were too many
    /// blocks to keep them event by event.
    pub fn merged_for(&self) -> Option<(K, usize)> {
        self.gap.and(self.largest)
    }

    /// The blocks, cut.
    pub fn finish(mut self) -> impl Iterator<Item = Block<K>> {
        if self.gap.is_some() {
            self.merge();
        }
        self.found.into_iter().flat_map(|Block { key, interval }| {
            pieces(interval, interval).map(move |interval| Block { key, interval })
        })
    }

    /// Leaves room for as many more, so that the work stays in proportion.
    fn merge(&mut self) {
        loop {
            let gap = self.gap.unwrap_or_default();
            self.found.sort_unstable_by_key(|block| block.interval);
            self.found.dedup_by(|next, kept| {
                let joined = next.interval.start <= kept.interval.end + gap;
                if joined {
                    kept.interval.end = kept.interval.end.max(next.interval.end);
                }
                joined
            });
            self.gap = Some(gap);
            self.rows = rows(&self.found);
            if self.rows <= MAX_BLOCKS / 2 {
                return;
            }
            self.gap = Some((gap * 2).max(TimeDelta::minutes(1)));
        }
    }
}

/// The time that a series takes within a range, sorted by start: occurrences of one
/// component that overlap are one block.
///
/// A series with more occurrences than [`MAX_OCCURRENCES`] is allowed where they overlap
/// so much that no more blocks than that are left; all else is as for
/// [`Series::occurrences`].
pub fn busy<K: Copy + Eq + Hash>(
    series: &Series<'_, K>,
    range: Interval,
    tick: &mut dyn FnMut() -> bool,
) -> Result<Vec<Block<K>>> {
    let mut joined = Joined { blocks: Vec::new(), latest: HashMap::new() };
    let mut ticks = 0;
    let mut counted = || {
        ticks += 1;
        tick()
    };
    let too_many = match series.occurrences(range, &mut counted) {
        Ok(occurrences) => {
            joined.add(&occurrences);
            return Ok(joined.blocks);
        }
        Err(error) if error.is_interrupted() => return Err(error),
        Err(error) => error,
    };
    let length = (range.end.0 - range.start.0) / SLICES + 1;
    for slice in 0..SLICES {
        let start = Instant(range.start.0 + slice * length);
        let slice = Interval::new(start, Instant(start.0 + length)).intersect(range);
        let occurrences = series.occurrences(slice, &mut || {
            ticks += 1;
            ticks <= MAX_WORK / STEPS_PER_TICK && tick()
        });
        match occurrences {
            Ok(occurrences) => joined.add(&occurrences),
            Err(error) if error.is_interrupted() && !tick() => return Err(error),
            Err(_) => return Err(too_many),
        }
        if joined.blocks.len() > MAX_OCCURRENCES {
            return Err(too_many);
        }
    }
    Ok(joined.blocks)
}

/// Into how many parts a range is divided where it has too many occurrences.
const SLICES: i64 = 32;

/// Blocks of one series.
struct Joined<K> {
    blocks: Vec<Block<K>>,
    /// Where the latest block of each component is.
    latest: HashMap<K, usize>,
}

impl<K: Copy + Eq + Hash> Joined<K> {
    /// Adds occurrences that are sorted by start. Those that also were in the slice
    /// before are part of a block already.
    fn add(&mut self, occurrences: &[Occurrence<K>]) {
        if let ([], &[Occurrence { key, interval }]) = (self.blocks.as_slice(), occurrences) {
            // Most events do not recur.
            self.blocks.push(Block { key, interval });
            return;
        }
        for &Occurrence { key, interval } in occurrences {
            match self.latest.get(&key).and_then(|&at| self.blocks.get_mut(at)) {
                Some(block) if interval.start < block.interval.end => {
                    block.interval.end = block.interval.end.max(interval.end);
                }
                _ => {
                    self.latest.insert(key, self.blocks.len());
                    self.blocks.push(Block { key, interval });
                }
            }
        }
    }
}

/// The work on the series of a calendar together.
#[derive(Debug, Default)]
pub struct Budget {
    ticks: u32,
}

impl Budget {
    /// Whether no more series may be followed.
    pub fn is_spent(&self) -> bool {
        self.ticks > MAX_CALENDAR_WORK / STEPS_PER_TICK
    }

    /// [`busy`] within this budget. Once it is spent, the result is an error that says so.
    pub fn busy<K: Copy + Eq + Hash>(
        &mut self,
        series: &Series<'_, K>,
        range: Interval,
        tick: &mut dyn FnMut() -> bool,
    ) -> Result<Vec<Block<K>>> {
        let recurs = series.master.as_ref().is_some_and(|master| master.recurrence.is_some());
        if recurs && self.is_spent() {
            return Err(Error::invalid(format!(
                "the recurring events of this calendar need more than {MAX_CALENDAR_WORK} steps \
                 to reach the end of the range: give rules that fire less often"
            )));
        }
        let mut ticks = 0;
        let busy = busy(series, range, &mut || {
            ticks += 1;
            tick()
        });
        // Each series has one tick at its start.
        self.ticks = self.ticks.saturating_add(ticks.max(1) - 1);
        busy
    }
}

/// How many blocks these are once they are cut.
fn rows<K>(blocks: &[Block<K>]) -> usize {
    let longest = MAX_PIECE_MINUTES * 60_000_000;
    let rows = blocks.iter().map(|Block { interval, .. }| {
        let length = interval.end.0 - interval.start.0;
        usize::try_from((length + longest - 1) / longest).unwrap_or(0)
    });
    rows.sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interval::{merge, subtract};

    const MINUTE: i64 = 60_000_000;
    const DAY: i64 = 1440 * MINUTE;

    fn block(key: u32, start: i64, end: i64) -> Block<u32> {
        Block { key, interval: Interval::new(Instant(start), Instant(end)) }
    }

    fn range(days: i64) -> Interval {
        Interval::new(Instant(0), Instant(days * DAY))
    }

    fn blocks(range: Interval, families: &[&[Block<u32>]]) -> Vec<Block<u32>> {
        let mut blocks = Blocks::new(range);
        families.iter().for_each(|family| blocks.add(family.to_vec()));
        assert_eq!(blocks.merged_for(), None);
        blocks.finish().collect()
    }

    #[test]
    fn a_long_occurrence_is_cut_and_clipped() {
        let cut = blocks(
            Interval::new(Instant(7), Instant(9 * DAY)),
            &[&[block(1, 5, 2 * DAY + 9)], &[block(2, 9 * DAY, 10 * DAY)], &[block(3, 8, 8)]],
        );
        assert_eq!(
            cut,
            [
                block(1, 7, DAY + 7),
                block(1, DAY + 7, 2 * DAY + 7),
                block(1, 2 * DAY + 7, 2 * DAY + 9)
            ]
        );
    }

    /// Every `step` minutes, for `length` minutes, over 431 days.
    fn every(key: u32, step: i64, length: i64) -> Vec<Block<u32>> {
        (0..431 * 1440 / step)
            .map(|n| block(key, n * step * MINUTE, (n * step + length) * MINUTE))
            .collect()
    }

    #[test]
    fn too_many_blocks_are_merged_and_no_time_is_lost() {
        for (count, step, length) in [(12, 60, 10), (300, 1440, 2000), (2, 6, 2)] {
            let mut blocks = Blocks::new(range(431));
            let mut exact = Vec::new();
            for key in 0..count {
                // At another minute each.
                let shift = i64::from(key) % step * MINUTE;
                let family = every(key, step, length).into_iter().map(|block| Block {
                    interval: Interval::new(
                        Instant(block.interval.start.0 + shift),
                        Instant(block.interval.end.0 + shift),
                    ),
                    ..block
                });
                let family: Vec<_> = family.collect();
                exact.extend(family.iter().map(|block| block.interval.intersect(range(431))));
                blocks.add(family);
            }
            let (_, most) = blocks.merged_for().unwrap();
            assert!(most >= 431, "{most}");
            let gap = blocks.gap;
            let kept: Vec<_> = blocks.finish().map(|block| block.interval).collect();
            assert!(kept.len() <= MAX_BLOCKS, "{}", kept.len());
            let (kept, exact) = (merge(kept), merge(exact));
            assert_eq!(subtract(&exact, &kept), [], "{count} {step} {length}");
            assert_eq!(kept == exact, gap == Some(TimeDelta::zero()), "{count} {step} {length}");
        }
    }

    #[test]
    fn short_gaps_are_closed_where_merging_is_not_enough() {
        let mut blocks = Blocks::new(range(431));
        // Each minute for half of it, one event of each day.
        for day in 0..431 {
            let family = (0..1440).map(|n| {
                let start = day * DAY + n * MINUTE;
                block(u32::try_from(day).unwrap(), start, start + MINUTE / 2)
            });
            blocks.add(family);
        }
        blocks.add([block(1000, 100, 200)]);
        assert!(blocks.merged_for().is_some());
        let kept: Vec<_> = blocks.finish().collect();
        assert!(kept.len() <= MAX_BLOCKS, "{}", kept.len());
        let last = (431 * 1440 - 1) * MINUTE + MINUTE / 2;
        let kept = merge(kept.into_iter().map(|block| block.interval).collect());
        assert_eq!((kept[0].start, kept[kept.len() - 1].end), (Instant(0), Instant(last)));
    }
}
