//! The account: its calendars and its tokens.

use super::{Renewing, connector, event, pull, start};
use crate::support::{Received, asked, booking, place, titles};
use provider_fakes::microsoft::Microsoft as Server;
use std::sync::{Arc, Mutex};
use sync_agent::Error;
use sync_agent::connector::Connector;

#[tokio::test]
async fn calendars_come_in_pages_and_say_what_they_are_for() {
    let (server, graph) = start().await;
    for index in 0..130 {
        server.add_calendar(&format!("Calendar {index}"), index % 2 == 0);
    }
    let calendars = graph.calendars().await.unwrap();
    assert_eq!(calendars.len(), 131);
    assert_eq!(calendars.iter().filter(|calendar| calendar.is_primary).count(), 1);
    assert_eq!(calendars.iter().filter(|calendar| calendar.is_writable).count(), 66);
}

#[tokio::test]
async fn a_calendar_that_can_only_be_read_refuses_for_good() {
    let (server, graph) = start().await;
    let holidays = server.add_calendar("Holidays", false);
    server.add(&holidays, event("New Year", "2027-01-01T10:00:00"));
    assert_eq!(titles(&pull(&graph, &holidays, None).await.1), ["New Year"]);
    let answer = graph.write(&place(&holidays), &booking(), None).await;
    assert!(matches!(answer, Err(Error::Refused { status: 403, .. })), "{answer:?}");
}

#[tokio::test]
async fn without_permission_the_account_must_be_connected_again() {
    let (server, graph) = start().await;
    for code in ["ErrorAccessDenied", "Authorization_RequestDenied"] {
        server.server().faults().refuse(Server::refusal(403, code, None));
        let answer = graph.calendars().await;
        assert!(matches!(answer, Err(Error::NeedsReconnect(_))), "{answer:?}");
    }
    server.server().faults().refuse(Server::refusal(403, "authorization_requestdenied", None));
    let answer = graph.pull(&asked(&server.calendar(), None), &mut Received::default()).await;
    assert!(matches!(answer, Err(Error::NeedsReconnect(_))), "{answer:?}");
}

#[tokio::test]
async fn tokens_are_renewed_until_they_are_revoked() {
    let server = Server::start(0).await.unwrap();
    let tokens = Arc::new(Renewing {
        url: format!("{}/common/oauth2/v2.0/token", server.server().origin()),
        pair: Mutex::new((server.access_token(), server.refresh_token())),
    });
    let graph = connector(&server, tokens.clone());
    for _ in 0..3 {
        let before = tokens.pair();
        server.expire_access_tokens();
        assert_eq!(graph.calendars().await.unwrap().len(), 1);
        let after = tokens.pair();
        assert!(before.0 != after.0 && before.1 != after.1);
    }
    server.revoke();
    let answer = graph.calendars().await;
    assert!(
        matches!(&answer, Err(Error::NeedsReconnect(why)) if why == "invalid_grant"),
        "{answer:?}"
    );
}
