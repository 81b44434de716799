//! REPORT: multiget, query and sync-collection.

use super::State;
use super::collection::Collection;
use super::component;
use super::path::{Place, href, place};
use super::properties::{CALDAV, DAV, Multistatus, Resource, asked, error};
use axum::http::StatusCode;
use axum::response::Response;
use roxmltree::Node;

pub(super) fn report(
    state: &State,
    name: &str,
    calendar: &Collection,
    root: Node<'_, '_>,
) -> Response {
    let tag = root.tag_name();
    match (tag.namespace(), tag.name()) {
        (Some(CALDAV), "calendar-multiget") => multiget(state, name, calendar, root),
        (Some(CALDAV), "calendar-query") => query(state, name, calendar, root),
        (Some(DAV), "sync-collection") if state.knobs.sync_collection => {
            changes(state, name, calendar, root)
        }
        _ => error(StatusCode::FORBIDDEN, "supported-report"),
    }
}

fn multiget(state: &State, name: &str, calendar: &Collection, root: Node<'_, '_>) -> Response {
    let (mut answer, asked) = (Multistatus::new(), asked(root));
    for href in root.children().filter(|node| node.has_tag_name((DAV, "href"))) {
        let href = href.text().unwrap_or_default().trim();
        let member = match place(href) {
            Place::Member(of, member) if of == name => {
                calendar.get(&member).map(|found| (member, found))
            }
            _ => None,
        };
        match member {
            Some((member, found)) => {
                answer.add(Resource::Member(name, &member, found), &asked, state.knobs);
            }
            None => answer.missing(href),
        }
    }
    answer.finish(None)
}

/// Filters by time-range and by UID; others it does not know.
fn query(state: &State, name: &str, calendar: &Collection, root: Node<'_, '_>) -> Response {
    let find = |tag| root.descendants().find(|node| node.has_tag_name((CALDAV, tag)));
    let range = find("time-range").map(|range| {
        let at = |key| range.attribute(key).and_then(component::utc);
        (at("start").unwrap_or_default(), at("end").unwrap_or(chrono::NaiveDateTime::MAX))
    });
    let uid = match find("prop-filter") {
        None => None,
        Some(filter) if filter.attribute("name") == Some("UID") => {
            find("text-match").and_then(|text| text.text())
        }
        Some(_) => return error(StatusCode::FORBIDDEN, "C:supported-filter"),
    };
    let (mut answer, asked) = (Multistatus::new(), asked(root));
    for (member, found) in calendar.members() {
        let is_within =
            range.is_none_or(|(from, until)| component::may_be_within(&found.ics, from, until));
        let own = component::uid(&found.ics).unwrap_or_default();
        if is_within && uid.is_none_or(|uid| own.contains(uid)) {
            answer.add(Resource::Member(name, member, found), &asked, state.knobs);
        }
    }
    answer.finish(None)
}

fn changes(state: &State, name: &str, calendar: &Collection, root: Node<'_, '_>) -> Response {
    let token = root.children().find(|node| node.has_tag_name((DAV, "sync-token")));
    let token = token.and_then(|token| token.text()).unwrap_or_default().trim();
    let Some((changed, removed)) = calendar.since(token) else {
        return error(StatusCode::FORBIDDEN, "valid-sync-token");
    };
    let (mut answer, asked) = (Multistatus::new(), asked(root));
    for member in changed {
        if let Some(found) = calendar.get(member) {
            answer.add(Resource::Member(name, member, found), &asked, state.knobs);
        }
    }
    for member in removed {
        answer.missing(&href(name, member));
    }
    answer.finish(Some(&calendar.token()))
}
