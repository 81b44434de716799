//! What groups of words mean at a moment.

use super::When;
use super::clock::{DAY, OnDay, Time, on_day};
use super::group::{Bound, Dates, Group, Phrase};
use super::spans::{months, unit_span};
use crate::interval::{Interval, merge, subtract};
use crate::time::{Instant, Offsets, YEARS, Zone, date_start, local_to_instant};
use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use std::ops::Range;

/// The days of an open-ended window: as many as slots are listed for by default.
const OPEN_ENDED: Days = Days::new(14);
/// A phrase does not mean more windows than this.
const MOST_WINDOWS: usize = 31;
/// Nor more than this, where something is excluded from them.
const MOST_LEFT: usize = 100;
/// Nothing is excluded from more days than a year has.
const MOST_DAYS_LEFT: i64 = 366;
/// Every date of the year comes within so many days, February 29th around 1900 too.
const EIGHT_YEARS: usize = 8 * 366;

/// When and where a phrase was said.
#[derive(Clone, Copy)]
pub(super) struct Moment<'a> {
    pub(super) now: Instant,
    /// The local time of the caller, whose today and tomorrow are meant.
    pub(super) local: NaiveDateTime,
    /// The zone of the caller.
    pub(super) home: &'a Zone,
    /// The zone of the times of day that are said.
    pub(super) zone: &'a Zone,
}

/// What a phrase means, in the order in which it is said; `None` if it makes no sense.
pub(super) fn answers(phrase: Phrase, moment: &Moment) -> Option<Vec<When>> {
    let Phrase { groups, excluded } = phrase;
    let mut joined: Vec<Group> = Vec::with_capacity(groups.len());
    for group in groups {
        match joined.pop() {
            Some(start) if group.ends_range => joined.push(moment.range(&start, &group)?),
            before => joined.extend(before.into_iter().chain([group])),
        }
    }
    let own_dates: Vec<_> = joined.iter().map(Group::has_dates).collect();
    share(&mut joined, moment);
    let mut whens = Vec::new();
    for run in runs(&own_dates) {
        let mut of_run = Vec::new();
        for group in &mut joined[run] {
            if !excluded.is_empty() && !group.has_dates() {
                // "Any time but Monday", "after 3 but not Monday".
                group.anytime |= group.is_empty();
                group.each |= group.has_times();
            }
            let mut of_group = moment.whens(group)?;
            of_group.sort_unstable_by_key(|when| when.bounds());
            of_run.extend(of_group);
        }
        of_run.sort_by_key(|when| moment.zone.instant_to_local(when.bounds().0).date());
        for when in of_run {
            if !whens.contains(&when) {
                whens.push(when);
            }
        }
    }
    if excluded.is_empty() { Some(whens) } else { moment.without(&whens, &excluded) }
}

/// Groups that are about the same days: "Monday to Wednesday at 2 or 3" means Monday at 3
/// before Tuesday at 2, and "Friday or Tuesday" means Friday first.
fn runs(own_dates: &[bool]) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    for (at, &has_own) in own_dates.iter().enumerate() {
        match runs.last_mut() {
            Some(run) if !(has_own && own_dates[run.clone()].contains(&true)) => run.end = at + 1,
            _ => runs.push(at..at + 1),
        }
    }
    runs
}

/// Adds to groups what their neighbours say for them too.
fn share(groups: &mut [Group], moment: &Moment) {
    let last = groups.len().saturating_sub(1);
    for at in 1..=last {
        groups[at] = moment.spanned(&groups[at], &groups[at - 1], false);
        // "At 3 on Tuesday or Wednesday".
        if !groups[at].has_times() && groups[at - 1].times_first {
            groups[at].times = groups[at - 1].times.clone();
            groups[at].portion = groups[at - 1].portion;
            groups[at].times_first = true;
        }
    }
    for at in (0..last).rev() {
        groups[at] = moment.spanned(&groups[at], &groups[at + 1], true);
        // "Tuesday or Wednesday at 3".
        let next = &groups[at + 1];
        if groups[at].has_dates()
            && !groups[at].has_times()
            && next.has_dates()
            && !next.times_first
        {
            (groups[at].times, groups[at].portion) = (next.times.clone(), next.portion);
        }
    }
    share_halves(groups);
    // "Tuesday at 2 or 3", "at 2 or 3 on Tuesday".
    let neighbours =
        (1..=last).map(|at| (at, at - 1)).chain((0..last).rev().map(|at| (at, at + 1)));
    for (at, neighbour) in neighbours {
        if groups[at].has_times() && !groups[at].has_dates() && groups[neighbour].has_dates() {
            groups[at] = groups[at].clone().with_days_of(&groups[neighbour]);
        }
    }
}

/// Adds the half of the day where a neighbour says it for both times: "tomorrow
/// morning at 8 or 9", "at 7 or 8 in the evening", "at 8 or 9 pm".
fn share_halves(groups: &mut [Group]) {
    let last = groups.len().saturating_sub(1);
    let neighbours =
        (0..last).rev().map(|at| (at, at + 1)).chain((1..=last).map(|at| (at, at - 1)));
    for (at, neighbour) in neighbours {
        let (group, other) = (&groups[at], &groups[neighbour]);
        if group.has_dates() && other.has_dates() {
            continue;
        }
        let [Time::At(clock)] = group.times[..] else { continue };
        let shared = other.times.iter().find_map(|time| match *time {
            Time::Part(part) => clock.within(part).then_some(vec![*time, Time::At(clock)]),
            Time::At(next) if at < neighbour => Some(vec![Time::At(clock.as_half_of(next)?)]),
            _ => None,
        });
        if let Some(times) = shared {
            groups[at].times = times;
        }
    }
}

impl Moment<'_> {
    pub(super) fn today(&self) -> NaiveDate {
        self.local.date()
    }

    /// The instant so many seconds of local time after the midnight of `date`.
    fn at(&self, date: NaiveDate, seconds: i64) -> Option<Instant> {
        let date = date.checked_add_days(Days::new((seconds / DAY).unsigned_abs()))?;
        let time = NaiveTime::MIN + TimeDelta::seconds(seconds % DAY);
        YEARS.contains(&date.year()).then(|| local_to_instant(self.zone, date.and_time(time)))
    }

    fn when(&self, date: NaiveDate, on_day: OnDay) -> Option<When> {
        Some(match on_day {
            OnDay::At(seconds) => When::Instant(self.at(date, seconds)?),
            OnDay::Window(from, to) => {
                When::Window(Interval::new(self.at(date, from)?, self.at(date, to)?))
            }
        })
    }

    /// What is left of `whens` without what is excluded.
    fn without(&self, whens: &[When], excluded: &[Group]) -> Option<Vec<When>> {
        let mut left = Vec::new();
        for &when in whens {
            let (start, end) = when.bounds();
            let closed = self.excluded(excluded, Interval::new(start, end))?;
            match when {
                When::Instant(at) => {
                    let is_open = !closed.iter().any(|no| no.start <= at && at < no.end);
                    left.extend(is_open.then_some(when));
                }
                When::Window(window) => {
                    left.extend(subtract(&[window], &closed).into_iter().map(When::Window));
                }
            }
            if left.len() > MOST_LEFT {
                return None;
            }
        }
        Some(left)
    }

    /// The windows that are excluded on the days that `span` touches.
    fn excluded(&self, excluded: &[Group], span: Interval) -> Option<Vec<Interval>> {
        let date = |at| self.zone.instant_to_local(at).date();
        let (first, last) = (date(span.start), date(span.end));
        if (last - first).num_days() > MOST_DAYS_LEFT {
            return None;
        }
        let mut windows = Vec::new();
        // The night before may end after midnight.
        for date in first.pred_opt()?.iter_days().take_while(|date| *date <= last) {
            for group in excluded {
                let is_within = |dates: &Dates| dates.first <= date && date < dates.end;
                if !group.fits(date) || !group.within.as_ref().is_none_or(is_within) {
                    continue;
                }
                let on_day = match group.has_times() {
                    true => on_day(&group.times, group.portion, false)?,
                    false => OnDay::Window(0, DAY),
                };
                let When::Window(window) = self.when(date, on_day)? else { return None };
                windows.push(window);
            }
        }
        Some(merge(windows))
    }

    /// The window from `start` on, if not past.
    fn from(&self, start: Instant) -> Option<Interval> {
        let start = start.max(self.now);
        let end = self.zone.instant_to_local(start).checked_add_days(OPEN_ENDED)?;
        Some(Interval::new(start, local_to_instant(self.zone, end)))
    }

    /// The days that a group means, whatever it says about their times.
    pub(super) fn dates(&self, group: &Group) -> Option<Vec<Dates>> {
        self.dates_where(group, |date| date >= self.today())
    }

    /// The days that a group means; those after today must pass `accept`
    /// where it leaves open which of them it means.
    fn dates_where(&self, group: &Group, accept: impl Fn(NaiveDate) -> bool) -> Option<Vec<Dates>> {
        if group.impossible {
            return None;
        }
        let today = self.today();
        if let (true, Some(within)) = (group.same && !group.picks_days(), group.within)
            && within.len() > 2
        {
            return self.same_day(within).map(|date| vec![date]);
        }
        let within = match (group.within, group.month) {
            (Some(Dates { first, about: Some(unit), .. }), _) if group.picks_days() => {
                Some(unit_span(first, unit, 0)?)
            }
            (None, Some(month)) if group.day.is_none() => {
                let ahead = |dates: &Dates| group.year.is_some() || dates.end > today;
                months(month, group.year, today).into_iter().find(ahead)
            }
            (within, _) => within,
        };
        if let Some(within) = within {
            if !group.picks_days() && group.month.is_none() {
                return Some(vec![within]);
            }
            return within.iter().filter(|&date| group.fits(date)).map(Dates::day).collect();
        }
        if let (Some(day), Some(month), Some(year)) = (group.day, group.month, group.year) {
            return Some(vec![Dates::day(NaiveDate::from_ymd_opt(year, month, day)?)?]);
        }
        let fitting = |group: &Group, days: usize| {
            let days = today.iter_days().take(days);
            days.filter(|&date| group.fits(date) && accept(date)).collect::<Vec<_>>()
        };
        if group.each {
            let mut days = fitting(group, 8);
            days.truncate(if days.first() == Some(&today) && days.len() > 1 {
                days.iter().take_while(|date| **date < today + Days::new(7)).count()
            } else {
                days.len()
            });
            return days.into_iter().map(Dates::day).collect();
        }
        // A time without a day may come on what is another date in its zone.
        let start =
            if group.has_dates() { today } else { self.zone.instant_to_local(self.now).date() };
        let first = |group: &Group, days: usize| {
            let is_meant = |date: &NaiveDate| group.fits(*date) && accept(*date);
            let (Some(day), Some(month)) = (group.day, group.month) else {
                return start.iter_days().take(days).find(is_meant);
            };
            // One day a year: there is no need to look at the others.
            let last = start.checked_add_days(Days::new(days as u64 - 1))?;
            (start.year()..=last.year())
                .filter_map(|year| NaiveDate::from_ymd_opt(year, month, day))
                .filter(|date| (start..=last).contains(date))
                .find(is_meant)
        };
        // A weekday that does not fall on the date said is a slip of the tongue.
        let any_weekday = || first(&Group { weekdays: 0, ..group.clone() }, EIGHT_YEARS);
        let found = first(group, 366).or_else(any_weekday)?;
        Some(vec![Dates::day(found)?])
    }

    /// The day of another week, month or year that is as today is in its own.
    fn same_day(&self, within: Dates) -> Option<Dates> {
        let today = self.today();
        let date = match within.len() {
            7 => within.iter().find(|date| date.weekday() == today.weekday()),
            28..=31 => within.first.with_day(today.day()),
            _ => today.with_year(within.first.year()).filter(|_| within.len() > 300),
        };
        Dates::day(date.filter(|date| *date > today)?)
    }

    /// Whether what was said of `date` lies ahead, so that it can be meant
    /// where the date was not said or recurs.
    fn lies_ahead(&self, group: &Group, date: NaiveDate, on_day: Option<OnDay>) -> bool {
        let limits =
            |time: &Time| matches!(time, Time::Between(..) | Time::After(_) | Time::Before(_));
        match on_day.map(|on_day| self.when(date, on_day)) {
            _ if group.month.is_some() || group.each && on_day.is_none() => true,
            // "Tuesday" on a Tuesday is that of next week.
            None => date > self.today() || group.weekdays == 0 || group.day.is_some(),
            Some(None) => false,
            Some(Some(when)) => {
                let (start, end) = when.bounds();
                let open = group.each || group.times.iter().any(limits);
                self.now < if open { end } else { start }
            }
        }
    }

    /// What a group means.
    fn whens(&self, group: &Group) -> Option<Vec<When>> {
        if let Some(when) = group.absolute {
            return Some(vec![when]);
        }
        let vague = group.within.is_none() && group.month.is_none() && !group.picks_days();
        if vague && !group.has_times() {
            let any = group.anytime || group.each;
            let window = self.from(self.now)?;
            return any.then(|| vec![When::Window(window)]);
        }
        let mut whens = self.on_days(group, false)?;
        let today = Dates::day(self.today());
        let is_part = |time: &Time| matches!(time, Time::Part(_));
        if group.within == today
            && !group.times.iter().any(is_part)
            && whens.iter().all(|when| when.bounds().1 <= self.now)
        {
            // "Today at 9" after 9 is this evening; "this morning at 9" is not.
            let later = self.on_days(group, true)?;
            if later.iter().all(|when| when.bounds().0 > self.now) {
                whens = later;
            }
        }
        if let Some(bound) = group.bound {
            return self.bounded(&whens, bound).map(|window| vec![When::Window(window)]);
        }
        let ahead = |when: &When| when.bounds().1 > self.now;
        if whens.iter().any(ahead) {
            whens.retain(ahead);
        }
        for when in &mut whens {
            if let When::Window(window) = when
                && window.end > self.now
            {
                window.start = window.start.max(self.now);
            }
        }
        whens.retain(|when| !matches!(when, When::Window(window) if window.is_empty()));
        Some(whens)
    }

    /// What a group means, past or not.
    fn on_days(&self, group: &Group, latest: bool) -> Option<Vec<When>> {
        let on_day = match group.has_times() {
            true => Some(on_day(&group.times, group.portion, latest)?),
            false => None,
        };
        let dates = self.dates_where(group, |date| self.lies_ahead(group, date, on_day))?;
        if let Some(on_day) = on_day {
            let days = || dates.iter().flat_map(|dates| dates.iter());
            let is_few = days().nth(MOST_WINDOWS).is_none();
            return is_few.then(|| days().map(|date| self.when(date, on_day)).collect())?;
        }
        let window = |dates: &Dates| {
            YEARS.contains(&dates.end.year()).then(|| {
                Interval::new(date_start(self.zone, dates.first), date_start(self.zone, dates.end))
            })
        };
        let windows = merge(dates.iter().map(window).collect::<Option<_>>()?);
        (windows.len() <= MOST_WINDOWS).then(|| windows.into_iter().map(When::Window).collect())
    }

    /// The window that ends or begins with what was said.
    fn bounded(&self, whens: &[When], bound: Bound) -> Option<Interval> {
        let start = whens.iter().map(|when| when.bounds().0).min()?;
        let end = whens.iter().map(|when| when.bounds().1).max()?;
        let window = match bound {
            Bound::Before => Interval::new(self.now, start),
            Bound::By => Interval::new(self.now, end),
            Bound::After => self.from(end)?,
            Bound::From => self.from(start)?,
        };
        (!window.is_empty()).then_some(window)
    }

    /// A group with the month or the week of its neighbour, if in order.
    fn spanned(&self, group: &Group, neighbour: &Group, before: bool) -> Group {
        let spanned = group.clone().with_span_of(neighbour);
        let first = |group: &Group| Some(self.dates(group)?.first()?.first);
        let (own, other) = (first(&spanned), first(neighbour));
        let in_order = if before { own < other } else { other < own };
        if in_order && own.is_some() && other.is_some() { spanned } else { group.clone() }
    }

    /// "Monday to Wednesday", "from tomorrow at 9 to Friday at 5".
    fn range(&self, start: &Group, end: &Group) -> Option<Group> {
        let start = self.spanned(start, end, true);
        let from = *self.dates(&start)?.first()?;
        let base = Moment { local: from.first.and_time(NaiveTime::MIN), ..*self };
        let until = *base.dates(end)?.last()?;
        let clock = |group: &Group| match on_day(&group.times, group.portion, false)? {
            OnDay::At(seconds) => Some(seconds),
            OnDay::Window(..) => None,
        };
        let (opens, closes) = (clock(&start), clock(end));
        // "Monday to Wednesday at 2", "at 2 Monday to Wednesday": each day.
        let is_each = match (opens, closes) {
            (None, Some(_)) => true,
            (Some(_), None) => start.times_first,
            _ => false,
        };
        if is_each && (end.is_limit || (opens.is_none() && start.has_times())) {
            return None;
        }
        if !is_each && (opens.is_some() || closes.is_some()) {
            let opens = self.at(from.first, opens.unwrap_or(0))?;
            let closes = match closes {
                Some(seconds) => self.at(until.first, seconds)?,
                None => self.at(until.end, 0)?,
            };
            let window = Interval::new(opens.max(self.now.min(closes)), closes);
            let absolute = (!window.is_empty()).then_some(When::Window(window));
            return absolute.map(|when| Group { absolute: Some(when), ..Group::default() });
        }
        Group::within(Dates::new(from.first, until.end)?).merge(&Group {
            times: [start.times.as_slice(), &end.times].concat(),
            portion: start.portion.or(end.portion),
            ..Group::default()
        })
    }
}
