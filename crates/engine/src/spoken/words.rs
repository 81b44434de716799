//! The words that phrases about time are made of, and what each means.

use super::holidays::{HOLIDAYS, Holiday};
use super::zones::{self, ZoneName};
use chrono::Weekday::{self, Fri, Mon, Sat, Sun, Thu, Tue, Wed};
use std::collections::HashMap;
use std::sync::LazyLock;

/// What a word or an idiom means to the grammar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token {
    /// A number, and with how many digits it was written; 0 if in words.
    Number(u32, usize),
    Ordinal(u32),
    Hundred,
    /// `st` or `th` after digits.
    OrdinalSuffix,
    /// The `oh` of "ten oh five".
    Oh,
    Couple,
    Few,
    Weekday(Weekday),
    /// A set of weekdays that recur, Monday the lowest bit: "Mondays", "weekdays".
    Weekdays(u8),
    Month(u32),
    Unit(Unit),
    /// A part of the day, and whether of every day: "mornings".
    Part(Part, bool),
    Tonight,
    /// A day so many days after today.
    Day(i64),
    Holiday(Holiday),
    Noon,
    Midnight,
    Am,
    Pm,
    Oclock,
    Half,
    Quarter,
    Past,
    /// The `h` of "15h" and "2h".
    H,
    /// The same time of day as now.
    SameTime,
    /// The same day of the week or the month as today.
    SameDay,
    Now,
    /// "As soon as possible", "anytime".
    Anytime,
    Any,
    This,
    Next,
    Coming,
    Last,
    Which(Portion),
    Before,
    By,
    After,
    From,
    Until,
    To,
    Between,
    /// "Or later".
    Onward,
    /// "Or earlier".
    Backward,
    Within,
    Ago,
    A,
    At,
    In,
    Of,
    For,
    And,
    But,
    Or,
    Nor,
    Comma,
    Colon,
    Dot,
    Slash,
    Dash,
    Zone(ZoneName),
    /// "Except", "apart from": what follows is excluded.
    Except,
    Not,
    No,
    /// Moves an appointment: what follows "to" is meant.
    Move,
    /// Takes back what was said before: "actually".
    Correction,
    /// "Dr.": a name follows.
    Title,
    /// "With": a name may follow.
    With,
    /// Says nothing about time.
    Filler,
    /// What is booked: a filler, unless a number counts it.
    Noun,
    /// As a filler, but it joins what comes before and after: "on", "the".
    Particle,
    /// Would change the meaning in a way that is not understood.
    Unsupported,
    /// Not known.
    Other,
}

/// A unit of the calendar or the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Minute,
    Hour,
    Day,
    BusinessDay,
    Week,
    Fortnight,
    Weekend,
    Month,
    Year,
}

/// A part of the day that has a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Morning,
    Afternoon,
    Evening,
    Night,
    Lunch,
    AfterLunch,
    EndOfDay,
    Office,
}

/// A portion of a day, a week, a month or a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Portion {
    Early,
    Middle,
    Late,
    End,
    /// What is left of it, from the next day on.
    Later,
    /// What is left of it.
    Rest,
}

/// Monday to Friday.
pub(super) const WORKDAYS: u8 = 0b001_1111;
/// Saturday and Sunday.
const WEEKEND: u8 = 0b110_0000;

/// The meaning of a word, or of several with one space between.
pub(super) fn meaning(words: &str) -> Option<Token> {
    TABLE.meanings.get(words).copied()
}

/// The most words of an entry of the table that begins with `word`.
pub(super) fn longest_idiom(word: &str) -> usize {
    TABLE.longest.get(word).copied().unwrap_or_default()
}

struct Table {
    meanings: HashMap<String, Token>,
    longest: HashMap<String, usize>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let meanings = meanings();
    let mut longest = HashMap::new();
    for words in meanings.keys() {
        let count = words.split(' ').count();
        let first = words.split(' ').next().unwrap_or_default().to_owned();
        let most = longest.entry(first).or_insert(count);
        *most = count.max(*most);
    }
    Table { meanings, longest }
});

fn meanings() -> HashMap<String, Token> {
    use Token::{Anytime, Month, Number, Ordinal, Unsupported, Weekday, Weekdays, Zone};
    let mut table: HashMap<_, _> = zones::names().map(|(name, zone)| (name, Zone(zone))).collect();
    let mut name = |words: &'static str, separator: &str, token| {
        table.extend(words.split(separator).map(|word| (word.to_owned(), token)));
    };
    for &(words, token) in WORDS {
        name(words, ", ", token);
    }
    for &(names, holiday) in HOLIDAYS {
        name(names, ", ", Token::Holiday(holiday));
    }
    for (number, words) in (0..).zip(CARDINALS.split(' ')) {
        name(words, " ", Number(number, 0));
    }
    for (ten, words) in
        (2..).zip("twenty thirty forty fifty sixty seventy eighty ninety".split(' '))
    {
        name(words, " ", Number(10 * ten, 0));
    }
    for (number, words) in (0..).zip(ORDINALS.split(' ')) {
        name(words, " ", Ordinal(number));
    }
    for (ten, words) in (2..).zip("twentieth thirtieth fortieth fiftieth sixtieth".split(' ')) {
        name(words, " ", Ordinal(10 * ten));
    }
    for (number, words) in (1..).zip(MONTHS) {
        name(words, " ", Month(number));
    }
    for (day, one, many) in WEEKDAYS {
        name(one, " ", Weekday(day));
        name(many, " ", Weekdays(1 << day.num_days_from_monday()));
    }
    // "The first opening" is no 1st of the month, and "the second" not the 2nd.
    for opening in OPENINGS.split(", ") {
        for first in FIRST.split(", ") {
            table.insert(format!("{first} {opening}"), Anytime);
        }
        for later in ["second", "third", "fourth", "last", "latest", "other"] {
            table.insert(format!("{later} {opening}"), Unsupported);
        }
    }
    for word in ORDINALS.split(' ').chain(["st", "nd", "rd", "th", "last", "other"]) {
        table.insert(format!("{word} one"), Unsupported);
    }
    table
}

const FIRST: &str = "first, very first, next, very next, earliest, soonest, nearest, closest";

const OPENINGS: &str = "opening, slot, spot, appointment, availability, time slot, \
    appointment slot, appointment time, available slot, available appointment, available time, \
    available opening, available spot, open slot, open appointment, open time, open spot, \
    available, free slot, free time, free appointment, free spot, possible time, possible appointment, \
    possible slot, slot available, appointment available, time available, opening available, \
    slot you have, appointment you have, opening you have, time you have";

const CARDINALS: &str = "zero one two three four five six seven eight nine ten eleven twelve \
    thirteen fourteen fifteen sixteen seventeen eighteen nineteen";

const ORDINALS: &str = "zeroth first second third fourth fifth sixth seventh eighth ninth tenth \
    eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth";

const MONTHS: [&str; 12] = [
    "january jan",
    "february feb",
    "march mar",
    "april apr",
    "may",
    "june jun",
    "july jul",
    "august aug",
    "september sept sep",
    "october oct",
    "november nov",
    "december dec",
];

const WEEKDAYS: [(Weekday, &str, &str); 7] = [
    (Mon, "monday mon", "mondays"),
    (Tue, "tuesday tues tue", "tuesdays"),
    (Wed, "wednesday weds wed", "wednesdays"),
    (Thu, "thursday thurs thur thu", "thursdays"),
    (Fri, "friday fri", "fridays"),
    (Sat, "saturday sat", "saturdays"),
    (Sun, "sunday sun", "sundays"),
];

/// Words and idioms, separated by commas. "The" is a filler: it is left out of idioms.
const WORDS: &[(&str, Token)] = &[
    ("hundred", Token::Hundred),
    ("st, nd, rd, th", Token::OrdinalSuffix),
    ("oh, o", Token::Oh),
    ("two thousand", Token::Number(2000, 0)),
    ("a couple, couple, a couple of, couple of", Token::Couple),
    ("a few, few", Token::Few),
    ("weekday, weekdays", Token::Weekdays(WORKDAYS)),
    ("weekends", Token::Weekdays(WEEKEND)),
    ("minute, minutes, min, mins", Token::Unit(Unit::Minute)),
    ("hour, hours, hr, hrs", Token::Unit(Unit::Hour)),
    ("h", Token::H),
    ("day, days", Token::Unit(Unit::Day)),
    ("business day, business days, working day, working days", Token::Unit(Unit::BusinessDay)),
    ("week, weeks", Token::Unit(Unit::Week)),
    ("fortnight, fortnights", Token::Unit(Unit::Fortnight)),
    ("weekend", Token::Unit(Unit::Weekend)),
    ("month, months", Token::Unit(Unit::Month)),
    ("year, years", Token::Unit(Unit::Year)),
    ("morning, before lunch", Token::Part(Part::Morning, false)),
    ("mornings", Token::Part(Part::Morning, true)),
    ("afternoon", Token::Part(Part::Afternoon, false)),
    ("afternoons", Token::Part(Part::Afternoon, true)),
    ("evening, after work", Token::Part(Part::Evening, false)),
    ("evenings", Token::Part(Part::Evening, true)),
    ("night, nighttime", Token::Part(Part::Night, false)),
    ("nights", Token::Part(Part::Night, true)),
    ("lunch, lunchtime, lunch hour", Token::Part(Part::Lunch, false)),
    ("after lunch", Token::Part(Part::AfterLunch, false)),
    (
        "end of day, end of the day, end of business, close of business, eod, cob",
        Token::Part(Part::EndOfDay, false),
    ),
    ("business hours, working hours, office hours, work hours", Token::Part(Part::Office, false)),
    ("tonight", Token::Tonight),
    ("today", Token::Day(0)),
    ("tomorrow, tomorow, tommorow, tommorrow, tmrw, tmr, next day", Token::Day(1)),
    ("day after tomorrow, overmorrow", Token::Day(2)),
    ("yesterday", Token::Day(-1)),
    ("day before yesterday", Token::Day(-2)),
    ("noon, midday, noontime", Token::Noon),
    ("midnight", Token::Midnight),
    ("am, a m", Token::Am),
    ("pm, p m", Token::Pm),
    ("oclock, o clock", Token::Oclock),
    ("half", Token::Half),
    ("quarter, quarters", Token::Quarter),
    ("past", Token::Past),
    ("same time, this time, same day and time, same time and day", Token::SameTime),
    ("same day", Token::SameDay),
    ("now, right now, immediately", Token::Now),
    (
        "as soon as possible, asap, soon, right away, straight away, earliest, soonest, whenever, \
         anytime, any time, first available, very first available, next available, very next \
         available, earliest available, soonest available, earliest possible, soonest possible, \
         first possible, next possible, earliest convenience, earliest time, soonest time",
        Token::Anytime,
    ),
    ("any, every, each, all", Token::Any),
    ("this, current", Token::This),
    ("next, following", Token::Next),
    ("coming, upcoming, this coming", Token::Coming),
    ("last, previous", Token::Last),
    ("early, first thing, beginning, start", Token::Which(Portion::Early)),
    ("mid, middle", Token::Which(Portion::Middle)),
    ("late", Token::Which(Portion::Late)),
    ("end", Token::Which(Portion::End)),
    ("later, later in", Token::Which(Portion::Later)),
    ("rest, remainder", Token::Which(Portion::Rest)),
    ("before, earlier than, sooner than", Token::Before),
    ("by, no later than, not later than, not after, but not after", Token::By),
    ("after, later than", Token::After),
    (
        "from, starting, beginning on, beginning at, as of, since, not before, no earlier than, \
         not earlier than, no sooner than, not until, but not before, but not until",
        Token::From,
    ),
    ("until, till, til", Token::Until),
    ("to, through, thru, up to", Token::To),
    ("between", Token::Between),
    (
        "or later, and later, or after, and after, onward, onwards, and onward, and onwards",
        Token::Onward,
    ),
    ("or earlier, or before, and earlier", Token::Backward),
    ("within", Token::Within),
    ("ago", Token::Ago),
    ("a, an", Token::A),
    ("at, @, t, about, around, approx, circa, approximately, roughly", Token::At),
    ("in, during", Token::In),
    ("of", Token::Of),
    ("for", Token::For),
    ("and, plus, as well as", Token::And),
    ("but", Token::But),
    ("nor", Token::Nor),
    ("or, if not", Token::Or),
    (",", Token::Comma),
    (":", Token::Colon),
    (".", Token::Dot),
    ("/", Token::Slash),
    ("-", Token::Dash),
    (
        "except, except for, except on, excluding, but not, apart from, aside from, other than, \
         rather than, instead of, with exception of, anything but, everything but, anything \
         except, avoid, avoiding, preferably not, ideally not, just not",
        Token::Except,
    ),
    ("not, neither", Token::Not),
    ("no", Token::No),
    (
        "move, moved, moving, push, pushed, shift, change, changing, reschedule, rescheduling, \
         switch, postpone, bring, swap",
        Token::Move,
    ),
    (
        "actually, sorry, i mean, scratch that, correction, make that, no wait, wait no, oops",
        Token::Correction,
    ),
    ("dr, doctor, mr, mrs, ms, prof, professor, nurse", Token::Title),
    ("with", Token::With),
    (
        "the, on, time, zone, timezone, is, be, its, it, are, was, would be, will be, my, your",
        Token::Particle,
    ),
    (
        "appointment, appointments, opening, openings, slot, slots, spot, viewing, showing, \
         haircut, consultation, visit, tour, checkup, cleaning, massage, interview, demo, \
         lesson, session, phone call, callback, house, apartment, viewings, sessions, \
         lessons, visits, meetings, people",
        Token::Noun,
    ),
    (
        "sometime, some, over, um, uh, er, erm, hmm, hm, mm, ah, oh well, please, maybe, \
         perhaps, possibly, probably, possible, could, can, would, should, will, may i, \
         may we, might, you, we, i, i am, im, id, ill, ive, me, us, weve, do, does, did, \
         have, has, had, like, want, wants, need, needs, see, seen, come, come by, \
         come over, stop by, stop in, drop by, swing by, pop by, meet, meeting with, book, \
         booking, schedule, scheduled, scheduling, set, set up, arrange, reserve, fit, \
         squeeze, put, get, got, make it, make, take, go, go with, go for, try, check, find, \
         know, hoping, looking, okay, ok, yeah, yes, yep, sure, so, well, lets, let, say, \
         how, hows, how about, what, whats, what about, why not, if possible, \
         if at all possible, if you can, if you could, if you have, if youre, if i can, \
         if i could, if we can, if we could, if that works, if that is, if thats, \
         if it works, if its, if available, see if, know if, check if, ask if, wonder if, \
         wondering if, asking if, then, just, only, also, even, still, think, guess, \
         believe, suppose, good, great, fine, best, better, perfect, ideal, lovely, nice, \
         cool, alright, right, works, work, works for, sounds, sound, suits, suit, \
         convenient, ideally, preferably, prefer, rather, love, there, here, thanks, thank, \
         thank you, hi, hello, hey, sir, madam, good morning, good afternoon, good evening, \
         good day, have a good day, have a nice day, have a good one, a second, one second, \
         a moment, one moment, ish, - ish, sharp, exactly, exact, or so, local, our, \
         anything, something, available, availability, free, open, either, instead, chance, \
         chances, consult, call, call back, back, talk, speak, chat, discuss, wondering, \
         first choice, second choice, first preference, second preference, long, much, \
         kind of, sort of",
        Token::Filler,
    ),
    (
        "be good friday, would be good friday, will be good friday, sounds good friday, looks good friday, works good friday, never, couldnt, wouldnt, shouldnt, arent, without, if, cant, cannot, dont, doesnt, didnt, \
         isnt, wont, wasnt, havent, hasnt, unless, other, not sure, not only, not just, not too, \
         not so, not quite, if not for, second option, third option, christmas time, easter \
         time, holiday time, holiday, holidays, bank holiday, eve, new year, new years week, \
         birthday, labor, labour, memorial, spring, summer, autumn, fall, winter, thousand, \
         million, diwali, hanukkah, chanukah, passover, ramadan, eid, yom kippur, rosh hashanah, \
         lunar new year, chinese new year, kwanzaa, lent, advent, your time, their time, his \
         time, her time, your timezone, their timezone, your time zone, their time zone, your \
         local time, other time, have a meeting, have a class, have an appointment already, i \
         have an appointment, i have a appointment, i have another, ive got an appointment, ive \
         got a meeting, i already have, have to work, busy, unavailable, booked, away, closed",
        Token::Unsupported,
    ),
];
