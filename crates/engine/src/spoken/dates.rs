//! Dates, as they are said.

use super::cursor::Cursor;
use super::group::{Dates, Group};
use super::resolve::Moment;
use super::spans::{before, bit, months, part_of, shift, unit_span};
use super::words::{Part, Portion, Token, Unit, WORKDAYS};
use super::{When, clock};
use crate::Interval;
use chrono::{Datelike, Days, NaiveDate};

/// No phrase reckons with more units than this.
const MOST: u32 = 9999;

/// Reads one statement about dates.
pub(super) fn date(cursor: &mut Cursor, moment: &Moment) -> Option<Group> {
    cursor
        .attempt(|cursor| in_month(cursor, moment))
        .or_else(|| cursor.attempt(|cursor| span(cursor, moment)))
        .or_else(|| cursor.attempt(|cursor| relative(cursor, moment)))
        .or_else(|| plain_date(cursor, moment))
}

/// Reads one statement about dates that is reckoned from no other.
fn plain_date(cursor: &mut Cursor, moment: &Moment) -> Option<Group> {
    let readings = [near_weekday, counted_day, numeric, month_and_day, weekday];
    readings.iter().find_map(|read| cursor.attempt(|cursor| read(cursor, moment)))
}

/// Reads plain dates as long as they agree, and gives the first day they mean.
fn first_day(cursor: &mut Cursor, moment: &Moment) -> Option<NaiveDate> {
    let mut group = plain_date(cursor, moment)?;
    while let Some(more) = cursor.attempt(|cursor| group.merge(&plain_date(cursor, moment)?)) {
        group = more;
    }
    Some(moment.dates(&group)?.first()?.first)
}

/// "The third Tuesday of next month", "the last day of February".
fn in_month(cursor: &mut Cursor, moment: &Moment) -> Option<Group> {
    let nth = match cursor.next()? {
        Token::Ordinal(nth @ 1..) => Some(nth),
        Token::Last => None,
        _ => return None,
    };
    let what = cursor.next()?;
    cursor.eat_any(&[Token::Of, Token::In]);
    let months = month(cursor, moment)?;
    let found = months.into_iter().filter_map(|Dates { first, end, .. }| match (what, nth) {
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
    });
    let found: Vec<_> = found.collect();
    let ahead = found.iter().find(|dates| dates.end > moment.today());
    ahead.or(found.last()).copied().map(Group::within)
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
            Some(months(month, year(cursor), today))
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

/// "12/01", "12/1/26", "2026-12-01".
fn numeric(cursor: &mut Cursor, _: &Moment) -> Option<Group> {
    use Token::{Dash, Number, Slash};
    let number = |cursor: &mut Cursor| match cursor.next()? {
        Number(value, digits @ 1..) => Some((value, digits)),
        _ => None,
    };
    let first = number(cursor)?;
    let sign = cursor.next().filter(|sign| [Dash, Slash].contains(sign))?;
    let second = number(cursor)?;
    let third = cursor.attempt(|cursor| {
        cursor.need(sign)?;
        number(cursor)
    });
    let (year, month, day) = match (first, second, third) {
        ((year, 4), (month, _), Some((day, ..=2))) => (Some(year), month, day),
        ((month, ..=2), (day, ..=2), Some((year, 4))) => (Some(year), month, day),
        ((month, ..=2), (day, ..=2), Some((year, 2))) => (Some(2000 + year), month, day),
        // "2-4" is no date.
        ((month, ..=2), (day, ..=2), None) if sign == Slash => (None, month, day),
        _ => return None,
    };
    // A month that cannot be one is a day, as most of the world writes it.
    let (month, day) = if month > 12 && first.1 <= 2 { (day, month) } else { (month, day) };
    let year = year.and_then(|year| i32::try_from(year).ok());
    // A leap year, for what else than a year may come.
    NaiveDate::from_ymd_opt(year.unwrap_or(2000), month, day)?;
    Some(Group { year, month: Some(month), day: Some(day), ..Group::default() })
}

/// "December 1st 2026", "the first of December", "December", "the 15th".
fn month_and_day(cursor: &mut Cursor, _: &Moment) -> Option<Group> {
    use Token::{Month, Number, Of, Ordinal, Unit as TokenUnit};
    let day_of = |token: Token| match token {
        Number(day @ 1..=31, ..=2) | Ordinal(day @ 1..=31) => Some(day),
        _ => None,
    };
    let first = cursor.next()?;
    let (month, day) = if let Month(month) = first {
        let day = cursor.attempt(|cursor| {
            let day = day_of(cursor.next()?)?;
            // The hour of "in December 3 pm", not the day.
            (!matches!(cursor.peek(), Some(Token::Colon | Token::Am | Token::Pm))).then_some(day)
        });
        (Some(month), day)
    } else {
        let day = Some(day_of(first)?);
        let month = cursor.attempt(|cursor| {
            cursor.eat(Of);
            match cursor.next()? {
                Month(month) => Some(month),
                _ => None,
            }
        });
        if month.is_none() {
            if !matches!(first, Ordinal(_)) {
                return None;
            }
            cursor.weak |= cursor.peek() != Some(Token::At);
            // "The 1st of the month" is the next 1st.
            cursor.attempt(|cursor| {
                cursor.need(Of)?;
                cursor.need(TokenUnit(Unit::Month))
            });
        }
        (month, day)
    };
    let year = month.and_then(|_| year(cursor));
    let known = month.zip(day).map(|(month, day)| (year.unwrap_or(2000), month, day));
    if known.is_some_and(|(year, month, day)| NaiveDate::from_ymd_opt(year, month, day).is_none()) {
        return None;
    }
    Some(Group { month, day, year, ..Group::default() })
}

/// A year after a month: "2026", "twenty twenty six".
fn year(cursor: &mut Cursor) -> Option<i32> {
    use Token::{Colon, Comma, Number};
    cursor.attempt(|cursor| {
        cursor.eat(Comma);
        let year = match cursor.next()? {
            Number(year @ 1900..=2199, 0 | 4) => year,
            Number(century @ 19..=21, 0) => match cursor.next()? {
                Number(rest @ 10..=99, 0) => 100 * century + rest,
                _ => return None,
            },
            _ => return None,
        };
        (cursor.peek() != Some(Colon)).then_some(i32::try_from(year).ok()?)
    })
}
