//! What belongs together in a phrase: "Tuesday afternoon" and "Thursday at 9"
//! in "Tuesday afternoon or Thursday at 9".

use super::When;
use super::clock::Time;
use super::words::{Portion, Unit};
use chrono::{Datelike, Days, NaiveDate};

/// What a phrase says.
#[derive(Debug, Default)]
pub(super) struct Phrase {
    /// What is asked for, in order.
    pub(super) groups: Vec<Group>,
    /// What is excluded from it.
    pub(super) excluded: Vec<Group>,
}

/// What was said about one time or window. Dates must satisfy all of it.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Group {
    /// A set of weekdays, Monday the lowest bit; 0 where none was said.
    pub(super) weekdays: u8,
    /// Whether every such day is meant rather than the first.
    pub(super) each: bool,
    pub(super) day: Option<u32>,
    pub(super) month: Option<u32>,
    pub(super) year: Option<i32>,
    pub(super) within: Option<Dates>,
    pub(super) bound: Option<Bound>,
    pub(super) portion: Option<Portion>,
    pub(super) times: Vec<Time>,
    /// Whether the time was said before the day.
    pub(super) times_first: bool,
    pub(super) absolute: Option<When>,
    /// Whether any time will do.
    pub(super) anytime: bool,
    /// Whether it ends a range that the group before it begins.
    pub(super) ends_range: bool,
    /// Whether it ends that range with "until".
    pub(super) is_limit: bool,
    /// Whether the day is that which is today in another week, month or year.
    pub(super) same: bool,
    /// Whether there is no such day: "the fifth Tuesday of October".
    pub(super) impossible: bool,
}

/// Dates from `first` until before `end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Dates {
    pub(super) first: NaiveDate,
    pub(super) end: NaiveDate,
    /// Of a date reckoned in weeks or months, which of them: "Monday in two
    /// weeks" is not two weeks from now to the day.
    pub(super) about: Option<Unit>,
}

/// How dates bound a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bound {
    Before,
    By,
    After,
    From,
}

impl Dates {
    pub(super) fn new(first: NaiveDate, end: NaiveDate) -> Option<Self> {
        (first < end).then_some(Self { first, end, about: None })
    }

    pub(super) fn day(date: NaiveDate) -> Option<Self> {
        Self::new(date, date.checked_add_days(Days::new(1))?)
    }

    pub(super) fn iter(self) -> impl Iterator<Item = NaiveDate> {
        self.first.iter_days().take_while(move |date| *date < self.end)
    }

    pub(super) fn len(self) -> i64 {
        (self.end - self.first).num_days()
    }
}

impl Group {
    pub(super) fn within(dates: Dates) -> Self {
        Self { within: Some(dates), ..Self::default() }
    }

    pub(super) fn time(time: Time) -> Self {
        Self { times: vec![time], ..Self::default() }
    }

    /// What no day can satisfy.
    pub(super) fn impossible() -> Self {
        Self { impossible: true, ..Self::default() }
    }

    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    pub(super) fn has_dates(&self) -> bool {
        self.within.is_some() || self.month.is_some() || self.picks_days() || self.each
    }

    /// Whether it picks some days out of others.
    pub(super) fn picks_days(&self) -> bool {
        self.weekdays != 0 || self.day.is_some()
    }

    /// Whether it says more than which days.
    pub(super) fn has_times(&self) -> bool {
        !self.times.is_empty() || self.portion.is_some()
    }

    /// Whether `date` is one of the days it picks.
    pub(super) fn fits(&self, date: NaiveDate) -> bool {
        (self.weekdays == 0 || self.weekdays >> date.weekday().num_days_from_monday() & 1 == 1)
            && self.day.is_none_or(|day| day == date.day())
            && self.month.is_none_or(|month| month == date.month())
            && self.year.is_none_or(|year| year == date.year())
    }

    /// All that both say, unless they contradict each other.
    pub(super) fn merge(&self, other: &Self) -> Option<Self> {
        fn one<T: Copy + PartialEq>(a: Option<T>, b: Option<T>) -> Option<Option<T>> {
            (a.is_none() || b.is_none() || a == b).then_some(a.or(b))
        }
        let weekdays = match (self.weekdays, other.weekdays) {
            (a, b) if a == 0 || b == 0 || a == b => a | b,
            _ => return None,
        };
        let within = match (self.within, other.within) {
            (Some(a), Some(b)) => Some(Dates::new(a.first.max(b.first), a.end.min(b.end))?),
            (a, b) => a.or(b),
        };
        let agree = |time: &Time| self.times.iter().all(|said| said.agrees(*time));
        if !other.times.iter().all(agree) {
            return None;
        }
        let merged = Self {
            weekdays,
            within,
            each: self.each || other.each,
            day: one(self.day, other.day)?,
            month: one(self.month, other.month)?,
            year: one(self.year, other.year)?,
            bound: one(self.bound, other.bound)?,
            portion: one(self.portion, other.portion)?,
            times: [self.times.as_slice(), &other.times].concat(),
            times_first: if self.has_dates() || !self.has_times() {
                self.times_first
            } else {
                other.has_dates()
            },
            absolute: one(self.absolute, other.absolute)?,
            anytime: self.anytime || other.anytime,
            ends_range: self.ends_range || other.ends_range,
            is_limit: self.is_limit || other.is_limit,
            same: self.same || other.same,
            impossible: self.impossible || other.impossible,
        };
        let mixed = merged.absolute.is_some() && (merged.has_dates() || merged.has_times());
        (!mixed).then_some(merged)
    }

    /// This group with the days of another that says them for both.
    pub(super) fn with_days_of(self, other: &Self) -> Self {
        Self {
            weekdays: other.weekdays,
            each: other.each,
            day: other.day,
            month: other.month,
            year: other.year,
            within: other.within,
            bound: self.bound.or(other.bound),
            ..self
        }
    }

    /// This group with the month or the week of another: "the 3rd" of "the 3rd
    /// or 4th of December".
    pub(super) fn with_span_of(self, other: &Self) -> Self {
        let alike = self.day.is_some() == other.day.is_some()
            && (self.weekdays != 0) == (other.weekdays != 0);
        let bare = self.picks_days() && self.month.is_none() && self.within.is_none();
        if !(bare && alike && !self.each) {
            return self;
        }
        Self { month: other.month, year: other.year, within: other.within, ..self }
    }
}
