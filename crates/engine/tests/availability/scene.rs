//! A broker's situation and the questions asked about it, told in the local
//! times of its zone.

use calendar_engine::Interval;
use calendar_engine::availability::{
    Booking, Broker, Facts, Grid, MeetingType, Override, OverrideKind, Preference, Reach, Reason,
    Schedule, Scope, WorkingHours,
};
use calendar_engine::time::{Instant, Offsets, Zone, date_start, local_to_instant};
use chrono::{Days, NaiveDate, NaiveDateTime, NaiveTime, Timelike};

/// The broker has slots of an hour; nothing else is set. It is the beginning of
/// Monday, 2026-03-02.
pub(crate) struct Scene {
    pub(crate) facts: Facts,
    pub(crate) preference: Preference,
    pub(crate) increment_minutes: Option<i64>,
    pub(crate) max_slots: usize,
}

impl Scene {
    pub(crate) fn new() -> Self {
        Self::in_zone("America/New_York")
    }

    pub(crate) fn in_zone(name: &str) -> Self {
        let zone = Zone::iana(name).unwrap();
        Self {
            preference: Preference { days: None, period: None, zone: zone.clone() },
            increment_minutes: None,
            max_slots: usize::MAX,
            facts: Facts {
                now: date_start(&zone, date("2026-03-02")),
                broker: Broker {
                    zone,
                    slot_duration_minutes: 60,
                    slot_increment_minutes: None,
                    buffer_before_minutes: 0,
                    buffer_after_minutes: 0,
                    minimum_notice_minutes: 0,
                    booking_horizon_days: 366,
                    max_bookings_per_day: None,
                    max_bookings_of_type_per_day: None,
                    durations: vec![],
                    booking_enabled: true,
                },
                hours: vec![],
                overrides: vec![],
                events: vec![],
                bookings: vec![],
                covered: vec![],
            },
        }
    }

    pub(crate) fn broker(mut self, set: impl FnOnce(&mut Broker)) -> Self {
        set(&mut self.facts.broker);
        self
    }

    pub(crate) fn now(mut self, local: &str) -> Self {
        self.facts.now = self.at(local);
        self
    }

    /// Working hours on an ISO weekday.
    pub(crate) fn hours(self, weekday: u32, start: &str, end: &str) -> Self {
        self.hours_within(weekday, start, end, None, None)
    }

    /// Working hours that are valid on certain dates.
    pub(crate) fn hours_within(
        mut self,
        weekday: u32,
        start: &str,
        end: &str,
        valid_from: Option<&str>,
        valid_until: Option<&str>,
    ) -> Self {
        self.facts.hours.push(WorkingHours {
            weekday,
            start: time_of_day(start),
            end: time_of_day(end),
            valid_from: valid_from.map(date),
            valid_until: valid_until.map(date),
            is_active: true,
        });
        self
    }

    pub(crate) fn open(self, from: &str, to: &str) -> Self {
        self.with_override(OverrideKind::Open, from, to)
    }

    pub(crate) fn replace(self, from: &str, to: &str) -> Self {
        self.with_override(OverrideKind::Replace, from, to)
    }

    pub(crate) fn block(self, from: &str, to: &str) -> Self {
        self.with_override(OverrideKind::Block, from, to)
    }

    fn with_override(mut self, kind: OverrideKind, from: &str, to: &str) -> Self {
        let interval = self.between(from, to);
        self.facts.overrides.push(Override { kind, interval });
        self
    }

    pub(crate) fn event(mut self, from: &str, to: &str) -> Self {
        self.facts.events.push(self.between(from, to));
        self
    }

    pub(crate) fn booking(self, from: &str, to: &str) -> Self {
        self.booking_with_buffers(from, to, 0, 0)
    }

    pub(crate) fn booking_with_buffers(
        mut self,
        from: &str,
        to: &str,
        before: i64,
        after: i64,
    ) -> Self {
        self.facts.bookings.push(Booking {
            interval: self.between(from, to),
            buffer_before_minutes: before,
            buffer_after_minutes: after,
            blocks: true,
            is_of_type: false,
        });
        self
    }

    /// A booking of the meeting type asked for.
    pub(crate) fn booking_of_type(self, from: &str, to: &str) -> Self {
        let mut scene = self.booking(from, to);
        scene.facts.bookings.last_mut().unwrap().is_of_type = true;
        scene
    }

    /// The broker has the rules of a meeting type.
    pub(crate) fn meeting_type(mut self, meeting_type: MeetingType) -> Self {
        self.facts.broker = self.facts.broker.with(meeting_type);
        self
    }

    /// A calendar whose events are known until then.
    pub(crate) fn covered_until(mut self, local: &str) -> Self {
        self.facts.covered.push(self.at(local));
        self
    }

    /// A booking that took place: it is over, but counts towards its date.
    pub(crate) fn completed_booking(self, from: &str, to: &str) -> Self {
        let mut scene = self.booking(from, to);
        scene.facts.bookings.last_mut().unwrap().blocks = false;
        scene
    }

    /// The starts of the slots of a local date, as clocks show them.
    pub(crate) fn listed(&self, day: &str) -> Vec<String> {
        let (zone, day) = (&self.facts.broker.zone, date(day));
        let window = Interval::new(date_start(zone, day), date_start(zone, day + Days::new(1)));
        self.starts(window, "%H:%M")
    }

    /// The same from noon to the noon after, with the day of the month.
    pub(crate) fn listed_overnight(&self, day: &str) -> Vec<String> {
        let next = date(day) + Days::new(1);
        self.listed_between(&format!("{day} 12:00"), &format!("{next} 12:00"))
    }

    /// The starts of the slots of a window, with the day of the month.
    pub(crate) fn listed_between(&self, from: &str, to: &str) -> Vec<String> {
        self.starts(self.between(from, to), "%d %H:%M")
    }

    fn starts(&self, window: Interval, format: &str) -> Vec<String> {
        let zone = &self.facts.broker.zone;
        let shown = |slot: &Interval| zone.instant_to_local(slot.start).format(format).to_string();
        self.slots(window).iter().map(shown).collect()
    }

    pub(crate) fn slots(&self, window: Interval) -> Vec<Interval> {
        let reach = Reach::of(&self.facts.broker, window);
        Schedule::new(&self.facts, &reach)
            .slots(self.grid(), &self.preference, self.max_slots, &mut || true)
            .unwrap()
    }

    pub(crate) fn grid(&self) -> Grid {
        Grid::new(&self.facts.broker, None, self.increment_minutes).unwrap()
    }

    /// Why the slot that starts at a local time cannot be booked.
    pub(crate) fn verdict(&self, start: &str) -> Option<Reason> {
        self.verdict_on(start, Scope::Listed)
    }

    pub(crate) fn verdict_on(&self, start: &str, scope: Scope) -> Option<Reason> {
        let slot = self.slot(start);
        self.schedule(slot).verdict(slot, self.grid(), scope)
    }

    pub(crate) fn slot(&self, start: &str) -> Interval {
        let start = self.at(start);
        Interval::new(start, start.plus_minutes(self.facts.broker.slot_duration_minutes))
    }

    pub(crate) fn schedule(&self, window: Interval) -> Schedule<'_> {
        Schedule::new(&self.facts, &Reach::of(&self.facts.broker, window))
    }

    pub(crate) fn between(&self, from: &str, to: &str) -> Interval {
        Interval::new(self.at(from), self.at(to))
    }

    pub(crate) fn at(&self, local: &str) -> Instant {
        let time = NaiveDateTime::parse_from_str(local, "%Y-%m-%d %H:%M").unwrap();
        local_to_instant(&self.facts.broker.zone, time)
    }
}

pub(crate) fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Microseconds since midnight.
fn time_of_day(text: &str) -> i64 {
    let minutes = match text {
        "24:00" => 24 * 60,
        _ => NaiveTime::parse_from_str(text, "%H:%M").unwrap().num_seconds_from_midnight() / 60,
    };
    i64::from(minutes) * 60_000_000
}
