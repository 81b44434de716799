//! Answers in XML (RFC 4918 section 13).

use crate::Malformed;
use quick_xml::events::{BytesRef, Event};
use quick_xml::name::ResolveResult;
use quick_xml::reader::NsReader;
use std::borrow::Cow;

/// How deep elements may be nested. Answers need less than ten levels.
const MAX_DEPTH: usize = 50;

/// The namespaces of the elements that are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Namespace {
    /// `DAV:`
    Dav,
    /// `urn:ietf:params:xml:ns:caldav`
    CalDav,
    /// `http://calendarserver.org/ns/`
    CalendarServer,
    Other,
}

/// An element with its contents.
#[derive(Debug)]
pub(super) struct Element {
    namespace: Namespace,
    name: String,
    text: String,
    children: Vec<Self>,
    attributes: Vec<(String, String)>,
}

impl Element {
    pub(super) fn is(&self, namespace: Namespace, name: &str) -> bool {
        self.namespace == namespace && self.name == name
    }

    /// The children of this name.
    pub(super) fn all(&self, namespace: Namespace, name: &str) -> impl Iterator<Item = &Self> {
        self.children.iter().filter(move |child| child.is(namespace, name))
    }

    /// The first child of this name.
    pub(super) fn child(&self, namespace: Namespace, name: &str) -> Option<&Self> {
        self.all(namespace, name).next()
    }

    pub(super) fn children(&self) -> &[Self] {
        &self.children
    }

    /// Its text without surrounding white space; `None` if it is empty.
    pub(super) fn text(&self) -> Option<&str> {
        Some(self.text.trim()).filter(|text| !text.is_empty())
    }

    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// `href` in it.
    pub(super) fn href(&self) -> Option<&str> {
        self.child(Namespace::Dav, "href")?.text()
    }

    /// The number in `status` in it.
    pub(super) fn status(&self) -> Option<u16> {
        self.child(Namespace::Dav, "status")?.text()?.split_whitespace().nth(1)?.parse().ok()
    }

    /// The properties of a `response`.
    pub(super) fn properties(&self) -> impl Iterator<Item = &Self> {
        self.all(Namespace::Dav, "propstat")
            .filter(|propstat| propstat.status().is_none_or(|status| status / 100 == 2))
            .filter_map(|propstat| propstat.child(Namespace::Dav, "prop"))
            .flat_map(Self::children)
    }

    /// A property of a `response`.
    pub(super) fn property(&self, namespace: Namespace, name: &str) -> Option<&Self> {
        self.properties().find(|property| property.is(namespace, name))
    }

    /// The status with which a `response` refuses a property.
    pub(super) fn refusal(&self, namespace: Namespace, name: &str) -> Option<u16> {
        self.all(Namespace::Dav, "propstat")
            .filter(|propstat| {
                let prop = propstat.child(Namespace::Dav, "prop");
                prop.is_some_and(|prop| prop.child(namespace, name).is_some())
            })
            .find_map(|propstat| propstat.status().filter(|status| status / 100 != 2))
    }

    /// Takes the text of a property out of a `response`.
    pub(super) fn take_text(&mut self, namespace: Namespace, name: &str) -> Option<String> {
        self.children
            .iter_mut()
            .filter(|child| child.is(Namespace::Dav, "propstat"))
            .filter(|propstat| propstat.status().is_none_or(|status| status / 100 == 2))
            .flat_map(|propstat| &mut propstat.children)
            .flat_map(|prop| &mut prop.children)
            .find(|property| property.is(namespace, name))
            .map(|property| std::mem::take(&mut property.text))
            .filter(|text| !text.is_empty())
    }
}

/// What to do with characters that no XML may contain, and entities that are not declared: bodies
/// of other people's making contain them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Odd {
    /// The answer is malformed: what one event says must not garble the others.
    Refuse,
    /// They are replaced: only what a server says of itself is looked for.
    Replace,
}

/// Reads a `multistatus`, response by response, because a calendar may have many
/// members. Returns its `sync-token` (RFC 6578 section 6.2).
pub(super) fn read(body: &[u8], each: impl FnMut(Element)) -> Result<Option<String>, Malformed> {
    read_with(body, Odd::Refuse, each)
}

/// [`read`] for answers in which names alone can be odd.
pub(super) fn read_leniently(
    body: &[u8],
    each: impl FnMut(Element),
) -> Result<Option<String>, Malformed> {
    read_with(body, Odd::Replace, each)
}

fn read_with(
    body: &[u8],
    odd: Odd,
    mut each: impl FnMut(Element),
) -> Result<Option<String>, Malformed> {
    let mut token = None;
    let mut is_multistatus = false;
    walk(body, odd, |depth, element| match depth {
        0 => is_multistatus = element.is(Namespace::Dav, "multistatus"),
        1 if element.is(Namespace::Dav, "response") => each(element),
        1 if element.is(Namespace::Dav, "sync-token") => token = element.text().map(str::to_owned),
        _ => {}
    })?;
    if is_multistatus { Ok(token) } else { Err(malformed("no multistatus")) }
}

/// The problem that a refusal's body names: the name of a precondition (RFC 4918 section
/// 16), such as `no-uid-conflict`.
pub fn problem(body: &[u8]) -> Option<String> {
    let mut found = None;
    let mut is_error = false;
    walk(body, Odd::Replace, |depth, element| match depth {
        0 => is_error = element.is(Namespace::Dav, "error"),
        1 if found.is_none() => found = Some(element.name),
        _ => {}
    })
    .ok()?;
    found.filter(|_| is_error)
}

/// Passes each child of the root with its contents to `each`, then the root.
fn walk(body: &[u8], odd: Odd, mut each: impl FnMut(usize, Element)) -> Result<(), Malformed> {
    let text = decode(body, odd)?;
    let mut reader = NsReader::from_str(text.trim_start_matches('\u{FEFF}').trim_start());
    let mut open: Vec<Element> = Vec::new();
    let mut is_whole = false;
    loop {
        let (resolved, event) =
            reader.read_resolved_event().map_err(|error| malformed(&error.to_string()))?;
        let mut ended = None;
        match event {
            Event::Start(ref start) | Event::Empty(ref start) => {
                if open.len() == MAX_DEPTH || is_whole {
                    return Err(malformed("too deep, or with more than one root"));
                }
                let element = Element {
                    namespace: namespace(&resolved),
                    name: start.local_name().as_ref().to_owned(),
                    text: String::new(),
                    children: Vec::new(),
                    attributes: attributes(start)?,
                };
                match event {
                    Event::Empty(_) => ended = Some(element),
                    _ => open.push(element),
                }
            }
            Event::End(_) => ended = open.pop(),
            Event::Text(text) => push(&mut open, &text.xml10_content()),
            Event::CData(text) => push(&mut open, &text.xml10_content()),
            Event::GeneralRef(reference) => {
                // Nothing but names and texts in properties can be odd.
                let odd = if open.len() > 2 { odd } else { Odd::Refuse };
                push(&mut open, &resolve(&reference, odd)?);
            }
            // Entities of one's own can make a small text endless.
            Event::DocType(_) => return Err(malformed("with a document type")),
            Event::Eof => break,
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
        }
        let Some(element) = ended else { continue };
        match open.as_mut_slice() {
            [] => {
                each(0, element);
                is_whole = true;
            }
            [_] => each(1, element),
            [.., parent] => parent.children.push(element),
        }
    }
    if is_whole { Ok(()) } else { Err(malformed("broken off")) }
}

fn namespace(resolved: &ResolveResult<'_>) -> Namespace {
    let ResolveResult::Bound(namespace) = resolved else { return Namespace::Other };
    match namespace.as_ref() {
        "DAV:" => Namespace::Dav,
        "urn:ietf:params:xml:ns:caldav" => Namespace::CalDav,
        "http://calendarserver.org/ns/" => Namespace::CalendarServer,
        _ => Namespace::Other,
    }
}

fn attributes(
    start: &quick_xml::events::BytesStart<'_>,
) -> Result<Vec<(String, String)>, Malformed> {
    let mut found = Vec::new();
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|error| malformed(&error.to_string()))?;
        let name = attribute.key.as_ref();
        if name != "xmlns" && !name.starts_with("xmlns:") {
            found.push((name.to_owned(), attribute.value.into_owned()));
        }
    }
    Ok(found)
}

fn push(open: &mut [Element], text: &str) {
    if let Some(element) = open.last_mut() {
        element.text.push_str(text);
    }
}

/// The text of an answer.
fn decode(body: &[u8], odd: Odd) -> Result<Cow<'_, str>, Malformed> {
    match odd {
        Odd::Replace => Ok(String::from_utf8_lossy(body)),
        Odd::Refuse => {
            std::str::from_utf8(body).map(Cow::Borrowed).map_err(|_| malformed("not UTF-8"))
        }
    }
}

/// The text that a reference means.
fn resolve(reference: &BytesRef<'_>, odd: Odd) -> Result<String, Malformed> {
    let name = reference.xml10_content();
    let known = match reference.resolve_char_ref() {
        Ok(Some(character)) => Some(character),
        Err(_) => None,
        Ok(None) => match name.as_ref() {
            "lt" => Some('<'),
            "gt" => Some('>'),
            "amp" => Some('&'),
            "apos" => Some('\''),
            "quot" => Some('"'),
            _ => None,
        },
    };
    match (known, odd) {
        (Some(character), _) => Ok(character.to_string()),
        (None, Odd::Replace) => Ok(char::REPLACEMENT_CHARACTER.to_string()),
        (None, Odd::Refuse) => Err(malformed("with an unknown entity")),
    }
}

fn malformed(problem: &str) -> Malformed {
    Malformed(format!("the answer is not the XML that CalDAV describes: {problem}"))
}
