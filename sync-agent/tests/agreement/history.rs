//! One history: what a broker, their leads, their provider and the agent do.

use crate::agent::Agent;
use crate::base::Base;
use crate::checks::Memory;
use crate::provider::{Provider, Seen};
use crate::time::{self, Span};
use crate::trouble::{Death, Kind, Mood, Trouble};
use chrono::{DateTime, TimeDelta, Utc};
use fastrand::Rng;
use postgres::types::ToSql;
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
    trouble: Trouble,
    rng: Rng,
    broker: Uuid,
    pub(crate) memory: Memory,
    /// The events of ours that the user deleted.
    deleted: Vec<(Uuid, String)>,
    /// Whether two agents work at times. Then the same seed need not make the same history.
    are_two: bool,
    /// Who has a booking, or what a remark says, so that no two are the same.
    number: u32,
    /// What has happened so far.
    pub(crate) log: Vec<String>,
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
        let trouble = Trouble::new(provider.server(), rng.u64(..), stage.agent.is_impatient());
        let are_two = rng.u32(0..8) == 0;
        Self {
            stage,
            provider,
            trouble,
            rng,
            broker,
            memory: Memory::default(),
            deleted: Vec::new(),
            are_two,
            number: 0,
            log: Vec::new(),
        }
    }

    /// All of it.
    pub(crate) fn run(&mut self) -> Outcome {
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
            33..37 => self.annotate(),
            37..52 => self.edit_theirs(),
            52..60 => self.shift_ours(),
            60..61 => self.make_ours_all_day(),
            61..65 => self.delete_ours(),
            65..67 => self.put_back_ours(),
            67..73 => self.remark_ours(),
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
        self.stage.base.admin.execute(ask, &[&self.broker, &is_pending]).unwrap();
        let book = "select id, status from calendar.book_calendar_slot(
            $1, $2, lead_name => $3, lead_email => $4, hold_minutes => $5)";
        let arguments: [&(dyn ToSql + Sync); 5] = [&self.broker, &start, &name, &email, &hold];
        // Taken: then so it is.
        if let Ok(row) = self.stage.base.admin.query_one(book, &arguments) {
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
            if self.stage.base.admin.execute(confirm, &[&id]).is_ok() {
                self.note(format!("confirmed {id}"));
                self.memory.confirmed(id);
            }
        }
        Ok(())
    }

    fn cancel(&mut self) -> Outcome {
        if let Some(id) = self.some_booking(ACTIVE) {
            self.note(format!("cancelled {id}"));
            self.stage.base.admin.execute("select calendar.cancel_booking($1)", &[&id]).unwrap();
            self.memory.cancelled(id);
        }
        Ok(())
    }

    fn reschedule(&mut self) -> Outcome {
        let (start, _) = time::any(&mut self.rng);
        if let Some(id) = self.some_booking(ACTIVE) {
            let reschedule = "select calendar.reschedule_booking($1, $2)";
            if self.stage.base.admin.execute(reschedule, &[&id, &start]).is_ok() {
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
            self.stage.base.admin.execute(update, &[&id, &notes]).unwrap();
        }
        Ok(())
    }

    fn edit_theirs(&mut self) -> Outcome {
        let span = time::any(&mut self.rng);
        let one = self.some_event(|event| event.booking.is_none());
        match (self.rng.u32(0..12), one) {
            (0..3, Some(event)) => {
                self.note(format!("their event {} moved to {}", event.id, span.0));
                self.provider.shift(&event.id, span);
            }
            (3..6, Some(event)) => {
                self.note(format!("their event {} deleted", event.id));
                self.provider.delete(&event.id);
            }
            (6, _) => {
                self.note("tokens forgotten".into());
                self.provider.forget_tokens();
            }
            _ => {
                self.note(format!("their event added at {}", span.0));
                self.provider.add("theirs", span);
            }
        }
        Ok(())
    }

    fn shift_ours(&mut self) -> Outcome {
        let span = time::any(&mut self.rng);
        if let Some((id, event)) = self.some_event_of_ours() {
            let is_settled = self.has_written_time(id, event.span);
            self.note(format!("event of {id} moved to {}", span.0));
            self.provider.shift(&event.id, span);
            self.memory.shifted(id, span, is_settled);
        }
        Ok(())
    }

    fn make_ours_all_day(&mut self) -> Outcome {
        let days = time::any_day(&mut self.rng);
        if let Some((id, event)) = self.some_event_of_ours()
            && self.provider.make_all_day(&event.id, days)
        {
            self.note(format!("event of {id} takes the whole day from {}", days.0));
            self.memory.made_all_day(id);
        }
        Ok(())
    }

    fn delete_ours(&mut self) -> Outcome {
        if let Some((id, event)) = self.some_event_of_ours() {
            self.note(format!("event of {id} deleted"));
            self.provider.delete(&event.id);
            self.memory.deleted(id);
            self.deleted.push((id, event.id));
        }
        Ok(())
    }

    /// The user puts back an event of ours that they had deleted.
    fn put_back_ours(&mut self) -> Outcome {
        let there = self.provider.events();
        self.deleted.retain(|(_, event)| there.iter().all(|there| &there.id != event));
        if let Some((id, event)) = self.rng.choice(&self.deleted).cloned()
            && self.provider.put_back(&event)
        {
            let is_live =
                "select status in ('confirmed', 'pending') from calendar.bookings where id = $1";
            let is_live = self.stage.base.admin.query_one(is_live, &[&id]).unwrap().get(0);
            self.note(format!("event of {id} put back"));
            self.memory.put_back(id, is_live);
        }
        Ok(())
    }

    fn remark_ours(&mut self) -> Outcome {
        if let Some((id, event)) = self.some_event_of_ours() {
            self.number += 1;
            self.note(format!("event of {id} remarked {}", self.number));
            self.provider.remark(&event.id, self.number);
            self.memory.remarked(id, self.provider.remarked(self.number));
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
        let (last, before) = (self.last_success(), self.provider.events());
        let are_two = self.are_two && self.rng.bool();
        self.note(format!("round: {mood:?}, {death:?}, agents: {}", 1 + u32::from(are_two)));
        let dying = self.trouble.begin(mood, death);
        let Stage { agent, runtime, base, .. } = &mut *self.stage;
        agent.round(runtime, base, are_two, death, &dying);
        self.log.extend(self.trouble.take_log().into_iter().map(|line| format!("    {line}")));
        let has_pulled = self.last_success() != last;
        let rejected = self.rejected();
        let mut events = self.provider.events();
        self.memory.seen(&before, &events, has_pulled);
        events.retain(|event| rejected.contains(&event.id));
        self.memory.not_understood(&events);
        self.check_bookings()?;
        self.check_slots()
    }

    /// The provider is well again, for long enough.
    fn settle(&mut self) -> Outcome {
        let mut rounds_at_rest = 0;
        let mut last = None;
        for _ in 0..MOST_ROUNDS {
            self.stage.base.later(PAUSE);
            self.round(Mood::Well, None)?;
            let unrest = self.unrest();
            rounds_at_rest = if unrest.is_none() { rounds_at_rest + 1 } else { 0 };
            last = unrest.or(last);
            if rounds_at_rest == ROUNDS_AT_REST {
                return self.check();
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
        self.stage.base.admin.query_one(query, &[]).unwrap().get(0)
    }

    fn last_success(&mut self) -> Option<DateTime<Utc>> {
        let query = "select max(s.last_success_at)
                       from calendar.sync_state as s
                       join calendar.calendars as c on c.id = s.calendar_id
                      where c.external_calendar_id = $1";
        let calendar = self.provider.calendar();
        self.stage.base.admin.query_one(query, &[&calendar]).unwrap().get(0)
    }

    /// The ids of the events that could not be read, and are not known.
    fn rejected(&mut self) -> Vec<String> {
        let query = "select distinct f.external_event_id from calendar.failure_logs as f
                      where f.operation = 'apply_sync'
                        and not exists (select from calendar.events as e
                                         where e.external_event_id = f.external_event_id)";
        let rows = self.stage.base.admin.query(query, &[]).unwrap();
        rows.iter().filter_map(|row| row.get(0)).collect()
    }

    /// Whether the provider has the booking's time from us, and we know it.
    fn has_written_time(&mut self, id: Uuid, (start, _): Span) -> bool {
        let query = "select coalesce((m.written ->> 'start')::timestamptz = b.slot_start, false) and b.slot_start = $2
                       from calendar.bookings as b
                       left join calendar.event_mappings as m on m.booking_id = b.id
                      where b.id = $1";
        self.stage.base.admin.query_one(query, &[&id, &start]).unwrap().get(0)
    }

    /// A booking of which a condition is true.
    fn some_booking(&mut self, condition: &str) -> Option<Uuid> {
        let query = format!(
            "select id from calendar.bookings where {condition} order by created_at, slot_start"
        );
        let rows = self.stage.base.admin.query(&query, &[]).unwrap();
        self.rng.choice(rows.iter().map(|row| row.get(0)).collect::<Vec<_>>())
    }

    fn some_event(&mut self, of: impl Fn(&Seen) -> bool) -> Option<Seen> {
        let events = self.provider.events().into_iter().filter(of);
        self.rng.choice(events.collect::<Vec<_>>())
    }

    fn some_event_of_ours(&mut self) -> Option<(Uuid, Seen)> {
        let event = self.some_event(|event| event.booking.is_some())?;
        Some((event.booking?, event))
    }

    /// Remembers for whoever looks for the cause of a failure.
    fn note(&mut self, what: String) {
        self.log.push(what);
    }

    pub(crate) fn broker(&self) -> Uuid {
        self.broker
    }
}
