//! Answers in XML (RFC 4918 section 13).

use crate::Malformed;
use quick_xml::events::{BytesRef, Event};
use quick_xml::name::ResolveResult;
use quick_xml::reader::NsReader;

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

/// Reads a `multistatus`, response by response, because a calendar may have many
/// members. Returns its `sync-token` (RFC 6578 section 6.2).
pub(super) fn read(
    body: &[u8],
    mut each: impl FnMut(Element),
) -> Result<Option<String>, Malformed> {
    let mut token = None;
    let mut is_multistatus = false;
    walk(body, |depth, element| match depth {
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
    walk(body, |depth, element| match depth {
        0 => is_error = element.is(Namespace::Dav, "error"),
        1 if found.is_none() => found = Some(element.name),
        _ => {}
    })
    .ok()?;
    found.filter(|_| is_error)
}

/// Passes each child of the root with its contents to `each`, then the root.
fn walk(body: &[u8], mut each: impl FnMut(usize, Element)) -> Result<(), Malformed> {
    let text = std::str::from_utf8(body).map_err(|_| malformed("not UTF-8"))?;
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
            Event::GeneralRef(reference) => push(&mut open, &character(&reference)?.to_string()),
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

fn character(reference: &BytesRef<'_>) -> Result<char, Malformed> {
    let unknown = || malformed("with an unknown entity");
    if let Some(character) = reference.resolve_char_ref().map_err(|_| unknown())? {
        return Ok(character);
    }
    match reference.xml10_content().as_ref() {
        "lt" => Ok('<'),
        "gt" => Ok('>'),
        "amp" => Ok('&'),
        "apos" => Ok('\''),
        "quot" => Ok('"'),
        _ => Err(unknown()),
    }
}

fn malformed(problem: &str) -> Malformed {
    Malformed(format!("the answer is not the XML that CalDAV describes: {problem}"))
}
