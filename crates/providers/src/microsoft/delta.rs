//! A page of `calendarView/delta`.

use super::event::Wire;
use super::occurrence::{Master, Occurrence};
use super::read;
use crate::{Malformed, Owner, Rejected, lenient};
use engine::event::Event;
use serde::Deserialize;
use serde_json::value::RawValue;

/// Some of the events in the window, or of the changes there.
#[derive(Debug)]
pub struct DeltaPage {
    /// The items in Graph's order. Graph may repeat an item.
    pub items: Vec<Item>,
    /// The next request.
    pub link: Link,
}

/// One item of a delta.
#[derive(Debug)]
pub enum Item {
    /// A whole event.
    Event(Box<Event>),
    /// An occurrence unlike the rest of its series.
    Exception {
        /// The occurrence, as an event of its own.
        event: Box<Event>,
        /// The id of the master.
        series: String,
    },
    /// The stub of an occurrence.
    Occurrence(Box<Occurrence>),
    /// The master of a series. Its times are those of its first occurrence, which is an
    /// item of its own.
    Master {
        /// Its id.
        id: String,
        /// What its occurrences have in common, unless the master is a stub.
        master: Option<Master>,
    },
    /// An event that is gone.
    Removed {
        /// Its id.
        id: String,
        /// Whether it is certainly a single event. Most tombstones do not show whether they
        /// are for a whole series.
        is_single: bool,
    },
    /// An event that could not be understood.
    Rejected(Rejected),
}

/// The URL of the next request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Link {
    /// This pull has more pages, even if this page is empty.
    Next(String),
    /// This pull is complete. The next one starts with this URL.
    Delta(String),
}

#[derive(Deserialize)]
struct Page<'a> {
    #[serde(borrow)]
    value: Vec<&'a RawValue>,
    #[serde(rename = "@odata.nextLink")]
    next: Option<String>,
    #[serde(rename = "@odata.deltaLink")]
    delta: Option<String>,
}

/// What identifies a tombstone, and an item whose other members cannot be understood.
#[derive(Deserialize)]
struct Head<'a> {
    #[serde(default, deserialize_with = "lenient::value")]
    id: Option<String>,
    #[serde(rename = "@removed", borrow)]
    removed: Option<&'a RawValue>,
    #[serde(rename = "type", default, deserialize_with = "lenient::value")]
    kind: Option<String>,
}

/// Reads a page. A page without any link is not a whole answer.
pub fn read_delta(body: &[u8], owner: &Owner) -> Result<DeltaPage, Malformed> {
    let page: Page<'_> = read("the delta", body)?;
    let link = match (page.next, page.delta) {
        (Some(next), _) => Link::Next(next),
        (None, Some(delta)) => Link::Delta(delta),
        (None, None) => {
            return Err(Malformed("the delta has neither a next link nor a delta link".into()));
        }
    };
    let items = page.value.into_iter().filter(|item| item.get() != "null");
    let items = items.map(|item| read_item(item.get(), owner)).collect();
    Ok(DeltaPage { items, link })
}

fn read_item(json: &str, owner: &Owner) -> Item {
    let Ok(Head { id, removed, kind }) = serde_json::from_str(json) else {
        return rejected(None, None, "it is not an event");
    };
    let Some(id) = id else {
        return rejected(None, None, "it has no id");
    };
    if removed.is_some() {
        let is_single =
            matches!(kind.as_deref(), Some("singleInstance" | "occurrence" | "exception"));
        return Item::Removed { id, is_single };
    }
    let Ok(wire) = serde_json::from_str::<Wire>(json) else {
        return rejected(Some(id), None, "it is not an event");
    };
    if kind.as_deref() == Some("seriesMaster") {
        return Item::Master { id, master: Master::of(wire) };
    }
    match (kind.as_deref(), &wire.series_master_id) {
        (Some("occurrence"), Some(series)) => {
            Item::Occurrence(Box::new(Occurrence::new(series.clone(), wire)))
        }
        _ => {
            let title = wire.subject.clone();
            let series = wire.series_master_id.clone();
            match (wire.event(owner).map(Box::new), series) {
                (Ok(event), Some(series)) => Item::Exception { event, series },
                (Ok(event), None) => Item::Event(event),
                (Err(Malformed(reason)), _) => rejected(Some(id), title.as_deref(), &reason),
            }
        }
    }
}

fn rejected(id: Option<String>, title: Option<&str>, reason: &str) -> Item {
    Item::Rejected(Rejected::new(id, title, reason))
}
