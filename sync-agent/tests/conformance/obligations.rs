//! What must be true of every connector that writes deadlines.

use crate::peer::{Peer, Planned, ZONE};
use engine::event::Span;
use providers::{Kind, Known, Obligation, OwnEvent, Person};
use sync_agent::Error;
use uuid::Uuid;

pub(crate) async fn an_obligation_is_put_right_and_made_again(peer: &dyn Peer) {
    let (place, own) = (peer.place(), due());
    let write = async |own: &OwnEvent, known: Option<&Known>| {
        let written = peer.connector().write(&place, own, known).await;
        written.map(|written| written.version)
    };
    let abilities = peer.abilities();
    if !abilities.writes || !abilities.all_day {
        let answer = write(&own, None).await;
        assert!(matches!(answer, Err(Error::Refused { .. })), "{answer:?}");
        return;
    }
    let known = |version| Known { version, written: Some(due()) };
    let assert_shown = async |own: &OwnEvent| {
        let held = peer.held().await;
        let shown: Vec<_> = held.iter().map(|held| (held.title.as_str(), held.span)).collect();
        assert_eq!(shown, [(own.title.as_str(), own.span)]);
        assert!(held[0].invited.is_empty() && !held[0].is_tentative);
    };
    let first = write(&own, None).await.unwrap();
    assert_shown(&own).await;
    // The answer was lost.
    let again = write(&own, None).await.unwrap();
    assert_eq!(again.external_event_id, first.external_event_id);
    assert_shown(&own).await;

    let mut version = again;
    for by_user in [
        Planned::at("Named by the user", "2026-12-11T15:00:00Z"),
        Planned::all_day("Postponed", "2026-12-15", 2),
    ] {
        peer.change(&version.external_event_id, &by_user).await;
        let same = write(&own, Some(&known(version.clone()))).await.unwrap();
        assert_eq!(same.external_event_id, version.external_event_id);
        assert_shown(&own).await;
        version = same;
    }
    for sequence in 1..4 {
        peer.remove(&version.external_event_id).await;
        assert_eq!(peer.held().await, []);
        let changed = OwnEvent { title: format!("Tax return {sequence}"), sequence, ..own.clone() };
        version = write(&changed, Some(&known(version))).await.unwrap();
        assert_shown(&changed).await;
    }
    peer.change(&version.external_event_id, &Planned::all_day("Moved", "2026-12-15", 1)).await;
    peer.connector().remove(&place, &own, &known(version)).await.unwrap();
    assert_eq!(peer.held().await, []);
}

fn due() -> OwnEvent {
    let date = |text: &str| text.parse().unwrap();
    OwnEvent {
        id: Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0002),
        kind: Kind::Obligation(Obligation {
            url: Some("https://example.com/tax".into()),
            reminders: vec![1440],
        }),
        span: Span::Dates(date("2026-12-10"), date("2026-12-11")),
        timezone: ZONE.into(),
        title: "Tax return".into(),
        notes: Some("First line\nSecond line".into()),
        place: None,
        is_tentative: false,
        sequence: 0,
        attendees: Vec::new(),
        owner: Person::default(),
    }
}
