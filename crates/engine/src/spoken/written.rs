//! Dates of the calendar: by month and day, and by the name of a holiday.

use super::cursor::Cursor;
use super::group::{Dates, Group};
use super::holidays;
use super::resolve::Moment;
use super::words::{Token, Unit};
use chrono::{Datelike, NaiveDate};

/// "12/01", "12/1/26", "2026-12-01".
pub(super) fn numeric(cursor: &mut Cursor) -> Option<Group> {
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
pub(super) fn month_and_day(cursor: &mut Cursor) -> Option<Group> {
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
pub(super) fn year(cursor: &mut Cursor) -> Option<i32> {
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

/// "Christmas Eve", "Easter 2027", "Thanksgiving next year", "this Christmas".
pub(super) fn holiday(cursor: &mut Cursor, moment: &Moment) -> Option<Group> {
    cursor.eat_any(&[Token::This, Token::Coming]);
    let Token::Holiday(holiday) = cursor.next()? else { return None };
    let today = moment.today();
    let of_year = |year: i32| holidays::date(holiday, year, moment.home);
    let said = cursor.attempt(|cursor| {
        cursor.eat_any(&[Token::Of, Token::In]);
        match cursor.peek()? {
            Token::This | Token::Next | Token::Last => {
                let which = cursor.next()?;
                let offset = [Token::Last, Token::This].iter().position(|token| *token == which);
                let offset = offset.map_or(1, |at| at as i32 - 1);
                (cursor.unit()? == Unit::Year).then_some(today.year() + offset)
            }
            _ => year(cursor),
        }
    });
    // "Easter week", "Thanksgiving weekend".
    if matches!(cursor.peek(), Some(Token::Unit(_))) {
        return Some(Group::impossible());
    }
    let date = match said {
        Some(year) => of_year(year),
        None => of_year(today.year())
            .filter(|date| *date >= today)
            .or_else(|| of_year(today.year() + 1)),
    };
    Some(date.and_then(Dates::day).map_or_else(Group::impossible, Group::within))
}
