//! Phrases: dates, times, and the words between them.

use super::When;
use super::clock::{self, Time};
use super::cursor::Cursor;
use super::dates::{date, duration};
use super::group::{Bound, Group, Phrase};
use super::resolve::Moment;
use super::words::{Portion, Token, Unit};
use chrono::Timelike;

/// What joins two statements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Joint {
    Nothing,
    /// The statements belong together if they agree; else each is meant.
    Comma,
    And,
    But,
    /// Each is meant.
    Or,
}

/// What an exclusion was said with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Exclusion {
    /// "Except Monday".
    Except,
    /// "Not Monday", after which "but Tuesday" is meant.
    Not,
}

/// Reads a phrase; `None` if something in it is not understood.
pub(super) fn read(tokens: &[Token], moment: &Moment) -> Option<Phrase> {
    let mut reader = Reader {
        cursor: Cursor::new(tokens),
        moment,
        phrase: Phrase::default(),
        group: Group::default(),
        joint: Joint::Nothing,
        after: None,
        is_between: false,
        is_unknown: false,
    };
    while let Some(token) = reader.cursor.peek() {
        if !reader.exclusion(token)? && !reader.range() && !reader.statement()? {
            reader.word()?;
        }
    }
    reader.finish()
}

struct Reader<'a> {
    cursor: Cursor<'a>,
    moment: &'a Moment<'a>,
    phrase: Phrase,
    /// What is being read.
    group: Group,
    /// What was read since the last statement.
    joint: Joint,
    /// The exclusion that was read last, if no other statement followed.
    after: Option<Exclusion>,
    /// Whether "between" still wants its "and".
    is_between: bool,
    is_unknown: bool,
}

impl Reader<'_> {
    fn finish(mut self) -> Option<Phrase> {
        self.phrase.groups.push(self.group);
        // "Between Monday" is only half of what was said.
        let misunderstood = self.is_between || (self.is_unknown && self.cursor.weak);
        (!misunderstood).then_some(self.phrase)
    }

    /// Reads the end of a range of days, if one comes next.
    fn range(&mut self) -> bool {
        if !self.group.has_dates() || self.after.is_some() {
            return false;
        }
        let (moment, is_between, start) = (self.moment, self.is_between, &self.group);
        let end = self.cursor.attempt(|cursor| range_end(cursor, moment, is_between, start));
        let Some(end) = end else { return false };
        let start = std::mem::replace(&mut self.group, end);
        self.phrase.groups.push(Group { bound: None, ..start });
        self.is_between = false;
        true
    }

    /// Reads a statement, if one comes next; `None` where it contradicts what
    /// was said.
    fn statement(&mut self) -> Option<bool> {
        let moment = self.moment;
        let Some(said) = self.cursor.attempt(|cursor| statement(cursor, moment)) else {
            return Some(false);
        };
        let joint = std::mem::replace(&mut self.joint, Joint::Nothing);
        match (self.after.take(), joint) {
            (None, _) => {}
            // "Not Monday but Tuesday".
            (Some(Exclusion::Not), Joint::But) if said.has_dates() => {}
            // "Any day but Friday, in the morning".
            (Some(_), Joint::Comma) if !said.has_dates() && said.bound.is_none() => {}
            _ => return None,
        }
        let merged = if self.begins_another(&said, joint) { None } else { self.group.merge(&said) };
        self.group = match merged {
            Some(merged) => merged,
            None if joint != Joint::Nothing => {
                self.phrase.groups.push(std::mem::take(&mut self.group));
                said
            }
            None => return None,
        };
        Some(true)
    }

    /// Whether a statement belongs to another time than what was read before it.
    fn begins_another(&self, said: &Group, joint: Joint) -> bool {
        let is_time_of_others = !self.group.has_dates() && self.phrase.groups.last().is_some();
        match joint {
            Joint::Or => !self.group.is_empty(),
            // Of "Tuesday at 2 or 3, Wednesday at 4" the 3 is Tuesday's.
            Joint::Comma | Joint::And => is_time_of_others && said.picks_days(),
            Joint::But | Joint::Nothing => false,
        }
    }

    /// Reads a word between statements; `None` where it is not understood.
    fn word(&mut self) -> Option<()> {
        use Token::{
            A, And, Any, At, Between, But, By, Comma, Couple, Few, For, From, In, Number, Of, Or,
            Other, This, To, With,
        };
        let token = self.cursor.next()?;
        let next = self.cursor.peek();
        match token {
            Comma if self.joint == Joint::Nothing => self.joint = Joint::Comma,
            Comma => {}
            And => self.joint = Joint::And,
            Or => self.joint = Joint::Or,
            But => self.joint = Joint::But,
            // "In two" is no time.
            In if matches!(next, Some(Number(..) | Couple | Few)) => return None,
            At | In | Of | A | For | This | Any | With => {}
            To if self.group.is_empty() => {}
            To | From | By if next == Some(Other) => {}
            Between if !self.is_between => self.is_between = true,
            Other => self.is_unknown = true,
            _ => return None,
        }
        Some(())
    }

    /// Reads what is excluded, if that comes next.
    fn exclusion(&mut self, token: Token) -> Option<bool> {
        let kind = match token {
            Token::Except => Exclusion::Except,
            Token::Not => {
                // "Monday is not good" does not exclude what follows.
                let begins = self.joint != Joint::Nothing || self.cursor.is_first();
                (begins && self.joint != Joint::Or).then_some(Exclusion::Not)?
            }
            Token::No => match self.cursor.ahead(1)? {
                Token::Weekdays(_) | Token::Part(_, true) => Exclusion::Except,
                _ => return None,
            },
            Token::But if self.after.is_some() || self.group.is_empty() => return Some(false),
            Token::But if !self.is_date_next() => return Some(false),
            Token::But if self.group.each || self.group.anytime => Exclusion::Except,
            // "Next week but Monday" can mean either.
            Token::But => return None,
            _ => return Some(false),
        };
        self.cursor.next();
        self.excluded()?;
        while self.another_is_excluded() {
            self.excluded()?;
        }
        (self.after, self.joint) = (Some(kind), Joint::Nothing);
        Some(true)
    }

    /// Whether a date follows the next word.
    fn is_date_next(&self) -> bool {
        let after = |joins: &[Token]| {
            let mut ahead = self.cursor.clone();
            ahead.next();
            ahead.eat_any(joins);
            date(&mut ahead, self.moment).is_some()
        };
        after(&[]) || after(&[Token::At, Token::In])
    }

    /// Reads one exclusion: days, times, or "Monday mornings".
    fn excluded(&mut self) -> Option<()> {
        use Token::{A, At, In, Of};
        let (cursor, moment) = (&mut self.cursor, self.moment);
        let mut read = || cursor.attempt(|cursor| statement(cursor, moment));
        let mut said = match read() {
            Some(said) => said,
            None => {
                while cursor.eat_any(&[A, At, In, Of]) {}
                statement(cursor, moment)?
            }
        };
        if !said.has_times() && matches!(cursor.peek(), Some(Token::Part(..))) {
            said = said.merge(&statement(cursor, moment)?)?;
        }
        let is_clear = said.absolute.is_none()
            && said.bound.is_none()
            && !said.impossible
            && !said.anytime
            && said.portion.is_none()
            && !said.times.iter().any(|time| match time {
                Time::At(_) => true,
                // "Not free until 3" is said of one day.
                Time::After(_) | Time::Before(_) => !self.group.has_dates(),
                Time::Between(..) | Time::Part(_) => false,
            })
            && (said.within.is_some()
                || said.picks_days()
                || said.month.is_some()
                || said.has_times());
        self.phrase.excluded.push(is_clear.then_some(said)?);
        Some(())
    }

    /// Takes "or" and the like where another exclusion follows.
    fn another_is_excluded(&mut self) -> bool {
        use Token::{And, Except, Nor, Not, Or};
        let moment = self.moment;
        let joined = self.cursor.attempt(|cursor| {
            cursor.eat_any(&[And, Or, Nor]).then_some(())?;
            cursor.eat_any(&[Not, Except]);
            let mut ahead = cursor.clone();
            ahead.eat_any(&[Token::At, Token::In]);
            statement(&mut ahead, moment).map(|_| ())
        });
        joined.is_some()
    }
}

/// "To Wednesday", the rest of a range of days.
fn range_end(cursor: &mut Cursor, moment: &Moment, between: bool, start: &Group) -> Option<Group> {
    use Token::{Am, And, Colon, Dash, Number, Oclock, Pm, To, Until};
    let is_limit = cursor.peek() == Some(Until);
    let joined = cursor.eat_any(&[To, Until, Dash]) || (between && cursor.eat(And));
    let end = match (joined.then(|| cursor.peek())??, cursor.ahead(1)) {
        // The 5 of "Dec 1-5".
        (Number(day @ 1..=31, 1..=2), after)
            if start.day.is_some() && !matches!(after, Some(Am | Pm | Colon | Oclock)) =>
        {
            date(cursor, moment).or_else(|| {
                cursor.next();
                Some(Group { day: Some(day), ..Group::default() })
            })?
        }
        _ => date(cursor, moment)?,
    };
    Some(Group { ends_range: true, is_limit, ..end })
}

/// Reads one statement about dates, about the time of day, or about neither.
fn statement(cursor: &mut Cursor, moment: &Moment) -> Option<Group> {
    cursor
        .attempt(|cursor| bounded(cursor, moment))
        .or_else(|| date(cursor, moment))
        .or_else(|| cursor.attempt(clock::time).map(Group::time))
        .or_else(|| cursor.attempt(|cursor| other(cursor, moment)))
}

/// "Before Friday", "by the end of next week", "between now and Monday".
fn bounded(cursor: &mut Cursor, moment: &Moment) -> Option<Group> {
    use Token::{After, And, Before, Between, By, Dash, From, Now, To, Until, Which};
    let from_now = |cursor: &mut Cursor| {
        cursor.eat_any(&[Between, From]);
        cursor.need(Now)?;
        cursor.eat_any(&[And, To, Until, Dash]).then_some(Bound::By)
    };
    let bound = match cursor.attempt(from_now) {
        Some(bound) => bound,
        None => match cursor.next()? {
            Before if cursor.peek() == Some(Which(Portion::End)) => Bound::By,
            Before => Bound::Before,
            By | Until => Bound::By,
            After => Bound::After,
            From => Bound::From,
            _ => return None,
        },
    };
    Some(Group { bound: Some(bound), ..date(cursor, moment)? })
}

/// Reads a statement that is neither a date nor a time of day.
fn other(cursor: &mut Cursor, moment: &Moment) -> Option<Group> {
    use Token::{A, Any, Anytime, For, Number, Onward, SameDay, SameTime, Which};
    if cursor.eat(For) {
        // How long it takes says nothing about when.
        return duration(cursor).map(|_| Group::default());
    }
    let each = Group { each: true, ..Group::default() };
    let same = Group { same: true, ..Group::default() };
    Some(match cursor.next()? {
        Token::Part(part, each) => Group { each, ..Group::time(Time::Part(part)) },
        Any => match cursor.next()? {
            Token::Part(part, _) => Group { each: true, ..Group::time(Time::Part(part)) },
            Token::Unit(Unit::Day) => each,
            _ => return None,
        },
        A | Number(1, 0) if cursor.eat(Token::Unit(Unit::Day)) => each,
        Token::Now => Group { absolute: Some(When::Instant(moment.now)), ..Group::default() },
        Anytime => Group { anytime: true, ..Group::default() },
        SameDay => same,
        SameTime => {
            let seconds = i64::from(moment.local.num_seconds_from_midnight());
            Group { times: vec![Time::At(clock::Clock::exact(seconds))], ..same }
        }
        Which(portion) => Group { portion: Some(portion), ..Group::default() },
        Onward => Group { bound: Some(Bound::From), ..Group::default() },
        _ => return None,
    })
}
