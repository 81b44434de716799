//! What must be true after each round, and in the end.

use crate::history::{History, Outcome};
use crate::provider::Seen;
use crate::time::{self, Span, overlap};
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// What has happened, as far as it decides what must be true.
#[derive(Default)]
pub(crate) struct Memory {
    fates: BTreeMap<Uuid, Fate>,
    /// Every time that an event has had.
    times: BTreeSet<Span>,
    /// The events that the last finished pull of their calendar has shown.
    shown: Vec<Seen>,
    /// The series that the user made of events of bookings, by their names.
    series: BTreeMap<String, Uuid>,
}

/// What happened to a booking.
#[derive(Default)]
struct Fate {
    /// It is a hold, or waits for a person to confirm it.
    is_hold: bool,
    is_pending: bool,
    /// We cancelled it.
    is_cancelled: bool,
    /// The user deleted its event.
    is_deleted: bool,
    /// Its event was there.
    was_there: bool,
    /// What the user made of its event.
    remarks: Option<Vec<String>>,
    /// Where the user moved it, unless we had moved it or did so later.
    shifted: Option<Span>,
    /// The user put its event back when it had ended: then that is an event as any other.
    is_theirs: bool,
}

/// A booking as the database has it.
#[derive(Debug)]
struct Booking {
    id: Uuid,
    status: String,
    span: Span,
    cancel_reason: Option<String>,
    problem: Option<String>,
}

impl Memory {
    pub(crate) fn booked(&mut self, id: Uuid, status: &str) {
        let (is_hold, is_pending) = (status == "held", status == "pending");
        self.fates.insert(id, Fate { is_hold, is_pending, ..Fate::default() });
    }

    pub(crate) fn confirmed(&mut self, id: Uuid) {
        let fate = self.fate(id);
        (fate.is_hold, fate.is_pending) = (false, false);
    }

    pub(crate) fn cancelled(&mut self, id: Uuid) {
        self.fate(id).is_cancelled = true;
    }

    pub(crate) fn rescheduled(&mut self, id: Uuid) {
        self.fate(id).shifted = None;
    }

    pub(crate) fn shifted(&mut self, id: Uuid, span: Span, is_settled: bool) {
        let fate = self.fate(id);
        fate.shifted = (is_settled || fate.shifted.is_some()).then_some(span);
    }

    /// No booking follows that.
    pub(crate) fn made_all_day(&mut self, id: Uuid) {
        self.fate(id).shifted = None;
    }

    pub(crate) fn deleted(&mut self, id: Uuid) {
        let fate = self.fate(id);
        // If it is written again, it is another event.
        *fate = Fate {
            is_cancelled: fate.is_cancelled,
            is_pending: fate.is_pending,
            is_deleted: true,
            was_there: true,
            ..Fate::default()
        };
    }

    pub(crate) fn put_back(&mut self, id: Uuid, is_live: bool) {
        self.fate(id).is_theirs = !is_live;
    }

    pub(crate) fn remarked(&mut self, id: Uuid, remarks: Vec<String>) {
        self.fate(id).remarks = Some(remarks);
    }

    /// A round has ended. `before` are the events before it.
    pub(crate) fn seen(
        &mut self,
        before: &[Seen],
        events: &[Seen],
        is_pulled: impl Fn(&Seen) -> bool,
    ) {
        // The round itself may have moved an event back that a booking met.
        self.times.extend(before.iter().map(|event| event.span));
        for event in events {
            self.times.insert(event.span);
            if let Some(id) = event.booking {
                self.fate(id).was_there = true;
            }
        }
        self.shown.retain(|event| !is_pulled(event));
        // The rest was written after the pull.
        let shown = events.iter().filter(|event| before.contains(event) && is_pulled(event));
        self.shown.extend(shown.cloned());
    }

    /// The user made a series of a booking's event.
    pub(crate) fn made_series(&mut self, id: Uuid, event: &Seen) {
        self.series.insert(event.mirrored.clone(), id);
    }

    /// What copies of events take.
    pub(crate) fn copied(&mut self, copies: &[Seen]) {
        self.times.extend(copies.iter().map(|copy| copy.span));
    }

    /// What was listed and could not be read has not been shown.
    pub(crate) fn not_understood(&mut self, events: &[Seen]) {
        self.shown.retain(|shown| !events.contains(shown));
    }

    fn fate(&mut self, id: Uuid) -> &mut Fate {
        self.fates.entry(id).or_default()
    }
}

impl Booking {
    fn is_live(&self) -> bool {
        matches!(self.status.as_str(), "confirmed" | "pending")
    }
}

impl History<'_> {
    /// No booking has ended that no one has ended.
    pub(crate) fn check_bookings(&mut self) -> Outcome {
        let nothing = Fate::default();
        for booking in self.bookings() {
            let fate = self.memory.fates.get(&booking.id).unwrap_or(&nothing);
            let is_ended = match booking.status.as_str() {
                "held" => fate.is_hold,
                "pending" => fate.is_pending,
                "confirmed" => !fate.is_hold && !fate.is_pending,
                // A hold ends by itself, and gives way to what the user moves.
                "cancelled" if fate.is_hold => {
                    fate.is_cancelled || booking.cancel_reason.as_deref() == Some("hold_expired")
                }
                "cancelled" => fate.is_cancelled || fate.is_deleted,
                // A conflict that is proved before its first write.
                "failed" => {
                    let is_taken =
                        self.memory.times.iter().any(|time| overlap(*time, booking.span));
                    booking.cancel_reason.as_deref() == Some("conflict")
                        && (!fate.was_there || fate.is_deleted)
                        && is_taken
                }
                _ => false,
            };
            if !is_ended {
                return Err(format!("a booking is what no one has made it: {booking:?}"));
            }
        }
        Ok(())
    }

    /// No time is offered that the last finished pull has shown as taken.
    pub(crate) fn check_slots(&mut self) -> Outcome {
        let live = self.live();
        let (now, owns) = (self.provider.events(), self.owns());
        let is_taken = |event: &&Seen| match event.booking {
            None => true,
            // What we have changed since, we know. A copy may be behind.
            Some(id) => {
                let is_copy = self.theirs.contains(&event.id) && !owns.has(event);
                live.contains_key(&id) && now.contains(event) && !is_copy
            }
        };
        let taken: Vec<Seen> = self.memory.shown.iter().filter(is_taken).cloned().collect();
        let offered = self.offered();
        for event in taken {
            if let Some(slot) = offered.iter().find(|slot| overlap(**slot, event.span)) {
                return Err(format!("{} is offered though taken by {event:?}", slot.0));
            }
        }
        Ok(())
    }

    /// Calendar and database agree.
    pub(crate) fn check(&mut self) -> Outcome {
        let events = self.provider.events();
        let bookings = self.bookings();
        let live = self.live();
        let owns = self.owns();
        for booking in &bookings {
            let is_copy = |e: &&Seen| self.theirs.contains(&e.id) && !owns.has(e);
            let own: Vec<&Seen> =
                events.iter().filter(|e| e.booking == Some(booking.id) && !is_copy(e)).collect();
            self.check_event(booking, &own, &live)?;
        }
        let copies = self.copied();
        self.check_mirror(events.iter().chain(&copies), &self.spared(&events, &live))?;
        let mut taken: Vec<Span> = events.iter().chain(&copies).map(|event| event.span).collect();
        taken.extend(live.values());
        let is_free = |slot: &Span| !taken.iter().any(|taken| overlap(*taken, *slot));
        let free: Vec<Span> = time::slots().filter(is_free).collect();
        let offered = self.offered();
        if offered != free {
            let wrong: Vec<_> =
                time::slots().filter(|s| offered.contains(s) != free.contains(s)).collect();
            return Err(format!("what is offered and what is free differ in {wrong:?}"));
        }
        Ok(())
    }

    /// A booking and the events that have its mark.
    fn check_event(
        &self,
        booking: &Booking,
        own: &[&Seen],
        live: &BTreeMap<Uuid, Span>,
    ) -> Outcome {
        if !booking.is_live() {
            return match own {
                [] => Ok(()),
                [_] if self.memory.fates.get(&booking.id).is_some_and(|fate| fate.is_theirs) => {
                    Ok(())
                }
                _ => Err(format!("there is an event of {booking:?}: {own:?}")),
            };
        }
        let [event] = own else {
            return Err(format!("{} events of {booking:?}: {own:?}", own.len()));
        };
        let is_taken = |span: Span| {
            live.iter().any(|(other, time)| *other != booking.id && overlap(span, *time))
        };
        if event.span != booking.span {
            // The user moved it onto another booking, or had it take the whole day.
            let cannot_follow = is_taken(event.span) || time::is_all_day(event.span);
            if booking.problem.is_none() || !cannot_follow {
                return Err(format!("the event has another time than {booking:?}: {event:?}"));
            }
        }
        let Some(fate) = self.memory.fates.get(&booking.id) else { return Ok(()) };
        if let Some(shifted) = fate.shifted
            && shifted != event.span
        {
            return Err(format!("the user moved {booking:?} to {}, not {event:?}", shifted.0));
        }
        match &fate.remarks {
            Some(remarks) if *remarks != event.remarks => {
                Err(format!("of {booking:?}, the user wrote {remarks:?}, and it says {event:?}"))
            }
            _ => Ok(()),
        }
    }

    /// What we know of the calendars is what is there.
    fn check_mirror<'a>(
        &mut self,
        events: impl Iterator<Item = &'a Seen>,
        spared: &BTreeSet<(String, Span)>,
    ) -> Outcome {
        let query = "select e.external_event_id, e.starts_at, e.ends_at
                       from calendar.events as e
                      where e.status <> 'cancelled' and e.recurrence is null and e.recurrence_id is null
                     union
                     select e.external_event_id, b.starts_at, b.ends_at
                       from calendar.busy_blocks as b
                       join calendar.events as e on e.id = b.event_id
                      where e.recurrence is not null or e.recurrence_id is not null";
        let rows = self.stage.base.query(query, &[]).unwrap();
        let known: BTreeSet<(String, Span)> =
            rows.iter().map(|row| (row.get(0), (row.get(1), row.get(2)))).collect();
        let there: BTreeSet<(String, Span)> =
            events.map(|event| (event.mirrored.clone(), event.span)).collect();
        let [known, there] = [known, there].map(|all| less(&all, spared));
        if known == there {
            return Ok(());
        }
        let known_only: Vec<_> = known.difference(&there).collect();
        let there_only: Vec<_> = there.difference(&known).collect();
        Err(format!("known alone: {known_only:?}; at the provider alone: {there_only:?}"))
    }

    fn bookings(&mut self) -> Vec<Booking> {
        let query = "select id, status, slot_start, slot_end, cancel_reason, problem from calendar.bookings";
        let rows = self.stage.base.query(query, &[]).unwrap();
        let booking = |row: &postgres::Row| Booking {
            id: row.get(0),
            status: row.get(1),
            span: (row.get(2), row.get(3)),
            cancel_reason: row.get(4),
            problem: row.get(5),
        };
        rows.iter().map(booking).collect()
    }

    fn live(&mut self) -> BTreeMap<Uuid, Span> {
        let live = self.bookings().into_iter().filter(Booking::is_live);
        live.map(|booking| (booking.id, booking.span)).collect()
    }

    fn offered(&mut self) -> Vec<Span> {
        let (from, until): (DateTime<Utc>, DateTime<Utc>) = time::days();
        let broker = self.broker();
        let query = "select slot_start, slot_end from calendar.get_available_slots($1, $2, $3)";
        let rows = self.stage.base.query(query, &[&broker, &from, &until]).unwrap();
        rows.iter().map(|row| (row.get(0), row.get(1))).collect()
    }

    /// What the events of bookings that became series take and bookings take themselves. Some
    /// calendars are known with their series' occurrences, and with the booking's under two names: its
    /// own and the series'.
    fn spared(&self, events: &[Seen], live: &BTreeMap<Uuid, Span>) -> BTreeSet<(String, Span)> {
        let mut spared = BTreeSet::new();
        for event in events {
            let Some(series) = &event.series else { continue };
            // Without its first occurrence, a series bears the mark, and the booking may be its copy.
            let id = event.booking.or_else(|| self.memory.series.get(series).copied());
            let Some(booked) = id.and_then(|id| live.get(&id)) else { continue };
            let of_series = events.iter().filter(|event| event.series.as_ref() == Some(series));
            let names = of_series.map(|event| &event.mirrored).chain([series]);
            spared.extend(names.map(|name| (name.clone(), *booked)));
            if event.booking.is_some() && event.mirrored != *series {
                spared.insert((series.clone(), event.span));
            }
        }
        spared
    }
}

/// What events take, less what is spared of each: all of it, or a part of a whole day.
fn less(
    all: &BTreeSet<(String, Span)>,
    spared: &BTreeSet<(String, Span)>,
) -> BTreeSet<(String, Span)> {
    let mut left = all.clone();
    for (name, (from, until)) in spared {
        let cut = |(of, (start, end)): (String, Span)| {
            let is_cut = of == *name && overlap((start, end), (*from, *until));
            let parts =
                if is_cut { vec![(start, *from), (*until, end)] } else { vec![(start, end)] };
            let parts = parts.into_iter().filter(|(start, end)| start < end);
            parts.map(move |part| (of.clone(), part))
        };
        left = left.into_iter().flat_map(cut).collect();
    }
    left
}
