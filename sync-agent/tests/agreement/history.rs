//! One history: what a broker, their leads, their provider and the agent do.

use crate::agent::Agent;
use crate::base::Base;
use crate::checks::Memory;
use crate::feed::Published;
use crate::provider::{Provider, Seen};
use crate::time::{self, Span};
use crate::trouble::{Death, Kind, Mood, Trouble};
use chrono::{DateTime, TimeDelta, Utc};
use fastrand::Rng;
use postgres::Row;
use postgres::types::ToSql;
use std::collections::BTreeSet;
use tokio::runtime::Runtime;
use uuid::Uuid;

/// What all histories of a connector share.
pub(crate) struct Stage {
    pub(crate) runtime: Runtime,
    pub(crate) base: Base,
    pub(crate) agent: Agent,
    pub(crate) start: fn(&Runtime) -> Box<dyn Provider>,
    /// Whether bookings are written there.
    pub(crate) writes: bool,
}

/// One history.
pub(crate) struct History<'s> {
    pub(crate) stage: &'s mut Stage,
    pub(crate) provider: Box<dyn Provider>,
    /// A feed that holds copies of events of ours.
    pub(crate) copies: Option<Published>,
    trouble: Trouble,
    pub(crate) rng: Rng,
    broker: Uuid,
    pub(crate) memory: Memory,
    /// The events of ours that the user deleted.
    pub(crate) deleted: Vec<(Uuid, String)>,
    /// The events with a booking's mark that the user made: copies, and what was put back where
    /// another event had become the booking's.
    pub(crate) theirs: BTreeSet<String>,
    habit: Habit,
    /// Whether two agents work at times. Then the same seed need not make the same history.
    are_two: bool,
    /// Who has a booking, or what a remark says, so that no two are the same.
    pub(crate) number: u32,
    /// What has happened so far.
    pub(crate) log: Vec<String>,
}

/// What the user does to events of ours more often than others do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Habit {
    None,
    /// Has them take place again.
    Repeats,
    /// Copies them.
    Copies,
}

/// Something that is wrong, in words.
pub(crate) type Outcome = Result<(), String>;

/// Bookings that have not ended.
const ACTIVE: &str = "status in ('held', 'pending', 'confirmed')";

/// Rounds of a provider that is well again, after which all must be at rest.
const MOST_ROUNDS: usize = 15;

/// How many of these have nothing to do, one after another, until all is.
const ROUNDS_AT_REST: usize = 2;

/// The longest pause after a failure, and a little.
const PAUSE: TimeDelta = TimeDelta::minutes(61);

impl<'s> History<'s> {
    pub(crate) fn new(stage: &'s mut Stage, seed: u64) -> Self {
        let mut rng = Rng::with_seed(seed);
        let broker = stage.base.begin();
        let provider = (stage.start)(&stage.runtime);
        stage.agent.connect(&stage.runtime, &mut stage.base, broker, provider.as_ref());
        let trouble = Trouble::new(rng.u64(..), stage.agent.is_impatient());
        trouble.befall(provider.server());
        let has_copies = stage.writes && rng.u32(0..3) == 0;
        let copies = has_copies.then(|| Published::new(&stage.runtime));
        if let Some(copies) = &copies {
            stage.agent.connect(&stage.runtime, &mut stage.base, broker, copies);
            trouble.befall(copies.server());
        }
        let are_two = rng.u32(0..8) == 0;
        let habit = rng.choice([Habit::None, Habit::Repeats, Habit::Copies]);
        let habit = habit.unwrap_or(Habit::None);
        Self {
            stage,
            provider,
            copies,
            trouble,
            rng,
            broker,
            memory: Memory::default(),
            deleted: Vec::new(),
            theirs: BTreeSet::new(),
            habit,
            are_two,
            number: 0,
            log: Vec::new(),
        }
    }

    /// All of it.
    pub(crate) fn run(&mut self) -> Outcome {
        // What the user does so often to events, it needs to have.
        if self.stage.writes && self.habit != Habit::None {
            for _ in 0..3 {
                self.book()?;
            }
            self.round(Mood::Well, None)?;
        }
        for _ in 0..self.rng.u32(8..25) {
            self.step()?;
        }
        self.settle()?;
        // A provider is asked for everything once a day.
        if self.rng.u32(0..4) == 0 {
            self.stage.base.later(TimeDelta::hours(25));
            self.settle()?;
        }
        Ok(())
    }

    fn step(&mut self) -> Outcome {
        if !self.stage.writes {
            return match self.rng.u32(0..10) {
                0..6 => self.edit_theirs(),
                _ => self.some_round(),
            };
        }
        match self.rng.u32(0..100) {
            0..17 => self.book(),
            17..20 => self.confirm(),
            20..25 => self.cancel(),
            25..33 => self.reschedule(),
            33..57 if self.habit == Habit::Repeats && self.rng.u32(0..4) > 0 => {
                self.make_ours_a_series()
            }
            33..57 if self.habit == Habit::Copies && self.rng.u32(0..4) > 0 => self.edit_marked(),
            42..57 if self.copies.is_some() && self.rng.bool() => self.edit_copy(),
            33..37 => self.annotate(),
            37..49 => self.edit_theirs(),
            49..57 => self.shift_ours(),
            57..58 => self.make_ours_all_day(),
            58..62 => self.delete_ours(),
            62..64 => self.put_back_ours(),
            64..69 => self.remark_ours(),
            69..72 => self.refile(),
            72..75 => self.make_ours_a_series(),
            75..80 => self.edit_marked(),
            _ => self.some_round(),
        }
    }

    fn book(&mut self) -> Outcome {
        let (start, _) = time::any(&mut self.rng);
        self.number += 1;
        let email = self.rng.bool().then(|| format!("lead{}@example.org", self.number));
        let name = format!("Lead {}", self.number);
        let hold = (self.rng.u32(0..6) == 0).then(|| self.rng.i32(1..=60));
        let is_pending = self.rng.u32(0..6) == 0;
        let ask = "update calendar.brokers set requires_confirmation = $2 where id = $1";
        self.stage.base.execute(ask, &[&self.broker, &is_pending]).unwrap();
        let book = "select id, status from calendar.book_calendar_slot(
            $1, $2, lead_name => $3, lead_email => $4, hold_minutes => $5)";
        let arguments: [&(dyn ToSql + Sync); 5] = [&self.broker, &start, &name, &email, &hold];
        // Taken: then so it is.
        if let Ok(row) = self.stage.base.query_one(book, &arguments) {
            let (id, status): (Uuid, String) = (row.get(0), row.get(1));
            self.note(format!("booked {id} at {start}: {status}"));
            self.memory.booked(id, &status);
        }
        Ok(())
    }

    /// A person confirms a hold, which may have lapsed, or a pending booking.
    fn confirm(&mut self) -> Outcome {
        let waiting = "status in ('held', 'pending') or cancel_reason = 'hold_expired'";
        if let Some(id) = self.some_booking(waiting) {
            let confirm = "select calendar.confirm_booking($1)";
            if self.stage.base.execute(confirm, &[&id]).is_ok() {
                self.note(format!("confirmed {id}"));
                self.memory.confirmed(id);
            }
        }
        Ok(())
    }

    fn cancel(&mut self) -> Outcome {
        if let Some(id) = self.some_booking(ACTIVE) {
            self.note(format!("cancelled {id}"));
            self.stage.base.execute("select calendar.cancel_booking($1)", &[&id]).unwrap();
            self.memory.cancelled(id);
        }
        Ok(())
    }

    fn reschedule(&mut self) -> Outcome {
        let (start, _) = time::any(&mut self.rng);
        if let Some(id) = self.some_booking(ACTIVE) {
            let reschedule = "select calendar.reschedule_booking($1, $2)";
            if self.stage.base.execute(reschedule, &[&id, &start]).is_ok() {
                self.note(format!("rescheduled {id} to {start}"));
                self.memory.rescheduled(id);
            }
        }
        Ok(())
    }

    /// We change a booking's notes.
    fn annotate(&mut self) -> Outcome {
        self.number += 1;
        if let Some(id) = self.some_booking(ACTIVE) {
            let notes = format!("our notes {}", self.number);
            self.note(format!("annotated {id}: {notes}"));
            let update = "update calendar.bookings set notes = $2 where id = $1";
            self.stage.base.execute(update, &[&id, &notes]).unwrap();
        }
        Ok(())
    }

    fn some_round(&mut self) -> Outcome {
        let later = match self.rng.u32(0..12) {
            0 => TimeDelta::hours(25),
            1..5 => PAUSE,
            // The lease of a dead agent has lapsed.
            _ => TimeDelta::minutes(self.rng.i64(2..20)),
        };
        self.stage.base.later(later);
        let mood = match self.rng.u32(0..10) {
            0..3 => Mood::Well,
            3..5 => Mood::Stuck(Kind::lasting(&mut self.rng)),
            _ => Mood::Erratic(self.rng.u32(3..40)),
        };
        let death = match self.rng.u32(0..6) {
            0 => Some(Death::AtRequest { number: self.rng.u32(0..14), is_done: self.rng.bool() }),
            1 if self.stage.agent.is_impatient() => Some(Death::AfterPolls(self.rng.u32(1..90))),
            _ => None,
        };
        self.round(mood, death)
    }

    /// A round, and what must be true after each.
    fn round(&mut self, mood: Mood, death: Option<Death>) -> Outcome {
        let (last, before) = (self.last_successes(), self.provider.events());
        let are_two = self.are_two && self.rng.bool();
        self.note(format!("round: {mood:?}, {death:?}, agents: {}", 1 + u32::from(are_two)));
        let dying = self.trouble.begin(mood, death);
        let Stage { agent, runtime, base, .. } = &mut *self.stage;
        agent.round(runtime, base, are_two, death, &dying);
        self.log.extend(self.trouble.take_log().into_iter().map(|line| format!("    {line}")));
        let pulled: Vec<bool> =
            self.last_successes().iter().zip(&last).map(|(now, last)| now != last).collect();
        let is_pulled = |event: &Seen| pulled[usize::from(event.is_elsewhere)];
        let rejected = self.rejected();
        let mut events = self.provider.events();
        self.memory.seen(&before, &events, is_pulled);
        self.memory.copied(&self.copied());
        events.retain(|event| {
            rejected.iter().any(|(id, known)| *id == event.mirrored && *known != Some(event.span))
        });
        self.memory.not_understood(&events);
        self.check_bookings()?;
        self.check_slots()
    }

    /// The provider is well again, for long enough.
    fn settle(&mut self) -> Outcome {
        self.rest()?;
        if self.copies.is_some() || !self.theirs.is_empty() {
            // So long, a copy may be behind what it is a copy of.
            self.stage.base.later(TimeDelta::hours(25));
            self.rest()?;
        }
        self.check()
    }

    fn rest(&mut self) -> Outcome {
        let mut rounds_at_rest = 0;
        let mut last = None;
        for _ in 0..MOST_ROUNDS {
            self.stage.base.later(PAUSE);
            self.round(Mood::Well, None)?;
            let unrest = self.unrest();
            rounds_at_rest = if unrest.is_none() { rounds_at_rest + 1 } else { 0 };
            last = unrest.or(last);
            if rounds_at_rest == ROUNDS_AT_REST {
                return Ok(());
            }
        }
        let agents = if self.are_two { "two agents" } else { "one agent" };
        Err(format!("there is no rest with {agents}: {}", last.unwrap_or_default()))
    }

    /// What is still to be done.
    fn unrest(&mut self) -> Option<String> {
        let query = "select string_agg(what, ', ') from (
                select concat_ws(' ', operation, booking_id, last_error) as what
                  from calendar.outbox where done_at is null
                union all
                select 'pull ' || coalesce(problem, 'leased') from calendar.sync_state
                 where problem is not null or lease_id is not null
                union all
                select 'account ' || concat_ws(' ', status, problem) from calendar.accounts where status <> 'active'
            ) as x";
        self.stage.base.query_one(query, &[]).unwrap().get(0)
    }

    /// When each of the provider's calendars was last pulled.
    fn last_successes(&mut self) -> Vec<Option<DateTime<Utc>>> {
        let query = "select s.last_success_at
                       from unnest($1::text[]) with ordinality as i (calendar, place)
                       join calendar.calendars as c on c.external_calendar_id = i.calendar
                       left join calendar.sync_state as s on s.calendar_id = c.id
                      order by i.place";
        let calendars = [Some(self.provider.calendar()), self.provider.other_calendar()];
        let calendars: Vec<_> = calendars.into_iter().flatten().collect();
        let rows = self.stage.base.query(query, &[&calendars]).unwrap();
        rows.iter().map(|row| row.get(0)).collect()
    }

    /// The events that could not be read, as they are known, if they are: an operator is told.
    fn rejected(&mut self) -> Vec<(String, Option<Span>)> {
        let query = "select r.external_event_id, e.starts_at, e.ends_at
                       from calendar.rejected_events as r
                       left join calendar.events as e
                         on e.calendar_id = r.calendar_id and e.external_event_id = r.external_event_id";
        let rows = self.stage.base.query(query, &[]).unwrap();
        let known = |row: &Row| row.get::<_, Option<_>>(1).zip(row.get(2));
        rows.iter().map(|row| (row.get(0), known(row))).collect()
    }

    /// A booking of which a condition is true.
    fn some_booking(&mut self, condition: &str) -> Option<Uuid> {
        let query = format!(
            "select id from calendar.bookings where {condition} order by created_at, slot_start"
        );
        let rows = self.stage.base.query(&query, &[]).unwrap();
        self.rng.choice(rows.iter().map(|row| row.get(0)).collect::<Vec<_>>())
    }

    /// Remembers for whoever looks for the cause of a failure.
    pub(crate) fn note(&mut self, what: String) {
        self.log.push(what);
    }

    /// The copies that are there.
    pub(crate) fn copied(&self) -> Vec<Seen> {
        self.copies.as_ref().map(Published::events).unwrap_or_default()
    }

    pub(crate) fn broker(&self) -> Uuid {
        self.broker
    }
}
