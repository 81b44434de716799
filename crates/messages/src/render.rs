//! One notification as an e-mail or an SMS.

use crate::notification::{Booking, Kind, Notification, Recipient};
use crate::templates::{HTML, TEXT, message};
use crate::value::{isolated, lines, one_line, shorten, tidy};
use crate::{Error, Links, Moment, Result, Templates, sms};
use chrono::{DateTime, Utc};
use engine::time::{Instant, Zone};
use serde::Serialize;
use serde_json::{Value, json};

/// How long what people have written may be in an SMS, in characters.
const SHORT: usize = 40;

/// How many lines of a booking's notes are shown.
const NOTES: usize = 50;

/// The longest SMS that Twilio takes.
const LONGEST_SMS: usize = 1600;

/// An e-mail, without its headers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Email {
    /// One line.
    pub subject: String,
    /// Plain text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
    /// Where a POST ends reminders (RFC 8058).
    pub unsubscribe: Option<String>,
}

/// A line of the table of an e-mail.
#[derive(Debug, Serialize)]
struct Row {
    label: String,
    value: String,
    lines: Vec<String>,
    url: Option<String>,
}

#[derive(Debug, Serialize)]
struct Choice {
    text: String,
    url: Option<String>,
}

#[derive(Debug, Serialize)]
struct Action {
    label: String,
    url: String,
}

impl Templates {
    /// A notification as an e-mail.
    pub fn email(&self, notification: &Notification, links: &Links) -> Result<Email> {
        let page = Page::new(self, notification, links)?;
        let context = page.context(&|text| isolated(&one_line(text)));
        let subject = tidy(&page.part("subject", &context)?);
        let text = page.part("text", &context)?;
        let paragraphs: Vec<String> =
            text.lines().map(tidy).filter(|paragraph| !paragraph.is_empty()).collect();
        let unsubscribe =
            notification.unsubscribe.as_deref().and_then(|token| links.unsubscribe(token));
        let direction = if is_right_to_left(page.language) { "rtl" } else { "ltr" };
        let context = json!({
            "locale": page.language,
            "direction": direction,
            "words": page.words,
            "subject": subject.as_str(),
            "paragraphs": paragraphs,
            "rows": page.rows()?,
            "alternatives": page.alternatives()?,
            "actions": page.actions(),
            "unsubscribe": unsubscribe.as_deref(),
        });
        Ok(Email {
            text: self.render(TEXT, &context)?,
            html: self.render(HTML, &context)?,
            subject,
            unsubscribe,
        })
    }

    /// A notification as a text message.
    pub fn sms(&self, notification: &Notification, links: &Links) -> Result<String> {
        let page = Page::new(self, notification, links)?;
        let context = page.context(&|text| shorten(&one_line(text), SHORT));
        let text = sms::fit(&tidy(&page.part("sms", &context)?));
        if text.encode_utf16().count() > LONGEST_SMS {
            return Err(Error::Notification("it is too long for an SMS".into()));
        }
        Ok(text)
    }
}

/// What is known of a message before it is written.
struct Page<'a> {
    templates: &'a Templates,
    notification: &'a Notification,
    links: &'a Links,
    language: &'a str,
    words: &'a Value,
    when: Option<Moment>,
    was: Option<Moment>,
    since: Option<Moment>,
}

impl<'a> Page<'a> {
    fn new(
        templates: &'a Templates,
        notification: &'a Notification,
        links: &'a Links,
    ) -> Result<Self> {
        let language = templates.language(&notification.locale);
        let mut page = Self {
            templates,
            notification,
            links,
            language,
            words: templates.words(language),
            when: None,
            was: None,
            since: None,
        };
        let booking = notification.booking.as_ref();
        page.when = page.moment(booking.map(|booking| booking.start))?;
        page.was = page.moment(notification.previous.map(|span| span.start))?;
        page.since = page.moment(notification.alert.as_ref().and_then(|alert| alert.since))?;
        Ok(page)
    }

    fn moment(&self, at: Option<DateTime<Utc>>) -> Result<Option<Moment>> {
        at.map(|at| self.in_zone(at, &self.notification.timezone)).transpose()
    }

    /// An instant for the recipient, in a zone. The language of the message has dates as well.
    fn in_zone(&self, at: DateTime<Utc>, zone: &str) -> Result<Moment> {
        let zone = Zone::iana(zone).unwrap_or(Zone::UTC);
        let locale = &self.notification.locale;
        let has_language = self.language != "en" || locale.starts_with("en");
        let locale = if has_language { locale.as_str() } else { self.language };
        Moment::new(Instant(at.timestamp_micros()), &zone, locale)
    }

    fn part(&self, part: &str, context: &Value) -> Result<String> {
        let Notification { kind, recipient, .. } = self.notification;
        if !kind.recipients().contains(recipient) {
            let (kind, recipient) = (kind.name(), recipient.name());
            return Err(Error::Notification(format!("a {recipient} gets no {kind}")));
        }
        self.templates.render(&message(self.language, *kind, *recipient, part), context)
    }

    /// What the templates of messages see; `shown` makes what people have written safe.
    fn context(&self, shown: &dyn Fn(&str) -> String) -> Value {
        let Notification { broker, lead, booking, account, request, alert, unwritten, .. } =
            self.notification;
        let shown = |text: Option<&str>| text.map(shown).filter(|text| !text.is_empty());
        let title = shown(title(booking.as_ref()));
        let title = title.unwrap_or_else(|| self.word("untitled"));
        let lead = lead.as_ref();
        let account_name = account.as_ref().and_then(|account| account.display_name.as_deref());
        let provider = account.as_ref().map(|account| account.provider.as_str());
        let provider =
            provider.or_else(|| unwritten.as_ref().and_then(|at| at.provider.as_deref()));
        let problem = alert.as_ref().map(|alert| {
            let problem = alert.problem.as_deref().filter(|problem| !problem.trim().is_empty());
            problem.unwrap_or(&alert.key)
        });
        json!({
            "words": self.words,
            "title": title,
            "broker": shown(broker.as_ref().map(|broker| broker.name.as_str())).unwrap_or_default(),
            "lead": shown(lead.and_then(|lead| lead.name.as_deref())),
            "lead_id": shown(lead.and_then(|lead| lead.id.as_deref())),
            "lead_phone": shown(lead.and_then(|lead| lead.phone.as_deref())),
            "lead_email": shown(lead.and_then(|lead| lead.email.as_deref())),
            "when": self.when.as_ref().map(|when| when.long.as_str()),
            "when_short": self.when.as_ref().map(|when| when.short.as_str()),
            "was": self.was.as_ref().map(|was| was.long.as_str()),
            "was_short": self.was.as_ref().map(|was| was.short.as_str()),
            "requested": shown(request.as_ref().and_then(|said| said.requested_time.as_deref())),
            "manage": self.manage(),
            "book": self.book(),
            "connect": self.links.connections.as_ref().map(url::Url::as_str),
            "provider": provider.map(provider_name).unwrap_or_default(),
            "account": shown(account_name),
            "alert": shown(problem).unwrap_or_default(),
            "since": self.since.as_ref().map(|since| since.long.as_str()),
        })
    }

    fn word(&self, name: &str) -> String {
        self.words.get(name).and_then(Value::as_str).unwrap_or_default().into()
    }

    fn manage(&self) -> Option<String> {
        let manage = self.notification.manage.as_ref().filter(|manage| manage.can_change)?;
        self.links.manage(&manage.token)
    }

    fn book(&self) -> Option<String> {
        self.links.page(self.notification.rebook.as_ref()?.page.as_deref()?)
    }

    fn rows(&self) -> Result<Vec<Row>> {
        let Notification { kind, recipient, booking, request, account, unwritten, .. } =
            self.notification;
        let mut rows = Vec::new();
        let mut add = |label: &str, text: Option<&str>| {
            let row = text.and_then(|text| Row::new(self.word(label), text));
            rows.extend(row);
        };
        add("untitled", title(booking.as_ref()));
        add("when", self.when.as_ref().map(|when| when.long.as_str()));
        add("before", self.was.as_ref().map(|was| was.long.as_str()));
        add("requested", request.as_ref().and_then(|said| said.requested_time.as_deref()));
        let broker = self.notification.broker.as_ref();
        let lead = self.notification.lead.as_ref();
        match recipient {
            Recipient::Lead => {
                add("broker", broker.map(|broker| broker.name.as_str()));
                add("phone", broker.and_then(|broker| broker.phone.as_deref()));
            }
            Recipient::Broker if booking.is_some() || request.is_some() => {
                add("lead", lead.and_then(|lead| lead.name.as_deref()));
                add("phone", lead.and_then(|lead| lead.phone.as_deref()));
                add("email", lead.and_then(|lead| lead.email.as_deref()));
                add("reference", lead.and_then(|lead| lead.id.as_deref()));
            }
            Recipient::Broker | Recipient::Operator => {}
        }
        if let Some(booking) = booking {
            add("place", booking.location.as_deref());
            add("notes", booking.notes.as_deref());
            if matches!(kind, Kind::Cancelled | Kind::Declined) {
                add("reason", booking.cancel_reason.as_deref());
            }
        }
        add("reason", request.as_ref().and_then(|said| said.reason.as_deref()));
        // What a provider reports is for those who look after the system.
        if *recipient != Recipient::Lead {
            let problem = account.as_ref().and_then(|account| account.problem.as_deref());
            add("reason", problem);
            add("reason", unwritten.as_ref().and_then(|at| at.problem.as_deref()));
        }
        let meets = booking.as_ref().and_then(|booking| booking.meeting_link.as_deref());
        rows.extend(meets.and_then(|url| Row::link(self.word("place"), url)));
        if let Some(row) = self.other_zone()? {
            let at = rows.iter().position(|row| row.label == self.word("when"));
            rows.insert(at.map_or(0, |at| at + 1), row);
        }
        Ok(rows)
    }

    /// The time as the other party reads it.
    fn other_zone(&self) -> Result<Option<Row>> {
        let Notification { recipient, booking, broker, lead, other_timezone, .. } =
            self.notification;
        let (Some(booking), Some(zone)) = (booking, other_timezone) else { return Ok(None) };
        let name = match recipient {
            Recipient::Lead => broker.as_ref().map(|broker| broker.name.clone()),
            _ => lead.as_ref().and_then(|lead| lead.name.clone()),
        };
        let name = name.map(|name| isolated(&one_line(&name)));
        let name = name.unwrap_or_else(|| self.word("unnamed"));
        let name_of = format!("{}.toml: words.other_zone", self.language);
        let label = self.templates.render(&name_of, &json!({"name": name}))?;
        let at = self.in_zone(booking.start, zone)?;
        Ok(Row::new(label, &at.long))
    }

    /// The nearest free times, for leads.
    fn alternatives(&self) -> Result<Vec<Choice>> {
        let Some(rebook) = &self.notification.rebook else { return Ok(Vec::new()) };
        let url = self.book();
        let each = rebook.alternatives.iter().map(|span| {
            let at = self.in_zone(span.start, &self.notification.timezone)?;
            Ok(Choice { text: at.long, url: url.clone() })
        });
        each.collect()
    }

    fn actions(&self) -> Vec<Action> {
        let connects = matches!(self.notification.kind, Kind::NeedsReconnect | Kind::SyncFailing);
        let connections = self.links.connections.as_ref().filter(|_| connects);
        let actions = [
            ("manage", self.manage()),
            ("book", self.book()),
            ("connect", connections.map(|url| url.as_str().to_owned())),
        ];
        let actions = actions.into_iter().filter_map(|(label, url)| Some((label, url?)));
        actions.map(|(label, url)| Action { label: self.word(label), url }).collect()
    }
}

impl Row {
    fn new(label: String, text: &str) -> Option<Self> {
        let lines = lines(text, NOTES);
        (!lines.is_empty()).then(|| Self { label, value: lines.join(" "), lines, url: None })
    }

    /// A link, if it is one that a browser opens without harm.
    fn link(label: String, text: &str) -> Option<Self> {
        let row = Self::new(label, text)?;
        let url = url::Url::parse(&row.value).ok();
        let url = url.filter(|url| matches!(url.scheme(), "https" | "http")).map(Into::into);
        Some(Self { url, ..row })
    }
}

/// What people call a booking; none = it has no title.
fn title(booking: Option<&Booking>) -> Option<&str> {
    booking.filter(|booking| booking.has_title)?.title.as_deref()
}

fn provider_name(provider: &str) -> &str {
    match provider {
        "google" => "Google",
        "microsoft" => "Microsoft",
        "caldav" => "CalDAV",
        "ics" => "iCalendar",
        "ghl" => "GoHighLevel",
        other => other,
    }
}

fn is_right_to_left(language: &str) -> bool {
    let language = language.split('-').next().unwrap_or_default();
    matches!(language, "ar" | "dv" | "fa" | "he" | "ku" | "ps" | "sd" | "ug" | "ur" | "yi")
}
