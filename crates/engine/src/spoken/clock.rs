//! Times of day, as they are said and as they are meant.

use super::cursor::Cursor;
use super::words::{Part, Portion, Token, Unit};
use crate::availability::Period;

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const NOON: i64 = 12 * HOUR;
/// The seconds of a day as clocks show them.
pub(super) const DAY: i64 = 24 * HOUR;

impl Part {
    /// The hour at which it begins, that from which it is late, and its end.
    fn hours(self) -> (i64, i64, i64) {
        let of = |period: Period, late: i64| {
            let hours = period.hours();
            (i64::from(hours.start), late, i64::from(hours.end))
        };
        match self {
            Self::Morning => of(Period::Morning, 10),
            Self::Afternoon => of(Period::Afternoon, 15),
            Self::Evening => of(Period::Evening, 19),
            Self::Night => (i64::from(Period::Evening.hours().start), 21, 24),
            Self::Lunch => (12, 13, 14),
            Self::AfterLunch => (13, 15, i64::from(Period::Afternoon.hours().end)),
            Self::EndOfDay => (16, 17, 18),
            Self::Office => (9, 13, 17),
        }
    }

    fn window(self, portion: Option<Portion>) -> (i64, i64) {
        let (start, late, end) = self.hours();
        let (start, end) = match portion {
            None | Some(Portion::Later | Portion::Rest) => (start, end),
            Some(Portion::Early) => (start, late),
            Some(Portion::Middle) => (late - 1, late + 1),
            Some(_) => (late, end),
        };
        (start * HOUR, end * HOUR)
    }
}

/// A time of day; if `open`, between 0:00 and 12:00 and of either half of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Clock {
    seconds: i64,
    open: bool,
}

impl Clock {
    pub(super) const fn exact(seconds: i64) -> Self {
        Self { seconds, open: false }
    }

    /// The seconds of the day that are meant, given the part of the day that
    /// was said: without one, 7 to 11 are before noon, 12 and 1 to 6 after it.
    fn meant(self, part: Option<Part>) -> i64 {
        let Self { seconds, open } = self;
        match part {
            _ if !open => seconds,
            Some(Part::Morning) => seconds,
            // Past midnight it is still the night of the day before.
            Some(Part::Night) if seconds < 5 * HOUR => seconds + DAY,
            Some(Part::Afternoon | Part::AfterLunch | Part::Evening | Part::Night) => {
                seconds + NOON
            }
            _ if seconds < 7 * HOUR => seconds + NOON,
            _ => seconds,
        }
    }

    /// Whether this can be meant of a part of the day.
    pub(super) fn within(self, part: Part) -> bool {
        let (start, end) = part.window(None);
        self.open && (start..end).contains(&self.meant(Some(part)))
    }

    /// This in the half of the day of a later time said after it: the 8 of "8 or 9 pm".
    pub(super) fn as_half_of(self, next: Self) -> Option<Self> {
        let is_shared = self.open && !next.open && self.seconds < next.seconds % NOON;
        is_shared.then(|| Self::exact(self.seconds + next.seconds / NOON * NOON))
    }

    /// The first moment after `start` that this can mean.
    fn first_after(self, start: i64) -> i64 {
        let readings = [self.seconds, self.seconds + NOON, self.seconds + DAY];
        let possible = readings.into_iter().filter(|reading| self.open || *reading != readings[1]);
        possible.filter(|&reading| reading > start).min().unwrap_or(start)
    }

    /// The last moment before `end` that this can mean.
    fn last_before(self, end: i64) -> Option<i64> {
        let readings = [self.seconds, self.seconds + NOON];
        readings.into_iter().filter(|&reading| reading < end).max()
    }
}

/// What was said about the time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Time {
    At(Clock),
    Between(Clock, Clock),
    After(Clock),
    Before(Clock),
    Part(Part),
}

impl Time {
    /// Whether one group of words can say both.
    pub(super) fn agrees(self, other: Self) -> bool {
        use Time::{After, At, Before, Part};
        match (self, other) {
            (Part(_), Part(_)) => false,
            (Part(_), _) | (_, Part(_)) | (After(_), Before(_)) | (Before(_), After(_)) => true,
            (At(a), At(b)) => a == b,
            _ => false,
        }
    }
}

/// When on a day, in seconds after its midnight; may lie beyond its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OnDay {
    At(i64),
    Window(i64, i64),
}

/// When on a day these words mean. With `latest`, of the hours of two halves of
/// the day the later is meant.
pub(super) fn on_day(times: &[Time], portion: Option<Portion>, latest: bool) -> Option<OnDay> {
    let part = times.iter().find_map(|time| match time {
        Time::Part(part) => Some(*part),
        _ => None,
    });
    let hint = if latest { Some(Part::Evening) } else { part };
    let mut window = match (part, portion) {
        (Some(part), _) => part.window(portion),
        (None, None | Some(Portion::Later | Portion::Rest)) => (0, DAY),
        (None, Some(Portion::Early)) => Part::Morning.window(portion),
        (None, Some(Portion::Middle)) => (11 * HOUR, 15 * HOUR),
        (None, Some(_)) => (15 * HOUR, 22 * HOUR),
    };
    let (mut from, mut to) = (0, DAY);
    for time in times {
        match *time {
            Time::At(clock) => return Some(OnDay::At(clock.meant(hint))),
            Time::Between(start, end) => {
                let (from, to) = between(start, end, hint)?;
                return Some(OnDay::Window(from, to));
            }
            Time::After(clock) => from = clock.meant(hint) % DAY,
            Time::Before(clock) => to = clock.meant(hint),
            Time::Part(_) => {}
        }
    }
    let both = (window.0.max(from), window.1.min(to));
    window = if both.0 < both.1 { both } else { (from, to) };
    (window.0 < window.1).then_some(OnDay::Window(window.0, window.1))
}

fn between(start: Clock, end: Clock, hint: Option<Part>) -> Option<(i64, i64)> {
    let from = if start.open && !end.open && end.seconds > 0 {
        start.last_before(end.seconds)?
    } else {
        start.meant(hint) % DAY
    };
    Some((from, end.first_after(from)))
}

/// What is said before a time.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lead {
    Nothing,
    At,
    /// "From" or "between": a second time follows.
    Range,
    /// "Before" or "after".
    Limit,
}

/// Reads what is said about the time of day, but no part of the day.
pub(super) fn time(cursor: &mut Cursor) -> Option<Time> {
    use Token::{After, And, At, Backward, Before, Between, By, Dash, From, In, Onward, To, Until};
    let first = cursor.peek()?;
    let limit = matches!(first, Before | By | Until | After | From | Between);
    if limit {
        cursor.next();
    }
    let at = cursor.eat(At);
    if limit && let Some(Token::Part(part, false)) = cursor.peek() {
        let (start, end) = part.window(None);
        cursor.next();
        return match first {
            Before if part != Part::EndOfDay => Some(Time::Before(Clock::exact(start))),
            Before | By | Until => Some(Time::Before(Clock::exact(end))),
            After => Some(Time::After(Clock::exact(end))),
            _ => None,
        };
    }
    let weak = cursor.weak;
    let lead = match first {
        From | Between => Lead::Range,
        _ if at => Lead::At,
        _ if limit => Lead::Limit,
        _ => Lead::Nothing,
    };
    let start = clock(cursor, lead)?;
    let second = cursor.attempt(|cursor| {
        let dash = cursor.peek() == Some(Dash);
        let joined = cursor.eat_any(&[To, Until, Dash]) || (first == Between && cursor.eat(And));
        // The offset of "14:00-05:00" would be read as an end.
        let written = dash && cursor.ahead(1) == Some(Token::Colon);
        let end = joined.then(|| clock(cursor, Lead::Range))??;
        if written && !end.open && end.seconds < start.seconds {
            return None;
        }
        // In "3 to 5 days" the 5 counts something.
        (!matches!(cursor.peek(), Some(Token::Unit(_)))).then_some(end)
    });
    if limit || second.is_some() {
        cursor.weak = weak;
    }
    match (first, second) {
        (Before | By | Until | After, Some(_)) | (Between, None) => None,
        (_, Some(end)) => Some(Time::Between(start, end)),
        (Before | By | Until, None) => Some(Time::Before(start)),
        (After | From, None) => {
            cursor.eat(Onward);
            Some(Time::After(start))
        }
        _ if cursor.eat(Onward) => Some(Time::After(start)),
        _ if cursor.eat(Backward) => Some(Time::Before(start)),
        _ => {
            if cursor.peek() == Some(In) && matches!(cursor.ahead(1), Some(Token::Part(..))) {
                cursor.weak = weak;
            }
            Some(Time::At(start))
        }
    }
}

fn clock(cursor: &mut Cursor, lead: Lead) -> Option<Clock> {
    cursor
        .attempt(named)
        .or_else(|| cursor.attempt(|cursor| counted(cursor, lead)))
        .or_else(|| cursor.attempt(|cursor| plain(cursor, lead)))
}

/// "Noon", "12 noon".
fn named(cursor: &mut Cursor) -> Option<Clock> {
    if let (Some(Token::Number(12, _)), Some(Token::Noon | Token::Midnight)) =
        (cursor.peek(), cursor.ahead(1))
    {
        cursor.next();
    }
    match cursor.next()? {
        Token::Noon => Some(Clock::exact(NOON)),
        // Midnight ends the day that it is said with.
        Token::Midnight => Some(Clock::exact(DAY)),
        _ => None,
    }
}

/// "Half past nine", "a quarter to five", "ten past two".
fn counted(cursor: &mut Cursor, lead: Lead) -> Option<Clock> {
    use Token::{After, Before, Half, Number, Of, Past, Quarter, To, Until};
    cursor.eat(Token::A);
    let minutes = match cursor.next()? {
        Half => {
            cursor.eat(Past);
            30
        }
        Quarter => match cursor.next()? {
            Past | After => 15,
            To | Until | Before | Of => -15,
            _ => return None,
        },
        Number(minutes @ 1..=59, digits) => {
            let spelt = cursor.eat(Token::Unit(Unit::Minute));
            let usual = spelt || matches!(minutes, 5 | 10 | 20 | 25);
            let minutes = i64::from(minutes);
            match cursor.next()? {
                Past | After if usual => minutes,
                // "10 to 12" is a range, "ten to twelve" and "at 10 to 12" are not.
                To | Until if spelt || (usual && lead == Lead::At) => -minutes,
                To | Until if usual && digits == 0 && lead == Lead::Nothing => -minutes,
                _ => return None,
            }
        }
        _ => return None,
    };
    let hour = match cursor.next()? {
        Number(hour @ 1..=12, _) => i64::from(hour),
        Token::Noon => return Some(Clock::exact(NOON + minutes * MINUTE)),
        Token::Midnight => return Some(Clock::exact((DAY + minutes * MINUTE) % DAY)),
        _ => return None,
    };
    cursor.eat(Token::Oclock);
    let seconds = (hour * HOUR + minutes * MINUTE) % NOON;
    Some(halved(cursor, seconds).unwrap_or(Clock { seconds, open: true }))
}

/// "3", "3:30 pm", "three thirty", "ten oh five", "330", "fifteen hundred", "15:30:00".
fn plain(cursor: &mut Cursor, lead: Lead) -> Option<Clock> {
    use Token::{Am, Colon, Dot, Number, Oclock, Pm};
    let Number(said, digits) = cursor.next()? else { return None };
    let (mut hour, mut minute, mut second) = (i64::from(said), 0, 0);
    let mut sure = lead != Lead::Nothing && (lead != Lead::Limit || digits > 0);
    if said == 0 && digits < 2 {
        return None;
    }
    let mut military = hour == 0 || hour > 12 || (digits == 2 && hour < 10);
    if digits >= 3 {
        (hour, minute) = (hour / 100, hour % 100);
        military = digits == 4 && !(10..=12).contains(&hour);
        // Nobody means the time by 2026 alone.
        let year = digits == 4 && (19..=20).contains(&hour) && minute > 0;
        if digits > 4 || (year && lead == Lead::Nothing) {
            return None;
        }
    } else if cursor.eat(Token::H) {
        // "15h", "9h30"; "2h" is how long it takes.
        if hour < 7 && digits < 2 {
            return None;
        }
        if let Some(Number(minutes, 2)) = cursor.peek() {
            cursor.next();
            minute = i64::from(minutes);
        }
        (sure, military) = (true, true);
    } else if cursor.eat(Colon) || cursor.eat(Dot) {
        let Number(minutes, 2) = cursor.next()? else { return None };
        minute = i64::from(minutes);
        sure = true;
        if cursor.eat(Colon) {
            let Number(seconds, 2) = cursor.next()? else { return None };
            second = i64::from(seconds);
        }
    } else if let Some(Number(minutes, digits)) = cursor.peek()
        && (digits == 2 || (digits == 0 && (10..60).contains(&minutes)))
    {
        cursor.next();
        minute = i64::from(minutes);
    }
    if !(0..=24).contains(&hour)
        || minute > 59
        || second > 59
        || (hour == 24 && minute + second > 0)
    {
        return None;
    }
    if digits >= 3 || minute > 0 {
        sure |= cursor.eat(Token::Unit(Unit::Hour));
    }
    if cursor.peek() == Some(Oclock) {
        sure = true;
        cursor.next();
        if !(1..=12).contains(&hour) {
            return None;
        }
    }
    let seconds = hour * HOUR + minute * MINUTE + second;
    if matches!(cursor.peek(), Some(Am | Pm)) {
        if hour > 12 || hour == 0 {
            // "15:30 pm" can be meant, "15:30 am" cannot.
            let meant = if hour == 0 { Am } else { Pm };
            return cursor.eat(meant).then_some(Clock::exact(seconds));
        }
        return halved(cursor, seconds % NOON);
    }
    if matches!(cursor.peek(), Some(Token::Unit(_) | Token::H | Token::Month(_) | Token::Slash)) {
        return None;
    }
    // "Two Mondays", "three mornings", "two of us".
    if !sure && matches!(cursor.peek(), Some(Token::Weekdays(_) | Token::Part(_, true) | Token::Of))
    {
        return None;
    }
    cursor.weak |= !sure;
    Some(if military {
        Clock::exact(seconds)
    } else {
        Clock { seconds: seconds % NOON, open: true }
    })
}

/// Reads which half of the day is meant.
fn halved(cursor: &mut Cursor, seconds: i64) -> Option<Clock> {
    match cursor.peek()? {
        Token::Am => cursor.next().map(|_| Clock::exact(seconds)),
        Token::Pm => cursor.next().map(|_| Clock::exact(seconds + NOON)),
        _ => None,
    }
}
