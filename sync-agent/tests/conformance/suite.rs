//! What must be true of every connector. What a provider is not able to do is left
//! out, by its [`Abilities`](crate::peer::Abilities).

use crate::mirror::{Brought, Mirror};
use crate::peer::{Held, Peer, Planned, hour};
use engine::Interval;
use engine::event::Span;
use providers::{Kind, Known, Look, OwnEvent, Person, Place, Version, Written};
use sync_agent::Error;
use uuid::Uuid;

pub(crate) use crate::obligations::an_obligation_is_put_right_and_made_again;

/// Makes each scenario a test: `conforms!(start)`, or `conforms!(#[ignore = "…"] start)`
/// where the peer is a server that must be installed. `start` is an async function
/// without arguments that gives a [`Peer`](crate::peer::Peer) of its own.
macro_rules! conforms {
    ($start:path) => {
        $crate::suite::conforms!(#[cfg(test)] $start);
    };
    (#[$attribute:meta] $start:path) => {
        $crate::suite::conforms! {
            @each $attribute, $start;
            the_calendar_is_listed
            the_first_pull_brings_all
            nothing_new_is_unchanged
            what_is_added_changed_and_removed_appears
            a_dead_token_brings_everything
            many_events_take_several_pages
            a_booking_is_written_and_read_back
            writing_twice_creates_once
            a_write_says_what_the_booking_says_now
            a_write_changes_what_has_changed_here
            a_look_finds_an_event_wherever_it_is
            an_event_that_its_user_removed_is_not_found
            removing_twice_is_removing_once
            what_was_never_written_can_be_removed
            who_only_reads_refuses_to_write
            an_obligation_is_put_right_and_made_again
        }
    };
    (@each $attribute:meta, $start:path; $($scenario:ident)*) => {
        $(
            #[tokio::test]
            #[$attribute]
            async fn $scenario() {
                $crate::suite::$scenario(&$start().await).await;
            }
        )*
    };
}
pub(crate) use conforms;

pub(crate) async fn the_calendar_is_listed(peer: &dyn Peer) {
    let calendars = peer.connector().calendars().await.unwrap();
    let id = peer.place().external_calendar_id;
    let found = calendars.iter().find(|calendar| calendar.external_calendar_id == id);
    let found = found.unwrap_or_else(|| panic!("{id} is not among {calendars:?}"));
    assert_eq!(found.is_writable, peer.abilities().writes);
}

pub(crate) async fn the_first_pull_brings_all(peer: &dyn Peer) {
    let mut calendar = Calendar::new(peer);
    assert_eq!(calendar.mirror.pull(peer).await, Brought::Everything);
    assert!(calendar.mirror.occurrences().is_empty());

    let mut calendar = Calendar::new(peer);
    calendar.add(Planned::at("Single", "2026-12-07T15:00:00Z")).await;
    if peer.abilities().all_day {
        calendar.add(Planned::all_day("Fair", "2026-12-08", 2)).await;
    }
    if peer.abilities().series {
        calendar.add(series()).await;
    }
    if peer.abilities().series && peer.abilities().all_day {
        calendar
            .add(Planned::all_day("Holidays", "2026-12-23", 1).daily(3).with_cancelled(1))
            .await;
    }
    assert_eq!(calendar.mirror.pull(peer).await, Brought::Everything);
    calendar.assert_mirrored();
}

pub(crate) async fn nothing_new_is_unchanged(peer: &dyn Peer) {
    if !peer.abilities().unchanged {
        return;
    }
    let mut calendar = Calendar::new(peer);
    calendar.add(Planned::at("Single", "2026-12-07T15:00:00Z")).await;
    calendar.mirror.pull(peer).await;
    for _ in 0..3 {
        assert_eq!(calendar.mirror.pull(peer).await, Brought::Nothing);
    }
    calendar.add(Planned::at("Another", "2026-12-08T15:00:00Z")).await;
    assert_ne!(calendar.mirror.pull(peer).await, Brought::Nothing);
    assert_eq!(calendar.mirror.pull(peer).await, Brought::Nothing);
    calendar.assert_mirrored();
}

pub(crate) async fn what_is_added_changed_and_removed_appears(peer: &dyn Peer) {
    let abilities = peer.abilities();
    let brought = if abilities.changes { Brought::Changes } else { Brought::Everything };
    let of_series = if peer.tells_removals() { &brought } else { &Brought::Everything };
    let after_removal = if peer.is_believed() { &brought } else { &Brought::Everything };
    let mut calendar = Calendar::new(peer);
    let stays = calendar.add(Planned::at("Stays", "2026-12-07T15:00:00Z")).await;
    let goes = calendar.add(Planned::at("Goes", "2026-12-07T18:00:00Z")).await;
    calendar.mirror.pull(peer).await;

    calendar.add(Planned::at("Comes", "2026-12-09T15:00:00Z")).await;
    assert_eq!(calendar.mirror.pull(peer).await, brought);
    calendar.assert_mirrored();

    calendar.change(&stays, Planned::at("Stays, later", "2026-12-07T21:00:00Z")).await;
    assert_eq!(calendar.mirror.pull(peer).await, brought);
    calendar.assert_mirrored();

    calendar.remove(&goes).await;
    assert_eq!(calendar.mirror.pull(peer).await, *after_removal);
    calendar.assert_mirrored();

    if abilities.series {
        let daily = Planned::at("Daily", "2026-12-14T15:00:00Z").daily(4);
        let id = calendar.add(daily).await;
        assert_eq!(calendar.mirror.pull(peer).await, *of_series);
        calendar.assert_mirrored();

        calendar.change(&id, series()).await;
        assert_eq!(calendar.mirror.pull(peer).await, *of_series);
        calendar.assert_mirrored();

        calendar.remove(&id).await;
        assert_eq!(calendar.mirror.pull(peer).await, *after_removal);
        calendar.assert_mirrored();
    }
}

pub(crate) async fn a_dead_token_brings_everything(peer: &dyn Peer) {
    if !peer.abilities().changes {
        return;
    }
    let mut calendar = Calendar::new(peer);
    calendar.add(Planned::at("Stays", "2026-12-07T15:00:00Z")).await;
    let goes = calendar.add(Planned::at("Goes", "2026-12-07T18:00:00Z")).await;
    calendar.mirror.pull(peer).await;

    calendar.remove(&goes).await;
    calendar.add(Planned::at("Comes", "2026-12-09T15:00:00Z")).await;
    peer.forget_tokens().await;
    assert_eq!(calendar.mirror.pull(peer).await, Brought::Everything);
    calendar.assert_mirrored();

    calendar.add(Planned::at("Comes late", "2026-12-10T15:00:00Z")).await;
    assert_eq!(calendar.mirror.pull(peer).await, Brought::Changes, "the new token works");
    calendar.assert_mirrored();
}

pub(crate) async fn many_events_take_several_pages(peer: &dyn Peer) {
    let start = hour("2026-12-07T00:00:00Z").start;
    let mut calendar = Calendar::new(peer);
    let add = async |calendar: &mut Calendar<'_>, title: &str| {
        for index in 0..peer.abilities().many {
            let start = start.plus_minutes(30 * i64::try_from(index).unwrap());
            let span = Span::Times(Interval::new(start, start.plus_minutes(30)));
            calendar.add(Planned { title: format!("{title} {index}"), span, daily: None }).await;
        }
    };
    add(&mut calendar, "At first").await;
    assert_eq!(calendar.mirror.pull(peer).await, Brought::Everything);
    assert!(calendar.mirror.pages > 1, "all came in one page");
    calendar.assert_mirrored();

    if peer.abilities().changes {
        add(&mut calendar, "Then").await;
        let brought = calendar.mirror.pull(peer).await;
        let is_everything = brought == Brought::Everything && peer.shows_again();
        assert!(brought == Brought::Changes || is_everything, "{brought:?}");
        assert!(calendar.mirror.pages > 1, "all came in one page");
        calendar.assert_mirrored();
    }
}

pub(crate) async fn a_booking_is_written_and_read_back(peer: &dyn Peer) {
    if !peer.abilities().writes {
        return;
    }
    let mut mirror = Mirror::default();
    mirror.pull(peer).await;

    let booking = booking();
    let written = write(peer, &booking, None).await;
    let id = written.version.external_event_id.as_str();
    let held = only_one(peer).await;
    assert_eq!(held.external_event_id, id);
    assert_eq!(held.span, booking.span);
    assert_eq!(held.title, booking.title);
    assert_eq!(held.invited, ["lead@example.com"]);
    assert!(!held.is_tentative);

    assert_ne!(mirror.pull(peer).await, Brought::Nothing);
    assert_eq!(mirror.ids().into_iter().collect::<Vec<_>>(), [id]);
    let interval = booking.interval();
    assert_eq!(mirror.occurrences(), [(booking.title.clone(), interval)]);
    if peer.abilities().telling_ids {
        let bare = id.replace('-', "");
        assert!(bare.starts_with(&format!("bk{}", booking.id.simple())), "{id} does not tell");
    }
}

pub(crate) async fn writing_twice_creates_once(peer: &dyn Peer) {
    if !peer.abilities().writes {
        return;
    }
    let booking = booking();
    let lost = write(peer, &booking, None).await;
    let written = write(peer, &booking, None).await;
    assert_eq!(written.version.external_event_id, lost.version.external_event_id);
    assert_eq!(only_one(peer).await.external_event_id, lost.version.external_event_id);

    // What is known from it is good for the next write.
    let again = write(peer, &booking, Some(&written.known(&booking))).await;
    assert_eq!(again.version.external_event_id, written.version.external_event_id);
    only_one(peer).await;

    // A lost answer to another version of it.
    let later = OwnEvent { span: later(&booking, 60), sequence: 1, ..booking };
    write(peer, &later, None).await;
    assert_eq!(only_one(peer).await.span, later.span);

    // Another booking is another event.
    let other = OwnEvent { id: Uuid::from_u128(2), ..later };
    let written = write(peer, &other, None).await;
    assert_ne!(written.version.external_event_id, lost.version.external_event_id);
    assert_eq!(peer.held().await.len(), 2);
}

pub(crate) async fn a_write_says_what_the_booking_says_now(peer: &dyn Peer) {
    if !peer.abilities().writes {
        return;
    }
    let first = OwnEvent { is_tentative: true, ..booking() };
    let written = write(peer, &first, None).await;
    assert!(only_one(peer).await.is_tentative);

    let second = OwnEvent {
        span: later(&first, 24 * 60),
        title: "Viewing: 12 Elm Street; \"bring\" keys, \\ and a ladder äöü".into(),
        is_tentative: false,
        sequence: 1,
        ..first.clone()
    };
    let written = write(peer, &second, Some(&written.known(&first))).await;
    let held = only_one(peer).await;
    assert_eq!(held.span, second.span);
    assert_eq!(held.title, second.title);
    assert!(!held.is_tentative);

    // The version of the second write is good for a third.
    let third = OwnEvent { title: "Third".into(), sequence: 2, ..second.clone() };
    let again = write(peer, &third, Some(&written.known(&second))).await;
    assert_eq!(again.version.external_event_id, written.version.external_event_id);
    assert_eq!(only_one(peer).await.title, "Third");
}

pub(crate) async fn a_write_changes_what_has_changed_here(peer: &dyn Peer) {
    if !peer.abilities().keeps_changes {
        return;
    }
    let booking = booking();
    let written = write(peer, &booking, None).await;
    let id = &written.version.external_event_id;
    let by_user = Planned::at("Named by the user", "2026-12-11T15:00:00Z");
    peer.change(id, &by_user).await;

    // A write about something else undoes neither the move nor the name.
    let noted = OwnEvent { title: "Named by us".into(), sequence: 1, ..booking.clone() };
    let again = write(peer, &noted, Some(&written.known(&booking))).await;
    assert_eq!(again.version.external_event_id, *id);
    let held = only_one(peer).await;
    assert_eq!(held.title, by_user.title);
    assert_eq!(held.span, by_user.span);

    // Where both have moved it, our time counts.
    let moved = OwnEvent { span: later(&booking, 60), sequence: 2, ..noted.clone() };
    let again = write(peer, &moved, Some(&again.known(&noted))).await;
    let held = only_one(peer).await;
    assert_eq!(held.title, by_user.title);
    assert_eq!(held.span, moved.span);
    if peer.abilities().preconditions {
        assert_ne!(again.version.etag, written.version.etag);
    }

    peer.change(id, &Planned::at("Moved once more", "2026-12-11T18:00:00Z")).await;
    remove(peer, &moved, Some(&written.known(&booking))).await;
    assert_eq!(peer.held().await, []);
}

pub(crate) async fn a_look_finds_an_event_wherever_it_is(peer: &dyn Peer) {
    if !peer.abilities().keeps_changes {
        return;
    }
    let (booking, place) = (booking(), peer.place());
    let look = async |known: Option<&Known>| {
        peer.connector().look(&place, &[], &booking, known).await.expect("a look succeeds")
    };
    assert_eq!(look(None).await, Look::Nowhere);
    let written = write(peer, &booking, None).await;
    let known = written.known(&booking);
    let id = &written.version.external_event_id;
    peer.change(id, &Planned::at("Moved by the user", "2026-12-11T15:00:00Z")).await;
    for known in [Some(&known), None] {
        let Look::Found { external_calendar_id, version, page } = look(known).await else {
            panic!("the event was not found");
        };
        assert_eq!(external_calendar_id, place.external_calendar_id);
        assert_eq!(version.external_event_id, *id);
        let [event] = page.events.as_slice() else { panic!("{page:?}") };
        assert_eq!(event.external_event_id, *id);
        assert_eq!(event.span, Planned::at("", "2026-12-11T15:00:00Z").span);
    }
    // A calendar that does not answer proves nothing.
    let elsewhere = Place { external_calendar_id: "no-such-calendar".into(), ..place.clone() };
    let answer = peer.connector().look(&elsewhere, &[], &booking, None).await;
    assert!(answer.is_err(), "{answer:?}");
    peer.remove(id).await;
    for known in [Some(&known), None] {
        assert_eq!(look(known).await, Look::Nowhere);
    }
}

pub(crate) async fn an_event_that_its_user_removed_is_not_found(peer: &dyn Peer) {
    if !peer.abilities().writes {
        return;
    }
    let booking = booking();
    let written = write(peer, &booking, None).await;
    peer.remove(&written.version.external_event_id).await;
    let moved = OwnEvent { title: "Too late".into(), sequence: 1, ..booking.clone() };
    let answer =
        peer.connector().write(&peer.place(), &moved, Some(&written.known(&booking))).await;
    assert!(matches!(answer, Err(Error::NotFound(_))), "{answer:?}");
    assert_eq!(peer.held().await, []);
    remove(peer, &moved, Some(&written.known(&booking))).await;
}

pub(crate) async fn removing_twice_is_removing_once(peer: &dyn Peer) {
    if !peer.abilities().writes {
        return;
    }
    let mut calendar = Calendar::new(peer);
    calendar.add(Planned::at("Stays", "2026-12-07T15:00:00Z")).await;
    let booking = booking();
    let written = write(peer, &booking, None).await;
    calendar.mirror.pull(peer).await;
    assert_eq!(calendar.mirror.ids().len(), 2);

    remove(peer, &booking, Some(&written.known(&booking))).await;
    assert_eq!(only_one(peer).await.title, "Stays");
    remove(peer, &booking, Some(&written.known(&booking))).await;
    remove(peer, &booking, None).await;
    assert_eq!(only_one(peer).await.title, "Stays");
    calendar.mirror.pull(peer).await;
    calendar.assert_mirrored();
}

pub(crate) async fn what_was_never_written_can_be_removed(peer: &dyn Peer) {
    if !peer.abilities().writes {
        return;
    }
    let booking = booking();
    remove(peer, &booking, None).await;
    // Its answer was lost.
    write(peer, &booking, None).await;
    remove(peer, &booking, None).await;
    assert_eq!(peer.held().await, []);
}

pub(crate) async fn who_only_reads_refuses_to_write(peer: &dyn Peer) {
    if peer.abilities().writes {
        return;
    }
    let (connector, place, booking) = (peer.connector(), peer.place(), booking());
    let answer = connector.write(&place, &booking, None).await;
    assert!(matches!(answer, Err(Error::Refused { .. })), "{answer:?}");
    let version = Version { external_event_id: "an event".into(), etag: None };
    let known = Known { version, written: None };
    let answer = connector.remove(&place, &booking, &known).await;
    assert!(matches!(answer, Err(Error::Refused { .. })), "{answer:?}");
}

/// A peer's calendar: what its user has planned, and what pulls have told of it.
struct Calendar<'p> {
    peer: &'p dyn Peer,
    planned: Vec<(String, Planned)>,
    mirror: Mirror,
}

impl<'p> Calendar<'p> {
    fn new(peer: &'p dyn Peer) -> Self {
        Self { peer, planned: Vec::new(), mirror: Mirror::default() }
    }

    async fn add(&mut self, event: Planned) -> String {
        let id = self.peer.add(&event).await;
        self.planned.push((id.clone(), event));
        id
    }

    async fn change(&mut self, id: &str, event: Planned) {
        self.peer.change(id, &event).await;
        let (_, planned) = self.planned.iter_mut().find(|(known, _)| known == id).unwrap();
        *planned = event;
    }

    async fn remove(&mut self, id: &str) {
        self.peer.remove(id).await;
        self.planned.retain(|(known, _)| known != id);
    }

    fn assert_mirrored(&self) {
        let mut wanted: Vec<_> = self
            .planned
            .iter()
            .flat_map(|(_, event)| {
                event.intervals().into_iter().map(|interval| (event.title.clone(), interval))
            })
            .collect();
        wanted.sort();
        assert_eq!(self.mirror.occurrences(), wanted);
    }
}

/// With a moved and a cancelled occurrence.
fn series() -> Planned {
    Planned::at("Standup", "2026-12-14T14:00:00Z")
        .daily(5)
        .with_moved(1, "2026-12-15T19:00:00Z")
        .with_cancelled(3)
}

fn booking() -> OwnEvent {
    OwnEvent {
        id: Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001),
        kind: Kind::Booking,
        span: Span::Times(hour("2026-12-10T15:00:00Z")),
        timezone: crate::peer::ZONE.into(),
        title: "Viewing".into(),
        notes: Some("First line\nSecond line".into()),
        place: Some("4 Oak Lane, Albany".into()),
        is_tentative: false,
        sequence: 0,
        attendees: vec![Person {
            name: Some("Lee Lead".into()),
            email: Some("lead@example.com".into()),
            phone: Some("+12025550123".into()),
        }],
        owner: Person {
            name: Some("Bo Broker".into()),
            email: Some("broker@example.com".into()),
            phone: None,
        },
    }
}

async fn write(peer: &dyn Peer, booking: &OwnEvent, known: Option<&Known>) -> Written {
    peer.connector().write(&peer.place(), booking, known).await.expect("a write succeeds")
}

/// Removes an event as the agent does: what is not known is searched for.
async fn remove(peer: &dyn Peer, booking: &OwnEvent, known: Option<&Known>) {
    let (connector, place) = (peer.connector(), peer.place());
    let known = match known {
        Some(known) => known.clone(),
        None => match connector.look(&place, &[], booking, None).await.expect("a look succeeds") {
            Look::Found { version, .. } => Known { version, written: None },
            Look::Nowhere | Look::Excluded => return,
        },
    };
    // That it is not there is for a look to prove.
    match connector.remove(&place, booking, &known).await {
        Ok(()) | Err(Error::NotFound(_)) => {}
        Err(error) => panic!("a removal fails: {error}"),
    }
}

async fn only_one(peer: &dyn Peer) -> Held {
    let mut held = peer.held().await;
    assert_eq!(held.len(), 1, "{held:?}");
    held.remove(0)
}

fn later(own: &OwnEvent, minutes: i64) -> Span {
    let Interval { start, end } = own.interval();
    Span::Times(Interval::new(start.plus_minutes(minutes), end.plus_minutes(minutes)))
}
