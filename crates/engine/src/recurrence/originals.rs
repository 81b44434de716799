//! Which occurrence an override replaces, and which overrides count.

use super::series::{Master, Override, Series};
use super::set::RecurrenceSet;
use super::value::dates_of;
use super::work::Work;
use crate::Result;
use crate::event::{Span, When};
use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

/// The occurrences of a master between the recurrence ids that are in doubt.
struct Members {
    ids: HashSet<When>,
    /// Their local dates.
    dates: HashSet<NaiveDate>,
}

impl Members {
    fn contain(&self, id: When, is_all_day: bool) -> bool {
        match id {
            // In a series with times, a date means that local day.
            When::Date(date) if !is_all_day => self.dates.contains(&date),
            id => self.ids.contains(&id),
        }
    }
}

impl<K: Copy> Series<'_, K> {
    /// For each override the original start of the occurrence that it replaces;
    /// `None` for one that is stale or that a newer one replaces.
    ///
    /// * An override that is older than the master is stale where the master has
    ///   no such occurrence, or excludes it: it was moved or deleted afterwards.
    /// * Of two for the same occurrence, also where one names it by its date and
    ///   one by its time, the newer counts, or else the later in the list.
    pub(super) fn originals(
        &self,
        set: &RecurrenceSet<'_>,
        tick: &mut dyn FnMut() -> bool,
    ) -> Result<Vec<Option<When>>> {
        let is_all_day = matches!(self.master, Some(Master { span: Span::Dates(..), .. }));
        let ids: Vec<_> =
            self.overrides.iter().map(|own| self.possible(own.recurrence_id)).collect();
        let master = self.master.as_ref().map(|master| master.revision);
        let may_be_stale =
            |own: &Override<K>| master.is_some_and(|master| own.revision.is_older_than(master));
        let in_doubt: Vec<When> = std::iter::zip(&self.overrides, &ids)
            .filter(|(own, ids)| ids.len() > 1 || may_be_stale(own))
            .flat_map(|(_, ids)| ids.iter().copied())
            .collect();
        let members = match (self.master.is_some(), &in_doubt[..]) {
            (false, _) | (_, []) => None,
            (true, ids) => members(set, ids, tick)?,
        };
        let mut originals: Vec<Option<When>> = std::iter::zip(&self.overrides, ids)
            .map(|(own, ids)| {
                let likeliest = ids.first().copied();
                let Some(members) = &members else { return likeliest };
                let own_member = ids.into_iter().find(|id| members.contain(*id, is_all_day));
                own_member.or(likeliest.filter(|_| !may_be_stale(own)))
            })
            .collect();
        self.drop_older(set, &mut originals);
        Ok(originals)
    }

    /// The original starts that a recurrence id can mean, the likeliest first.
    fn possible(&self, id: When) -> Vec<When> {
        match (&self.master, id) {
            (Some(Master { span: Span::Dates(..), .. }), When::At(instant)) => {
                dates_of(instant, self.calendar_zone).into_iter().map(When::Date).collect()
            }
            _ => vec![id],
        }
    }

    /// Leaves one override for each occurrence, and one of a kind: one for this
    /// and all later occurrences leaves room for one of this alone.
    fn drop_older(&self, set: &RecurrenceSet<'_>, originals: &mut [Option<When>]) {
        let mut by_day: HashMap<(NaiveDate, bool), Vec<usize>> = HashMap::new();
        for (index, id) in originals.iter().enumerate() {
            if let Some(id) = id {
                let day = (set.civil(*id).date(), self.overrides[index].this_and_future);
                by_day.entry(day).or_default().push(index);
            }
        }
        for mut day in by_day.into_values().filter(|day| day.len() > 1) {
            // The newest first.
            day.sort_by_key(|&index| Reverse((self.overrides[index].revision, index)));
            let (mut kept, mut has_date, mut has_time) = (HashSet::new(), false, false);
            for index in day {
                let Some(id) = originals[index] else { continue };
                let is_date = matches!(id, When::Date(_));
                // By its date, the whole day is described.
                let is_described = if is_date { has_date || has_time } else { has_date };
                if is_described || !kept.insert(id) {
                    originals[index] = None;
                    continue;
                }
                has_date |= is_date;
                has_time |= !is_date;
            }
        }
    }
}

/// `None` where there are too many to list.
fn members(
    set: &RecurrenceSet<'_>,
    ids: &[When],
    tick: &mut dyn FnMut() -> bool,
) -> Result<Option<Members>> {
    let times = || ids.iter().map(|id| set.civil(*id));
    let end_of = |civil: NaiveDateTime| {
        civil
            .date()
            .and_time(NaiveTime::MIN)
            .checked_add_signed(TimeDelta::days(1))
            .unwrap_or(civil)
    };
    let window = (times().min(), times().max().map(end_of));
    let (Some(from), Some(to)) = window else { return Ok(None) };
    match set.instances((from, to), &mut Work::new(tick)) {
        Ok(instances) => Ok(Some(Members {
            ids: instances.iter().map(|instance| instance.id).collect(),
            dates: instances.iter().map(|instance| instance.civil.date()).collect(),
        })),
        Err(error) if error.is_interrupted() => Err(error),
        Err(_) => Ok(None),
    }
}
