//! The wire form of an event: one element of `events`.

use crate::event::{Event, Span, When};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::borrow::Cow;

/// The wire form of an [`Event`]: one element of `events`.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Wire<'a> {
    #[serde(borrow)]
    pub(super) external_event_id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub(super) recurrence_id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub(super) recurrence_range: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub(super) title: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub(super) starts_at: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub(super) ends_at: Option<Cow<'a, str>>,
    pub(super) is_all_day: Option<bool>,
    #[serde(borrow)]
    pub(super) status: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub(super) transparency: Option<Cow<'a, str>>,
    pub(super) declined: Option<bool>,
    #[serde(borrow)]
    pub(super) recurrence: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub(super) timezone: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub(super) vtimezone: Option<Cow<'a, str>>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub(super) duration: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub(super) etag: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub(super) updated_at: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "is_zero")]
    pub(super) sequence: Option<i32>,
    #[serde(skip_serializing_if = "is_none_or_empty")]
    pub(super) repairs: Option<Vec<String>>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub(super) booking_id: Option<Cow<'a, str>>,
    #[serde(borrow, skip_serializing)]
    pub(super) raw: Option<&'a RawValue>,
}

/// The one value of `recurrence_range`.
pub(super) const THIS_AND_FUTURE: &str = "THISANDFUTURE";

fn is_zero(number: &Option<i32>) -> bool {
    number.is_none_or(|number| number == 0)
}

fn is_none_or_empty(list: &Option<Vec<String>>) -> bool {
    list.as_ref().is_none_or(Vec::is_empty)
}

impl<'a> From<&'a Event> for Wire<'a> {
    fn from(event: &'a Event) -> Self {
        let text = |value: &'a Option<String>| value.as_deref().map(Cow::Borrowed);
        let (start, end) = match event.span {
            Span::Dates(first, end) => (When::Date(first), When::Date(end)),
            Span::Times(interval) => (When::At(interval.start), When::At(interval.end)),
        };
        Self {
            external_event_id: Some(Cow::Borrowed(&event.external_event_id)),
            recurrence_id: event.recurrence_id.map(|id| Cow::Owned(id.to_string())),
            recurrence_range: event.this_and_future.then_some(Cow::Borrowed(THIS_AND_FUTURE)),
            title: text(&event.title),
            starts_at: Some(Cow::Owned(start.to_string())),
            ends_at: Some(Cow::Owned(end.to_string())),
            is_all_day: Some(event.span.is_all_day()),
            status: Some(Cow::Borrowed(event.status.as_str())),
            transparency: Some(Cow::Borrowed(event.transparency.as_str())),
            declined: Some(event.declined),
            recurrence: text(&event.recurrence),
            timezone: text(&event.timezone),
            vtimezone: text(&event.vtimezone),
            duration: event.duration.map(|duration| Cow::Owned(duration.to_string())),
            etag: text(&event.etag),
            updated_at: event.updated_at.map(|at| Cow::Owned(When::At(at).to_string())),
            sequence: Some(event.sequence),
            repairs: Some(event.repairs.clone()),
            booking_id: text(&event.booking_id),
            raw: None,
        }
    }
}
