//! The words that phrases about time are made of, and what each means.

use chrono::Weekday::{self, Fri, Mon, Sat, Sun, Thu, Tue, Wed};
use chrono_tz::Tz;
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
    Noon,
    Midnight,
    Am,
    Pm,
    Oclock,
    Half,
    Quarter,
    Past,
    /// The same time of day as now.
    SameTime,
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
    Or,
    Comma,
    Colon,
    Dot,
    Slash,
    Dash,
    Zone(Tz),
    /// Says nothing about time.
    Filler,
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

/// The most words that one entry of the table has.
pub(super) const LONGEST_IDIOM: usize = 4;

/// The meaning of a word, or of several with one space between.
pub(super) fn meaning(words: &str) -> Option<Token> {
    MEANINGS.get(words).copied()
}

static MEANINGS: LazyLock<HashMap<&str, Token>> = LazyLock::new(|| {
    use Token::{Month, Number, Ordinal, Weekday, Weekdays};
    let mut table: HashMap<_, _> = WORDS
        .iter()
        .flat_map(|&(words, token)| words.split(", ").map(move |word| (word, token)))
        .collect();
    let mut name = |words: &'static str, token| {
        table.extend(words.split(' ').map(|word| (word, token)));
    };
    for (number, words) in (0..).zip(CARDINALS.split(' ')) {
        name(words, Number(number, 0));
    }
    for (ten, words) in
        (2..).zip("twenty thirty forty fifty sixty seventy eighty ninety".split(' '))
    {
        name(words, Number(10 * ten, 0));
    }
    for (number, words) in (0..).zip(ORDINALS.split(' ')) {
        name(words, Ordinal(number));
    }
    for (ten, words) in (2..).zip("twentieth thirtieth fortieth fiftieth sixtieth".split(' ')) {
        name(words, Ordinal(10 * ten));
    }
    for (number, words) in (1..).zip(MONTHS) {
        name(words, Month(number));
    }
    for (day, one, many) in WEEKDAYS {
        name(one, Weekday(day));
        name(many, Weekdays(1 << day.num_days_from_monday()));
    }
    table
});

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
    ("same time, this time", Token::SameTime),
    ("now, right now, immediately", Token::Now),
    (
        "as soon as possible, asap, soon, right away, straight away, earliest, soonest, whenever, \
         anytime, any time, first available, next available, earliest available, next opening, \
         next slot",
        Token::Anytime,
    ),
    ("any, every, each, all", Token::Any),
    ("this", Token::This),
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
    ("by, no later than, not later than, not after", Token::By),
    ("after, later than", Token::After),
    (
        "from, starting, beginning on, beginning at, as of, since, not before, no earlier than, \
         not earlier than, no sooner than, not until",
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
    ("at, @, t, around, about, approximately, roughly", Token::At),
    ("in, during", Token::In),
    ("of", Token::Of),
    ("for", Token::For),
    ("and, but, plus", Token::And),
    ("or", Token::Or),
    (",", Token::Comma),
    (":", Token::Colon),
    (".", Token::Dot),
    ("/", Token::Slash),
    ("-", Token::Dash),
    (
        "the, on, time, sometime, some, over, um, uh, er, erm, hmm, ah, please, maybe, perhaps, \
         possibly, probably, possible, could, can, would, should, will, you, we, i, i am, im, \
         id, ill, me, us, it, its, is, be, do, have, like, want, need, see, come, meet, book, \
         schedule, was, hoping, looking, okay, ok, yeah, yes, yep, sure, so, well, lets, let, \
         say, how, how about, what, what about, if, then, just, think, guess, good, great, \
         fine, best, better, works, work, ideally, preferably, there, thanks, thank, hi, a \
         second, one second, a moment, one moment, ish, - ish, sharp, exactly, or so, my, your, \
         local, anything, something, available, free, open, appointment, opening",
        Token::Filler,
    ),
    (
        "anything but, day but, time but, neither, nor, not, no, never, couldnt, wouldnt, \
         shouldnt, arent, except, without, cant, cannot, dont, doesnt, didnt, isnt, wont, \
         unless, other, christmas, xmas, easter, thanksgiving, holiday, holidays, eve, \
         birthday, labor, labour, memorial, spring, summer, autumn, winter, thousand, million",
        Token::Unsupported,
    ),
];
