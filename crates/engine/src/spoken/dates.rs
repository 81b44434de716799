//! Dates, as they are said.

use super::cursor::Cursor;
use super::group::{Dates, Group};
use super::resolve::Moment;
use super::spans::{before, bit, months, part_of, shift, unit_span};
use super::words::{Part, Portion, Token, Unit, WORKDAYS};
use super::written::{holiday, month_and_day, numeric, year};
use super::{When, clock};
use crate::Interval;
use chrono::{Datelike, Days, NaiveDate, Weekday};

/// No phrase reckons with more units than this.
const MOST: u32 = 9999;

/// Reads one statement about dates.
pub(super) fn date(cursor: &mut Cursor, moment: &Moment) -> Option<Group> {
    [in_month, day_of_month, beside_date, span, relative]
        .iter()
        .find_map(|read| cursor.attempt(|cursor| read(cursor, moment)))
        .or_else(|| plain_date(cursor, moment))
}

/// Reads one statement about dates that is reckoned from no other.
fn plain_date(cursor: &mut Cursor, moment: &Moment) -> Option<Group> {
    [holiday, near_weekday, counted_day, weekday]
        .iter()
        .find_map(|read| cursor.attempt(|cursor| read(cursor, moment)))
        .or_else(|| cursor.attempt(numeric))
        .or_else(|| cursor.attempt(month_and_day))
}

/// Reads plain dates as long as they agree, and returns the first day they mean.
fn first_day(cursor: &mut Cursor, moment: &Moment) -> Option<NaiveDate> {
    let mut group = plain_date(cursor, moment)?;
    while let Some(more) = cursor.attempt(|cursor| group.merge(&plain_date(cursor, moment)?)) {
        group = more;
    }
    Some(moment.dates(&group)?.first()?.first)
}

/// "The third Tuesday of next month", "the last day of February"; none of it is
/// possible where the month lacks such a day, or none is said.
fn in_month(cursor: &mut Cursor, moment: &Moment) -> Option<Group> {
    let nth = match cursor.next()? {
        Token::Ordinal(nth @ 1..) => Some(nth),
        Token::Last => None,
        _ => return None,
    };
    let what = cursor.next()?;
    if !matches!(what, Token::Weekday(_) | Token::Weekdays(_) | Token::Unit(_)) {
        return None;
    }
    let is_counted = nth.is_some_and(|nth| nth <= 5)
        && matches!(what, Token::Weekday(_) | Token::Weekdays(_) | Token::Unit(Unit::Weekend));
    cursor.eat_any(&[Token::Of, Token::In]);
    let Some(months) = cursor.attempt(|cursor| month(cursor, moment)) else {
        let after = |cursor: &mut Cursor| {
            cursor.need(Token::After)?;
            let (Token::Weekday(weekday), Some(nth)) = (what, nth) else { return None };
            let first = before(first_day(cursor, moment)? + Days::new(8), weekday)?;
            Dates::day(first + Days::new(7 * u64::from(nth - 1)))
        };
        let found = is_counted.then(|| cursor.attempt(after).map(Group::within));
        return found.map(|found| found.unwrap_or_else(Group::impossible));
    };
    let in_one = |Dates { first, end, .. }: Dates| match (what, nth) {
        (Token::Weekday(weekday), Some(nth)) => Dates::day(NaiveDate::from_weekday_of_month_opt(
            first.year(),
            first.month(),
            weekday,
            u8::try_from(nth).ok()?,
        )?),
        (Token::Weekday(weekday), None) => Dates::day(before(end, weekday)?),
        (Token::Unit(Unit::Day), Some(nth)) => Dates::day(first.with_day(nth)?),
        (Token::Unit(Unit::Day), None) => Dates::day(end.pred_opt()?),
        (Token::Unit(Unit::Week), Some(nth @ ..=5)) => {
            let start = first + Days::new(7 * u64::from(nth - 1));
            Dates::new(start, end.min(start + Days::new(7)))
        }
        (Token::Unit(Unit::Week), None) => Dates::new(end - Days::new(7), end),
        _ => None,
    };
    let is_last = months.len() - 1;
    for (at, &month) in months.iter().enumerate() {
        if month.end <= moment.today() && at < is_last {
            continue;
        }
        match in_one(month) {
            Some(dates) if dates.end > moment.today() || at == is_last => {
                return Some(Group::within(dates));
            }
            Some(_) => {}
            None => break,
        }
    }
    Some(Group::impossible())
}

/// "The 23 of this month": a day, although the number is not an ordinal.
fn day_of_month(cursor: &mut Cursor, moment: &Moment) -> Option<Group> {
    let Token::Number(day, ..=2) = cursor.next()? else { return None };
    let of = cursor.eat(Token::Of);
    let which = match cursor.peek()? {
        Token::This => Some(0),
        Token::Next => Some(1),
        Token::Last => Some(-1),
        _ => None,
    };
    if which.is_some() {
        cursor.next();
    }
    let unit = cursor.unit()?;
    if !(of || which.is_some()) {
        return None;
    }
    // "3 next month" may be a time of day.
    if unit != Unit::Month || !(1..=31).contains(&day) || (!of && day <= 12) {
        return Some(Group::impossible());
    }
    let within = match which {
        Some(offset) => Some(unit_span(moment.today(), Unit::Month, offset)?),
        None => None,
    };
    Some(Group { day: Some(day), within, ..Group::default() })
}

/// The months that "next month", "the month" or "December" can mean, in order.
fn month(cursor: &mut Cursor, moment: &Moment) -> Option<Vec<Dates>> {
    let which = cursor.attempt(|cursor| {
        let token = cursor.next()?;
        matches!(token, Token::This | Token::Next | Token::Last).then_some(token)
    });
    let today = moment.today();
    match cursor.next()? {
        Token::Unit(Unit::Month) => {
            let offsets: &[i64] = match which {
                None => &[0, 1],
                Some(Token::This) => &[0],
                Some(Token::Next) => &[1],
                Some(_) => &[-1],
            };
            offsets.iter().map(|&offset| unit_span(today, Unit::Month, offset)).collect()
        }
        Token::Month(month) if which != Some(Token::Last) => {
            let mut months = months(month, year(cursor), today);
            if which.is_some() {
                months.retain(|month| month.end > today);
                months.truncate(1);
            }
            (!months.is_empty()).then_some(months)
        }
        _ => None,
    }
}

/// "Next week", "the end of the month", "early January", "the week of the 7th".
fn span(cursor: &mut Cursor, moment: &Moment) -> Option<Group> {
    let today = moment.today();
    let portion = match cursor.peek()? {
        Token::Which(portion) => {
            cursor.next();
            cursor.eat_any(&[Token::Of, Token::In]);
            Some(portion)
        }
        _ => None,
    };
    if portion.is_some() && matches!(cursor.peek()?, Token::Month(_)) {
        let months = month(cursor, moment)?;
        // The day of "early December 5th" is what counts.
        if matches!(cursor.peek(), Some(Token::Number(..) | Token::Ordinal(_))) {
            return None;
        }
        let dates = months.into_iter().find(|month| month.end > today)?;
        return part_of(dates, Unit::Month, portion?, today).map(Group::within);
    }
    let (unit, offset) = match cursor.next()? {
        Token::This => (cursor.unit()?, 0),
        Token::Next => (cursor.unit()?, 1),
        Token::Last => (cursor.unit()?, -1),
        Token::Coming => match cursor.unit()? {
            Unit::Weekend => (Unit::Weekend, 0),
            unit => (unit, 1),
        },
        Token::Unit(Unit::Week) if cursor.eat(Token::Of) => {
            let monday = unit_span(first_day(cursor, moment)?, Unit::Week, 0)?;
            return Some(Group::within(monday));
        }
        Token::Unit(unit) if cursor.eat(Token::After) => {
            cursor.need(Token::Next)?;
            (unit, 2)
        }
        Token::Day(0) if matches!(portion, Some(Portion::Later | Portion::Rest)) => {
            return Dates::day(today).map(Group::within);
        }
        Token::Unit(unit) if portion.is_some() || unit == Unit::Weekend => (unit, 0),
        _ => return None,
    };
    if unit == Unit::BusinessDay && offset == 1 {
        return Dates::day(shift(today, 1, unit)?).map(Group::within);
    }
    if !matches!(unit, Unit::Week | Unit::Weekend | Unit::Month | Unit::Year) {
        return None;
    }
    let dates = unit_span(today, unit, offset)?;
    match portion {
        Some(portion) => part_of(dates, unit, portion, today).map(Group::within),
        None => Some(Group::within(dates)),
    }
}

/// "In two weeks", "a week from Monday", "the next few days", "an hour ago".
fn relative(cursor: &mut Cursor, moment: &Moment) -> Option<Group> {
    use Token::{After, Ago, Before, From, In, Next, Now, Within};
    let inside = cursor.eat(Within);
    let ahead = !inside && cursor.eat(In);
    let next = cursor.eat(Next);
    cursor.eat(Token::At);
    let counted = cursor.attempt(duration);
    let (count, unit) = match counted {
        Some(duration) => duration,
        // "The day after Friday", "the next hour", "within the next week".
        None => match cursor.unit()? {
            Unit::Hour if next => (60, Unit::Minute),
            unit if inside || (unit == Unit::Day && !ahead && !next) => (1, unit),
            _ => return None,
        },
    };
    if inside || next {
        return if unit == Unit::Minute {
            let window = Interval::new(moment.now, moment.now.plus_minutes(count));
            absolute(When::Window(window))
        } else {
            let end = shift(moment.today(), count, unit)?.succ_opt()?;
            Dates::new(moment.today(), end).map(Group::within)
        };
    }
    let backwards = cursor.eat(Ago);
    let from_now = !backwards
        && counted.is_some()
        && cursor.attempt(|cursor| (cursor.eat(From) && cursor.eat(Now)).then_some(())).is_some();
    if ahead || backwards || from_now {
        let count = if backwards { -count } else { count };
        if unit == Unit::Minute {
            return absolute(When::Instant(moment.now.plus_minutes(count)));
        }
        let mut dates = Dates::day(shift(moment.today(), count, unit)?)?;
        dates.about = match unit {
            Unit::Week | Unit::Fortnight => Some(Unit::Week),
            Unit::Month => Some(Unit::Month),
            _ => None,
        };
        return Some(Group::within(dates));
    }
    let weeks = matches!(unit, Unit::Week | Unit::Fortnight);
    let count = match cursor.peek()? {
        From | After => cursor.next().map(|_| count)?,
        Before => cursor.next().map(|_| -count)?,
        Token::Weekday(_) | Token::Day(_) if weeks => count,
        _ => return None,
    };
    let date = shift(first_day(cursor, moment)?, count, unit)?;
    Dates::day(date).map(Group::within)
}

fn absolute(when: When) -> Option<Group> {
    Some(Group { absolute: Some(when), ..Group::default() })
}

/// "Two weeks", "an hour and a half"; hours in minutes.
pub(super) fn duration(cursor: &mut Cursor) -> Option<(i64, Unit)> {
    use Token::{A, And, Couple, Few, Half, Number, Of, Quarter};
    let half = |cursor: &mut Cursor| {
        let half = |cursor: &mut Cursor| {
            cursor.need(And)?;
            cursor.need(A)?;
            cursor.need(Half)
        };
        if cursor.attempt(half).is_some() { 30 } else { 0 }
    };
    let quarters = cursor.attempt(|cursor| {
        let count = match cursor.next()? {
            Half => 2,
            Number(count @ 1..=3, _) => cursor.need(Quarter).map(|()| count)?,
            A => cursor.need(Quarter).map(|()| 1)?,
            Quarter => 1,
            _ => return None,
        };
        cursor.eat(Of);
        cursor.eat(A);
        (cursor.unit()? == Unit::Hour).then_some(i64::from(count))
    });
    if let Some(quarters) = quarters {
        return Some((15 * quarters, Unit::Minute));
    }
    let count = match cursor.next()? {
        A => 1,
        Couple => 2,
        Few => 3,
        Number(count @ ..=MOST, _) => i64::from(count),
        _ => return None,
    };
    let halves = half(cursor);
    let unit = cursor.unit()?;
    let halves = halves + half(cursor);
    match unit {
        Unit::Hour => {
            let minutes = cursor.attempt(|cursor| {
                cursor.eat(And);
                let Number(minutes @ ..=59, _) = cursor.next()? else { return None };
                (cursor.unit()? == Unit::Minute).then_some(i64::from(minutes))
            });
            Some((60 * count + halves + minutes.unwrap_or(0), Unit::Minute))
        }
        Unit::Weekend => None,
        unit => (halves == 0).then_some((count, unit)),
    }
}

/// "The Monday after Easter", "the weekend before Christmas", "the week after the 15th".
fn beside_date(cursor: &mut Cursor, moment: &Moment) -> Option<Group> {
    let what = cursor.next()?;
    let after = match cursor.next()? {
        Token::After => true,
        Token::Before => false,
        _ => return None,
    };
    // "The week after next".
    if cursor.peek() == Some(Token::Next) {
        return None;
    }
    let date = first_day(cursor, moment)?;
    let (first, length) = match (what, after) {
        (Token::Weekday(weekday), true) => (before(date + Days::new(8), weekday)?, 1),
        (Token::Weekday(weekday), false) => (before(date, weekday)?, 1),
        (Token::Unit(Unit::Weekend), true) => (before(date + Days::new(8), Weekday::Sat)?, 2),
        (Token::Unit(Unit::Weekend), false) => (before(date.pred_opt()?, Weekday::Sat)?, 2),
        (Token::Unit(Unit::Week), true) => (before(date + Days::new(8), Weekday::Mon)?, 7),
        _ => return None,
    };
    if length > 1 {
        return Dates::new(first, first + Days::new(length)).map(Group::within);
    }
    // The days that another weekday, said before "or", can be meant of.
    let within = if after {
        Dates::new(date.succ_opt()?, date + Days::new(8))?
    } else {
        Dates::new(date - Days::new(7), date)?
    };
    Some(Group { weekdays: bit(first.weekday()), ..Group::within(within) })
}

/// "Next Tuesday", which is that of next week; "this Friday", "last Monday",
/// "this morning", "last night".
fn near_weekday(cursor: &mut Cursor, moment: &Moment) -> Option<Group> {
    let today = moment.today();
    let which = cursor.next()?;
    match (which, cursor.next()?) {
        (Token::Next, Token::Weekday(weekday)) => {
            let week = unit_span(today, Unit::Week, 1)?;
            Some(Group { weekdays: bit(weekday), ..Group::within(week) })
        }
        (Token::This | Token::Coming | Token::Last, Token::Weekday(weekday)) => {
            let day = match which {
                Token::This => before(today + Days::new(7), weekday),
                Token::Coming => before(today + Days::new(8), weekday),
                _ => before(today, weekday),
            };
            Dates::day(day?).map(Group::within)
        }
        (Token::This | Token::Next | Token::Last, Token::Part(part, false)) => {
            let offset = [Token::This, Token::Next].iter().position(|token| *token == which);
            let day = shift(today, offset.map_or(-1, |offset| offset as i64), Unit::Day)?;
            Group::within(Dates::day(day)?).merge(&Group::time(clock::Time::Part(part)))
        }
        (Token::This | Token::Next | Token::Coming, Token::Month(month)) => {
            Some(Group { month: Some(month), ..Group::default() })
        }
        _ => None,
    }
}

/// "Tomorrow", "tonight", "tomorrow week".
fn counted_day(cursor: &mut Cursor, moment: &Moment) -> Option<Group> {
    let (days, part) = match cursor.next()? {
        Token::Day(days) => (days + weeks(cursor), None),
        Token::Tonight => (0, Some(clock::Time::Part(Part::Night))),
        _ => return None,
    };
    let group = Group::within(Dates::day(shift(moment.today(), days, Unit::Day)?)?);
    Some(Group { times: part.into_iter().collect(), ..group })
}

/// The days that "week" adds to "Monday week".
fn weeks(cursor: &mut Cursor) -> i64 {
    if cursor.eat(Token::Unit(Unit::Week)) {
        7
    } else if cursor.eat(Token::Unit(Unit::Fortnight)) {
        14
    } else {
        0
    }
}

/// "Tuesday", "Mondays", "Friday week", "the Tuesday after next".
fn weekday(cursor: &mut Cursor, moment: &Moment) -> Option<Group> {
    let weekday = match cursor.next()? {
        Token::Weekday(weekday) => weekday,
        Token::Unit(Unit::BusinessDay) => {
            return Some(Group { weekdays: WORKDAYS, each: true, ..Group::default() });
        }
        Token::Weekdays(weekdays) => {
            return Some(Group { weekdays, each: true, ..Group::default() });
        }
        _ => return None,
    };
    let group = Group { weekdays: bit(weekday), ..Group::default() };
    let after_next =
        |cursor: &mut Cursor| (cursor.eat(Token::After) && cursor.eat(Token::Next)).then_some(());
    if cursor.attempt(after_next).is_some() {
        return Some(Group { within: Some(unit_span(moment.today(), Unit::Week, 2)?), ..group });
    }
    match weeks(cursor) {
        0 => Some(group),
        days => {
            let next = before(moment.today() + Days::new(8), weekday)?;
            Dates::day(shift(next, days, Unit::Day)?).map(Group::within)
        }
    }
}
