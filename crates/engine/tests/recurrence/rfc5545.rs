//! Every example of RFC 5545 section 3.8.5.3, in `America/New_York` as there.

use crate::support::{civil, occurrences, series, zone};
use calendar_engine::Interval;
use calendar_engine::event::Span;
use calendar_engine::time::{Instant, local_to_instant};
use chrono::{NaiveDate, NaiveTime, TimeDelta};

/// What the RFC says, DTSTART, the properties, and the instances in the RFC's
/// notation. Those that end in `...` go on beyond the last one told.
const EXAMPLES: &[(&str, &str, &str, &str)] = &[
    (
        "Daily for 10 occurrences",
        "1997-09-02 09:00",
        "RRULE:FREQ=DAILY;COUNT=10",
        "1997 9:00 EDT Sep 2-11",
    ),
    (
        "Daily until December 24, 1997",
        "1997-09-02 09:00",
        "RRULE:FREQ=DAILY;UNTIL=19971224T000000Z",
        "1997 9:00 EDT Sep 2-30 Oct 1-25 EST Oct 26-31 Nov 1-30 Dec 1-23",
    ),
    (
        "Every other day, forever",
        "1997-09-02 09:00",
        "RRULE:FREQ=DAILY;INTERVAL=2",
        "1997 9:00 EDT Sep 2 4 6 8 10 12 14 16 18 20 22 24 26 28 30 \
         Oct 2 4 6 8 10 12 14 16 18 20 22 24 EST Oct 26 28 30 \
         Nov 1 3 5 7 9 11 13 15 17 19 21 23 25 27 29 Dec 1 3 ...",
    ),
    (
        "Every 10 days, 5 occurrences",
        "1997-09-02 09:00",
        "RRULE:FREQ=DAILY;INTERVAL=10;COUNT=5",
        "1997 9:00 EDT Sep 2 12 22 Oct 2 12",
    ),
    (
        "Every day in January, for 3 years",
        "1998-01-01 09:00",
        "RRULE:FREQ=YEARLY;UNTIL=20000131T140000Z;BYMONTH=1;BYDAY=SU,MO,TU,WE,TH,FR,SA",
        "1998 9:00 EST Jan 1-31 1999 Jan 1-31 2000 Jan 1-31",
    ),
    (
        "Every day in January, for 3 years (the same, daily)",
        "1998-01-01 09:00",
        "RRULE:FREQ=DAILY;UNTIL=20000131T140000Z;BYMONTH=1",
        "1998 9:00 EST Jan 1-31 1999 Jan 1-31 2000 Jan 1-31",
    ),
    (
        "Weekly for 10 occurrences",
        "1997-09-02 09:00",
        "RRULE:FREQ=WEEKLY;COUNT=10",
        "1997 9:00 EDT Sep 2 9 16 23 30 Oct 7 14 21 EST Oct 28 Nov 4",
    ),
    (
        "Weekly until December 24, 1997",
        "1997-09-02 09:00",
        "RRULE:FREQ=WEEKLY;UNTIL=19971224T000000Z",
        "1997 9:00 EDT Sep 2 9 16 23 30 Oct 7 14 21 EST Oct 28 Nov 4 11 18 25 Dec 2 9 16 23",
    ),
    (
        "Every other week, forever",
        "1997-09-02 09:00",
        "RRULE:FREQ=WEEKLY;INTERVAL=2;WKST=SU",
        "1997 9:00 EDT Sep 2 16 30 Oct 14 EST Oct 28 Nov 11 25 Dec 9 23 1998 Jan 6 20 Feb 3 17 ...",
    ),
    (
        "Weekly on Tuesday and Thursday for five weeks",
        "1997-09-02 09:00",
        "RRULE:FREQ=WEEKLY;UNTIL=19971007T000000Z;WKST=SU;BYDAY=TU,TH",
        "1997 9:00 EDT Sep 2 4 9 11 16 18 23 25 30 Oct 2",
    ),
    (
        "Weekly on Tuesday and Thursday for five weeks (the same, counted)",
        "1997-09-02 09:00",
        "RRULE:FREQ=WEEKLY;COUNT=10;WKST=SU;BYDAY=TU,TH",
        "1997 9:00 EDT Sep 2 4 9 11 16 18 23 25 30 Oct 2",
    ),
    (
        "Every other week on Monday, Wednesday, and Friday until December 24, 1997",
        "1997-09-01 09:00",
        "RRULE:FREQ=WEEKLY;INTERVAL=2;UNTIL=19971224T000000Z;WKST=SU;BYDAY=MO,WE,FR",
        "1997 9:00 EDT Sep 1 3 5 15 17 19 29 Oct 1 3 13 15 17 \
         EST Oct 27 29 31 Nov 10 12 14 24 26 28 Dec 8 10 12 22",
    ),
    (
        "Every other week on Tuesday and Thursday, for 8 occurrences",
        "1997-09-02 09:00",
        "RRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=8;WKST=SU;BYDAY=TU,TH",
        "1997 9:00 EDT Sep 2 4 16 18 30 Oct 2 14 16",
    ),
    (
        "Monthly on the first Friday for 10 occurrences",
        "1997-09-05 09:00",
        "RRULE:FREQ=MONTHLY;COUNT=10;BYDAY=1FR",
        "1997 9:00 EDT Sep 5 Oct 3 EST Nov 7 Dec 5 1998 Jan 2 Feb 6 Mar 6 Apr 3 EDT May 1 Jun 5",
    ),
    (
        "Monthly on the first Friday until December 24, 1997",
        "1997-09-05 09:00",
        "RRULE:FREQ=MONTHLY;UNTIL=19971224T000000Z;BYDAY=1FR",
        "1997 9:00 EDT Sep 5 Oct 3 EST Nov 7 Dec 5",
    ),
    (
        "Every other month on the first and last Sunday of the month for 10 occurrences",
        "1997-09-07 09:00",
        "RRULE:FREQ=MONTHLY;INTERVAL=2;COUNT=10;BYDAY=1SU,-1SU",
        "1997 9:00 EDT Sep 7 28 EST Nov 2 30 1998 Jan 4 25 Mar 1 29 EDT May 3 31",
    ),
    (
        "Monthly on the second-to-last Monday of the month for 6 months",
        "1997-09-22 09:00",
        "RRULE:FREQ=MONTHLY;COUNT=6;BYDAY=-2MO",
        "1997 9:00 EDT Sep 22 Oct 20 EST Nov 17 Dec 22 1998 Jan 19 Feb 16",
    ),
    (
        "Monthly on the third-to-the-last day of the month, forever",
        "1997-09-28 09:00",
        "RRULE:FREQ=MONTHLY;BYMONTHDAY=-3",
        "1997 9:00 EDT Sep 28 EST Oct 29 Nov 28 Dec 29 1998 Jan 29 Feb 26 ...",
    ),
    (
        "Monthly on the 2nd and 15th of the month for 10 occurrences",
        "1997-09-02 09:00",
        "RRULE:FREQ=MONTHLY;COUNT=10;BYMONTHDAY=2,15",
        "1997 9:00 EDT Sep 2 15 Oct 2 15 EST Nov 2 15 Dec 2 15 1998 Jan 2 15",
    ),
    (
        "Monthly on the first and last day of the month for 10 occurrences",
        "1997-09-30 09:00",
        "RRULE:FREQ=MONTHLY;COUNT=10;BYMONTHDAY=1,-1",
        "1997 9:00 EDT Sep 30 Oct 1 EST Oct 31 Nov 1 30 Dec 1 31 1998 Jan 1 31 Feb 1",
    ),
    (
        "Every 18 months on the 10th thru 15th of the month for 10 occurrences",
        "1997-09-10 09:00",
        "RRULE:FREQ=MONTHLY;INTERVAL=18;COUNT=10;BYMONTHDAY=10,11,12,13,14,15",
        "1997 9:00 EDT Sep 10-15 1999 EST Mar 10-13",
    ),
    (
        "Every Tuesday, every other month",
        "1997-09-02 09:00",
        "RRULE:FREQ=MONTHLY;INTERVAL=2;BYDAY=TU",
        "1997 9:00 EDT Sep 2 9 16 23 30 EST Nov 4 11 18 25 \
         1998 Jan 6 13 20 27 Mar 3 10 17 24 31 ...",
    ),
    (
        "Yearly in June and July for 10 occurrences",
        "1997-06-10 09:00",
        "RRULE:FREQ=YEARLY;COUNT=10;BYMONTH=6,7",
        "1997 9:00 EDT Jun 10 Jul 10 1998 Jun 10 Jul 10 1999 Jun 10 Jul 10 \
         2000 Jun 10 Jul 10 2001 Jun 10 Jul 10",
    ),
    (
        "Every other year on January, February, and March for 10 occurrences",
        "1997-03-10 09:00",
        "RRULE:FREQ=YEARLY;INTERVAL=2;COUNT=10;BYMONTH=1,2,3",
        "1997 9:00 EST Mar 10 1999 Jan 10 Feb 10 Mar 10 2001 Jan 10 Feb 10 Mar 10 \
         2003 Jan 10 Feb 10 Mar 10",
    ),
    (
        "Every third year on the 1st, 100th, and 200th day for 10 occurrences",
        "1997-01-01 09:00",
        "RRULE:FREQ=YEARLY;INTERVAL=3;COUNT=10;BYYEARDAY=1,100,200",
        "1997 9:00 EST Jan 1 EDT Apr 10 Jul 19 2000 EST Jan 1 EDT Apr 9 Jul 18 \
         2003 EST Jan 1 EDT Apr 10 Jul 19 2006 EST Jan 1",
    ),
    (
        "Every 20th Monday of the year, forever",
        "1997-05-19 09:00",
        "RRULE:FREQ=YEARLY;BYDAY=20MO",
        "1997 9:00 EDT May 19 1998 May 18 1999 May 17 ...",
    ),
    (
        "Monday of week number 20 (where the default start of the week is Monday), forever",
        "1997-05-12 09:00",
        "RRULE:FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO",
        "1997 9:00 EDT May 12 1998 May 11 1999 May 17 ...",
    ),
    (
        "Every Thursday in March, forever",
        "1997-03-13 09:00",
        "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=TH",
        "1997 9:00 EST Mar 13 20 27 1998 Mar 5 12 19 26 1999 Mar 4 11 18 25 ...",
    ),
    (
        "Every Thursday, but only during June, July, and August, forever",
        "1997-06-05 09:00",
        "RRULE:FREQ=YEARLY;BYDAY=TH;BYMONTH=6,7,8",
        "1997 9:00 EDT Jun 5 12 19 26 Jul 3 10 17 24 31 Aug 7 14 21 28 \
         1998 Jun 4 11 18 25 Jul 2 9 16 23 30 Aug 6 13 20 27 \
         1999 Jun 3 10 17 24 Jul 1 8 15 22 29 Aug 5 12 19 26 ...",
    ),
    (
        "Every Friday the 13th, forever",
        "1997-09-02 09:00",
        "EXDATE;TZID=America/New_York:19970902T090000\nRRULE:FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13",
        "1998 9:00 EST Feb 13 Mar 13 Nov 13 1999 EDT Aug 13 2000 Oct 13 ...",
    ),
    (
        "The first Saturday that follows the first Sunday of the month, forever",
        "1997-09-13 09:00",
        "RRULE:FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY=7,8,9,10,11,12,13",
        "1997 9:00 EDT Sep 13 Oct 11 EST Nov 8 Dec 13 1998 Jan 10 Feb 7 Mar 7 \
         EDT Apr 11 May 9 Jun 13 ...",
    ),
    (
        "Every 4 years, the first Tuesday after a Monday in November, forever",
        "1996-11-05 09:00",
        "RRULE:FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8",
        "1996 9:00 EST Nov 5 2000 Nov 7 2004 Nov 2 ...",
    ),
    (
        "The third instance into the month of one of Tuesday, Wednesday, or Thursday, \
         for the next 3 months",
        "1997-09-04 09:00",
        "RRULE:FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3",
        "1997 9:00 EDT Sep 4 Oct 7 EST Nov 6",
    ),
    (
        "The second-to-last weekday of the month",
        "1997-09-29 09:00",
        "RRULE:FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2",
        "1997 9:00 EDT Sep 29 EST Oct 30 Nov 27 Dec 30 1998 Jan 29 Feb 26 Mar 30 ...",
    ),
    (
        "Every 3 hours from 9:00 AM to 5:00 PM on a specific day (with the UNTIL of erratum 3883)",
        "1997-09-02 09:00",
        "RRULE:FREQ=HOURLY;INTERVAL=3;UNTIL=19970902T210000Z",
        "1997 EDT Sep 9:00 2 12:00 2 15:00 2",
    ),
    (
        "Every 3 hours (as printed: 17:00 UTC is 1:00 PM EDT, which the printed list forgets)",
        "1997-09-02 09:00",
        "RRULE:FREQ=HOURLY;INTERVAL=3;UNTIL=19970902T170000Z",
        "1997 EDT Sep 9:00 2 12:00 2",
    ),
    (
        "Every 15 minutes for 6 occurrences",
        "1997-09-02 09:00",
        "RRULE:FREQ=MINUTELY;INTERVAL=15;COUNT=6",
        "1997 EDT Sep 9:00 2 9:15 2 9:30 2 9:45 2 10:00 2 10:15 2",
    ),
    (
        "Every hour and a half for 4 occurrences",
        "1997-09-02 09:00",
        "RRULE:FREQ=MINUTELY;INTERVAL=90;COUNT=4",
        "1997 EDT Sep 9:00 2 10:30 2 12:00 2 13:30 2",
    ),
    (
        "Every 20 minutes from 9:00 AM to 4:40 PM every day",
        "1997-09-02 09:00",
        "RRULE:FREQ=DAILY;BYHOUR=9,10,11,12,13,14,15,16;BYMINUTE=0,20,40",
        EVERY_20_MINUTES,
    ),
    (
        "Every 20 minutes from 9:00 AM to 4:40 PM every day (the same, by minutes)",
        "1997-09-02 09:00",
        "RRULE:FREQ=MINUTELY;INTERVAL=20;BYHOUR=9,10,11,12,13,14,15,16",
        EVERY_20_MINUTES,
    ),
    (
        "Where the days generated makes a difference because of WKST (Monday)",
        "1997-08-05 09:00",
        "RRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO",
        "1997 9:00 EDT Aug 5 10 19 24",
    ),
    (
        "Where the days generated makes a difference because of WKST (Sunday)",
        "1997-08-05 09:00",
        "RRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU",
        "1997 9:00 EDT Aug 5 17 19 31",
    ),
    (
        "An invalid date (i.e., February 30) is ignored",
        "2007-01-15 09:00",
        "RRULE:FREQ=MONTHLY;BYMONTHDAY=15,30;COUNT=5",
        "2007 9:00 EST Jan 15 30 Feb 15 EDT Mar 15 30",
    ),
];

const EVERY_20_MINUTES: &str = "1997 EDT Sep 9:00 2 9:20 2 9:40 2 10:00 2 10:20 2 10:40 2 11:00 2 \
    11:20 2 11:40 2 12:00 2 12:20 2 12:40 2 13:00 2 13:20 2 13:40 2 14:00 2 14:20 2 14:40 2 \
    15:00 2 15:20 2 15:40 2 16:00 2 16:20 2 16:40 2 9:00 3 9:20 3 9:40 3 ...";

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Reads the notation of [`EXAMPLES`]: the last year, zone, month and time told
/// hold for each day that follows.
fn told(text: &str) -> Vec<Instant> {
    let (mut year, mut offset, mut month, mut time) = (0, 0, 0, NaiveTime::MIN);
    let mut instants = Vec::new();
    for word in text.split_whitespace().filter(|word| *word != "...") {
        if let Some(index) = MONTHS.iter().position(|month| *month == word) {
            month = u32::try_from(index).unwrap() + 1;
        } else if let Some((hour, minute)) = word.split_once(':') {
            time =
                NaiveTime::from_hms_opt(hour.parse().unwrap(), minute.parse().unwrap(), 0).unwrap();
        } else if word == "EDT" || word == "EST" {
            offset = if word == "EDT" { 4 } else { 5 };
        } else if word.len() == 4 && !word.contains('-') {
            year = word.parse().unwrap();
        } else {
            let (first, last) = word.split_once('-').unwrap_or((word, word));
            for day in first.parse().unwrap()..=last.parse().unwrap() {
                let local = NaiveDate::from_ymd_opt(year, month, day).unwrap().and_time(time);
                instants.push(Instant::from_utc(local + TimeDelta::hours(offset)));
            }
        }
    }
    instants
}

#[test]
fn every_example_gives_the_instances_told() {
    let new_york = zone("America/New_York");
    for (name, start, lines, instances) in EXAMPLES {
        let start = local_to_instant(&new_york, civil(start));
        let span = Span::Times(Interval::new(start, start.plus_minutes(30)));
        let want = told(instances);
        let last = *want.last().unwrap();
        // What ends is watched for ten years; what goes on, up to its last told.
        let days = if instances.ends_with("...") { 0 } else { 3653 };
        let range = Interval::new(start, last + TimeDelta::days(days) + TimeDelta::seconds(1));
        let series = series(&new_york, span, lines);
        let found: Vec<_> = occurrences(&series, range)
            .unwrap()
            .iter()
            .map(|occurrence| {
                let interval = occurrence.interval;
                assert_eq!(interval.end, interval.start.plus_minutes(30), "{name}");
                interval.start
            })
            .collect();
        let show = |instants: &[Instant]| instants.iter().map(|i| i.utc()).collect::<Vec<_>>();
        assert_eq!(show(&found), show(&want), "{name}: {lines}");
    }
}

#[test]
fn the_notation_says_what_it_seems_to() {
    let text = "1997 9:00 EDT Sep 2-3 EST Oct 26 1998 15:30 Jan 6";
    let want = ["1997-09-02 13:00", "1997-09-03 13:00", "1997-10-26 14:00", "1998-01-06 20:30"];
    assert_eq!(told(text), want.map(|text| Instant::from_utc(civil(text))));
}
