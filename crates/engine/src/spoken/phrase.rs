//! Phrases: dates, times, and the words between them.

use super::When;
use super::clock::{self, Time};
use super::cursor::Cursor;
use super::dates::{date, duration};
use super::group::{Bound, Group};
use super::resolve::Moment;
use super::words::{Portion, Token, Unit};
use chrono::Timelike;

/// The groups of a phrase; `None` if something in it is not understood.
pub(super) fn groups(tokens: &[Token], moment: &Moment) -> Option<Vec<Group>> {
    let mut cursor = Cursor::new(tokens);
    let (mut groups, mut group) = (Vec::new(), Group::default());
    // After "or" another group begins; after "and" or a comma it may.
    let (mut or, mut and) = (false, false);
    let (mut between, mut unknown) = (false, false);
    while let Some(token) = cursor.peek() {
        let ranged = group.has_dates();
        if ranged
            && let Some(end) = cursor.attempt(|cursor| range_end(cursor, moment, between, &group))
        {
            groups.push(Group { bound: None, ..std::mem::take(&mut group) });
            group = end;
            between = false;
        } else if let Some(said) = cursor.attempt(|cursor| statement(cursor, moment)) {
            let merged = if or && !group.is_empty() { None } else { group.merge(&said) };
            group = match merged {
                Some(merged) => merged,
                None if or || and => {
                    groups.push(group);
                    said
                }
                None => return None,
            };
            (or, and) = (false, false);
        } else {
            cursor.next();
            match token {
                Token::Or => or = true,
                Token::And | Token::Comma => and = true,
                Token::At | Token::In | Token::Of | Token::A => {}
                Token::For | Token::This | Token::Any => {}
                Token::To if group.is_empty() => {}
                Token::To | Token::From | Token::By if cursor.peek() == Some(Token::Other) => {}
                Token::Between if !between => between = true,
                Token::Other => unknown = true,
                _ => return None,
            }
        }
    }
    groups.push(group);
    // "Between Monday" is only half of what was said.
    let misunderstood = between || (unknown && cursor.weak);
    (!misunderstood).then_some(groups)
}

/// "To Wednesday", the rest of a range of days.
fn range_end(cursor: &mut Cursor, moment: &Moment, between: bool, start: &Group) -> Option<Group> {
    use Token::{Am, And, Colon, Dash, Number, Oclock, Pm, To, Until};
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
    Some(Group { ends_range: true, ..end })
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
    use Token::{A, Any, Anytime, For, Number, Onward, SameTime, Which};
    if cursor.eat(For) {
        // How long it takes says nothing about when.
        return duration(cursor).map(|_| Group::default());
    }
    let each = Group { each: true, ..Group::default() };
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
        SameTime => {
            let seconds = i64::from(moment.local.num_seconds_from_midnight());
            Group::time(Time::At(clock::Clock::exact(seconds)))
        }
        Which(portion) => Group { portion: Some(portion), ..Group::default() },
        Onward => Group { bound: Some(Bound::From), ..Group::default() },
        _ => return None,
    })
}
