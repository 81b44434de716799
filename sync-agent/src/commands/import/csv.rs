//! Brokers in a CSV file (RFC 4180): what its lines say.

use engine::error::quoted;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A line that cannot be imported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The line, from 1.
    pub line: u64,
    /// What is wrong with it; no secret.
    pub problem: String,
}

/// A line of the file: a broker, and an account if it names a provider.
#[derive(Debug)]
pub struct Row {
    /// The number of the line, from 1.
    pub line: u64,
    /// The broker.
    pub broker: Broker,
    /// Weekly open time. If empty, the database uses its default hours.
    pub hours: Vec<Hours>,
    /// What the account is called.
    pub account_name: Option<String>,
    /// How to reach it; none = no account.
    pub account: Option<Account>,
}

/// A broker, as `calendar.import_brokers` takes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[allow(missing_docs, reason = "as the columns of calendar.brokers")]
pub struct Broker {
    pub external_id: Option<String>,
    pub name: String,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub timezone: String,
}

/// Open time on a weekday, as `calendar.import_brokers` takes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Hours {
    /// 1 = Monday … 7 = Sunday.
    pub weekday: u8,
    /// HH:MM.
    pub start_local: String,
    /// HH:MM, up to 24:00.
    pub end_local: String,
}

/// An account at a provider.
#[derive(Debug)]
#[allow(missing_docs, reason = "as the columns of the file")]
pub enum Account {
    Caldav { url: String, username: String, password: SecretString },
    Ics { url: String },
    Google { refresh_token: SecretString },
    Microsoft { refresh_token: SecretString },
    Ghl { location: String, token: SecretString },
}

/// The names of [`Columns`].
const COLUMNS: [&str; 14] = [
    "name",
    "timezone",
    "external_id",
    "email",
    "phone",
    "hours",
    "provider",
    "account_name",
    "url",
    "username",
    "password",
    "refresh_token",
    "location",
    "token",
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Columns {
    name: Option<String>,
    timezone: Option<String>,
    external_id: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    hours: Option<String>,
    provider: Option<String>,
    account_name: Option<String>,
    url: Option<String>,
    username: Option<String>,
    password: Option<SecretString>,
    refresh_token: Option<SecretString>,
    location: Option<String>,
    token: Option<SecretString>,
}

/// Reads a file: all of it, or everything that is wrong with it.
pub fn read(csv: &[u8]) -> Result<Vec<Row>, Vec<Problem>> {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(csv);
    let (mut rows, mut problems) = (Vec::new(), Vec::new());
    let head = match reader.headers() {
        Ok(head) => head.clone(),
        Err(error) => return Err(vec![unreadable(&error)]),
    };
    check_head(&head).map_err(|problem| vec![Problem { line: 1, problem }])?;
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                problems.push(unreadable(&error));
                continue;
            }
        };
        let line = record.position().map_or(0, csv::Position::line);
        match record.deserialize(Some(&head)).map_err(|e| about(&e)).and_then(|c| row(line, c)) {
            Ok(row) => rows.push(row),
            Err(problem) => problems.push(Problem { line, problem }),
        }
    }
    if rows.is_empty() && problems.is_empty() {
        problems.push(Problem { line: 1, problem: "the file contains no broker".into() });
    }
    if problems.is_empty() { Ok(rows) } else { Err(problems) }
}

fn check_head(head: &csv::StringRecord) -> Result<(), String> {
    for (at, name) in head.iter().enumerate() {
        if !COLUMNS.contains(&name) {
            let columns = COLUMNS.join(", ");
            return Err(format!("{} is not a column; the columns are {columns}", quoted(name)));
        }
        if head.iter().take(at).any(|other| other == name) {
            return Err(format!("column {name} is there twice"));
        }
    }
    Ok(())
}

fn row(line: u64, columns: Columns) -> Result<Row, String> {
    let account = account(&columns)?;
    Ok(Row {
        line,
        hours: columns.hours.as_deref().map(hours).transpose()?.unwrap_or_default(),
        account_name: columns.account_name,
        account,
        broker: Broker {
            external_id: columns.external_id,
            name: columns.name.ok_or("name is missing")?,
            email: columns.email,
            phone: columns.phone,
            timezone: columns.timezone.ok_or("timezone is missing")?,
        },
    })
}

fn account(columns: &Columns) -> Result<Option<Account>, String> {
    let Some(provider) = &columns.provider else {
        return Ok(None);
    };
    fn need<T: Clone>(value: &Option<T>, provider: &str, name: &str) -> Result<T, String> {
        value.clone().ok_or_else(|| format!("provider {provider} needs {name}"))
    }
    let text = |value: &Option<String>, name| need(value, provider, name);
    let secret = |value: &Option<SecretString>, name| need(value, provider, name);
    Ok(Some(match provider.as_str() {
        "caldav" => Account::Caldav {
            url: text(&columns.url, "url")?,
            username: text(&columns.username, "username")?,
            password: secret(&columns.password, "password")?,
        },
        "ics" => Account::Ics { url: text(&columns.url, "url")? },
        "google" => {
            Account::Google { refresh_token: secret(&columns.refresh_token, "refresh_token")? }
        }
        "microsoft" => {
            Account::Microsoft { refresh_token: secret(&columns.refresh_token, "refresh_token")? }
        }
        "ghl" => Account::Ghl {
            location: text(&columns.location, "location")?,
            token: secret(&columns.token, "token")?,
        },
        _ => return Err("provider must be google, microsoft, caldav, ics, ghl or empty".into()),
    }))
}

/// `mon-fri 09:00-12:00 13:00-17:00; sat 10:00-12:00`.
fn hours(text: &str) -> Result<Vec<Hours>, String> {
    let mut hours = Vec::new();
    for group in text.split(';').map(str::trim).filter(|group| !group.is_empty()) {
        let mut words = group.split_whitespace();
        let days = weekdays(words.next().unwrap_or_default())?;
        let spans = words.map(span).collect::<Result<Vec<_>, _>>()?;
        if spans.is_empty() {
            return Err(format!("hours: {group:?} has no times, such as 09:00-17:00"));
        }
        for weekday in days {
            hours.extend(spans.iter().map(|(start, end)| Hours {
                weekday,
                start_local: start.clone(),
                end_local: end.clone(),
            }));
        }
    }
    Ok(hours)
}

/// `mon`, `mon-fri`, `mon,wed`, `fri-mon`.
fn weekdays(text: &str) -> Result<Vec<u8>, String> {
    const NAMES: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let number = |name: &str| {
        NAMES
            .iter()
            .zip(1..)
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, number)| number)
            .ok_or_else(|| format!("hours: {name:?} must be one of {}", NAMES.join(", ")))
    };
    let mut days = Vec::new();
    for part in text.split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (first, last) = (number(first)?, number(last)?);
        let count = (last + 7 - first) % 7;
        days.extend((0..=count).map(|n| (first - 1 + n) % 7 + 1));
    }
    Ok(days)
}

fn span(text: &str) -> Result<(String, String), String> {
    let wrong = || format!("hours: {text:?} must be two times, such as 09:00-17:00");
    let minutes = |text: &str| -> Option<u16> {
        let (hour, minute) = text.split_once(':')?;
        let is_number =
            |s: &str| (1..=2).contains(&s.len()) && s.bytes().all(|b| b.is_ascii_digit());
        if !is_number(hour) || !is_number(minute) || minute.len() != 2 {
            return None;
        }
        let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
        (minute < 60 && hour * 60 + minute <= 24 * 60).then_some(hour * 60 + minute)
    };
    let (start, end) = text.split_once('-').ok_or_else(wrong)?;
    let (start, end) = (minutes(start).ok_or_else(wrong)?, minutes(end).ok_or_else(wrong)?);
    if start >= end {
        return Err(format!(
            "hours: {text:?} ends before it begins; write hours that pass midnight as two ranges"
        ));
    }
    let time = |minutes: u16| format!("{:02}:{:02}", minutes / 60, minutes % 60);
    Ok((time(start), time(end)))
}

fn about(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::Deserialize { err, .. } => err.to_string(),
        _ => unreadable(error).problem,
    }
}

/// Reports where the file cannot be read, and never repeats its contents.
fn unreadable(error: &csv::Error) -> Problem {
    let line = error.position().map_or(1, csv::Position::line);
    let problem = match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("the line has {len} fields, but the first line has {expected_len}")
        }
        csv::ErrorKind::Utf8 { .. } => "the text is not valid UTF-8".into(),
        _ => "the line is not valid CSV".into(),
    };
    Problem { line, problem }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.problem)
    }
}
