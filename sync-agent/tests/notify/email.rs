//! E-mails to a mail server with faults, read by Python's email and icalendar.

use crate::smtp::Smtp;
use crate::support::{ID, mail, notification, runtime};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, Instant};
use sync_agent::config::Config;
use sync_agent::notify::{Notifier, Outcome, Then};

const ICS: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//y//EN\r\nMETHOD:REQUEST\r\n\
    BEGIN:VEVENT\r\nUID:bk-1@calendar-ext\r\nDTSTAMP:20261120T150000Z\r\nSEQUENCE:2\r\n\
    DTSTART:20261201T193000Z\r\nDTEND:20261201T200000Z\r\nSUMMARY:First call\r\n\
    ORGANIZER;CN=Ada Brooks:mailto:ada@example.com\r\n\
    ATTENDEE;CN=Zoë Müller:mailto:zoe@example.com\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

fn notifier(config: &Config) -> Notifier {
    Notifier::new(config, Arc::default()).unwrap()
}

fn to(name: &str) -> impl FnOnce(&mut Value) {
    let email = format!("{name}@example.com");
    move |document| document["to"]["email"] = email.into()
}

#[test]
#[ignore = "needs CALENDAR_TEST_PYTHON"]
fn an_email_has_two_texts_and_the_headers_that_it_needs() {
    let runtime = runtime();
    let _inside = runtime.enter();
    let smtp = Smtp::start(&[]);
    let sent = notification(|document| {
        document["kind"] = "reminder".into();
        document["unsubscribe"] = "ab12".into();
        document["to"]["name"] = "Zoë\r\nBcc: all@example.com".into();
        document["booking"]["title"] = "Ünï\r\nBcc: all@example.com".into();
    });
    let notifier = notifier(&mail(smtp.port, &[]));
    let outcome = runtime.block_on(notifier.send(&sent));
    assert_eq!(outcome, Outcome::Sent(Some("2.0.0 Taken in as 1".into())));
    let got = smtp.next();
    assert_eq!(got["tree"], json!(["multipart/alternative", "text/plain", "text/html"]));
    assert_eq!(got["defects"], json!([]));
    assert_eq!(got["to"], json!(["zoe@example.com"]));
    let headers = &got["headers"];
    assert_eq!(headers["message-id"], format!("<{ID}@example.com>"));
    assert_eq!(headers["from"], "Ada Brooks <bookings@example.com>");
    assert_eq!(headers["reply-to"], "Ada Brooks <ada@example.com>");
    assert_eq!(headers["auto-submitted"], "auto-generated");
    let unsubscribe = "<https://agent.example.com/calendar/unsubscribe/ab12>";
    assert_eq!(headers["list-unsubscribe"], unsubscribe);
    assert_eq!(headers["list-unsubscribe-post"], "List-Unsubscribe=One-Click");
    assert!(headers["subject"].as_str().unwrap().contains("Ünï Bcc: all@example.com"));
    assert_eq!(headers["bcc"], Value::Null);
    assert!(got["text/plain"].as_str().unwrap().contains("2:30 PM Eastern Standard Time"));
    assert!(got["text/html"].as_str().unwrap().contains("<table"));
}

#[test]
#[ignore = "needs CALENDAR_TEST_PYTHON"]
fn an_invitation_is_a_part_and_an_attachment() {
    let runtime = runtime();
    let _inside = runtime.enter();
    let smtp = Smtp::start(&[]);
    let sent = notification(|document| {
        document["invitation"] =
            json!({"method": "REQUEST", "ics": ICS, "uid": "x", "sequence": 2});
    });
    runtime.block_on(notifier(&mail(smtp.port, &[])).send(&sent));
    let got = smtp.next();
    let alternative = json!(["multipart/alternative", "text/plain", "text/html", "text/calendar"]);
    assert_eq!(got["tree"], json!(["multipart/mixed", alternative, "application/ics"]));
    assert_eq!(got["attachment"], "invite.ics");
    let calendar = &got["calendar"];
    assert_eq!(
        (&calendar["parameter"], &calendar["method"]),
        (&json!("REQUEST"), &json!("REQUEST"))
    );
    assert_eq!((&calendar["uid"], &calendar["sequence"]), (&json!("bk-1@calendar-ext"), &json!(2)));
    assert_eq!(calendar["attendee"], "mailto:zoe@example.com");
    // Otherwise Gmail and Outlook show no buttons.
    assert_eq!(calendar["organizer"], "mailto:bookings@example.com");
}

#[test]
#[ignore = "needs CALENDAR_TEST_PYTHON"]
fn what_follows_an_answer() {
    let runtime = runtime();
    let _inside = runtime.enter();
    let smtp = Smtp::start(&[]);
    let notifier = notifier(&mail(smtp.port, &[]));
    let send = |name| runtime.block_on(notifier.send(&notification(to(name))));
    let failed = |problem: &str, then| Outcome::Failed { problem: problem.into(), then };
    assert_eq!(send("later"), failed("the mail server answered 451 4.3.0", Then::Retry(None)));
    assert_eq!(send("gone"), failed("the mail server answered 550 5.1.1", Then::Suppress));
    assert_eq!(send("policy"), failed("the mail server answered 550 5.7.1", Then::Final));
    assert_eq!(send("spam"), failed("the mail server answered 554 5.7.1", Then::Final));
    assert!(smtp.rest().is_empty());
    // The connection is as good as before.
    assert!(matches!(send("well"), Outcome::Sent(_)));
    assert_eq!(
        send("no address at all"),
        failed("the recipient's address is not valid", Then::Suppress)
    );
}

#[test]
#[ignore = "needs CALENDAR_TEST_PYTHON"]
fn an_email_whose_answer_is_lost_is_repeated_under_the_same_id() {
    let runtime = runtime();
    let _inside = runtime.enter();
    let smtp = Smtp::start(&[]);
    let notifier = notifier(&mail(smtp.port, &[]));
    let send = || runtime.block_on(notifier.send(&notification(to("dropped"))));
    let first = send();
    assert!(matches!(first, Outcome::Failed { then: Then::Retry(_), .. }), "{first:?}");
    assert!(matches!(send(), Outcome::Sent(_)));
    let ids = [smtp.next(), smtp.next()].map(|got| got["headers"]["message-id"].clone());
    assert_eq!(ids[0], ids[1]);
}

#[test]
#[ignore = "needs CALENDAR_TEST_PYTHON"]
fn a_slow_server_does_not_keep_others_waiting() {
    let runtime = runtime();
    let _inside = runtime.enter();
    let smtp = Smtp::start(&[]);
    let notifier = notifier(&mail(smtp.port, &[]));
    let (slow, well) = (notification(to("slow")), notification(to("well")));
    let begun = Instant::now();
    runtime.block_on(async {
        let slow = notifier.send(&slow);
        let fast = async {
            notifier.send(&well).await;
            begun.elapsed()
        };
        let (slow, fast) = tokio::join!(slow, fast);
        assert!(matches!(slow, Outcome::Sent(_)), "{slow:?}");
        assert!(fast < Duration::from_secs(2), "{fast:?}");
    });
}

#[test]
#[ignore = "needs CALENDAR_TEST_PYTHON"]
fn without_a_server_it_is_tried_later() {
    let runtime = runtime();
    let _inside = runtime.enter();
    let port = Smtp::start(&[]).port;
    let outcome = runtime.block_on(notifier(&mail(port, &[])).send(&notification(|_| {})));
    let Outcome::Failed { problem, then } = outcome else { panic!("{outcome:?}") };
    assert_eq!(then, Then::Retry(None));
    assert!(problem.starts_with("the mail server cannot be used: "), "{problem}");
}

#[test]
#[ignore = "needs CALENDAR_TEST_PYTHON"]
fn everything_goes_to_one_address_to_try_things_out() {
    let runtime = runtime();
    let _inside = runtime.enter();
    let smtp = Smtp::start(&[]);
    let more = [
        ("SYNC_AGENT_MESSAGES_REDIRECT_TO", "tester@example.com"),
        ("SYNC_AGENT_MESSAGES_OPERATORS", "a@example.com, B <b@example.com>"),
        ("SYNC_AGENT_TWILIO_ACCOUNT_SID", "AC1"),
        ("SYNC_AGENT_TWILIO_AUTH_TOKEN", "secret"),
        ("SYNC_AGENT_TWILIO_FROM", "+15005550001"),
    ];
    let notifier = notifier(&mail(smtp.port, &more));
    // No SMS reaches anyone meanwhile.
    assert_eq!(notifier.channels(), ["email", "webhook"]);
    runtime.block_on(notifier.send(&notification(|_| {})));
    assert_eq!(smtp.next()["to"], json!(["tester@example.com"]));
}

#[test]
#[ignore = "needs CALENDAR_TEST_PYTHON"]
fn alerts_go_to_the_operators() {
    let runtime = runtime();
    let _inside = runtime.enter();
    let alert = notification(|document| {
        document["kind"] = "alert".into();
        document["recipient"] = "operator".into();
        document["to"] = json!({"name": null, "email": null, "phone": null});
        document["alert"] = json!({"key": "outbox", "problem": "The outbox is behind."});
        document["booking"] = Value::Null;
    });
    let smtp = Smtp::start(&[]);
    let operators = [("SYNC_AGENT_MESSAGES_OPERATORS", "a@example.com, B <b@example.com>")];
    let outcome = runtime.block_on(notifier(&mail(smtp.port, &operators)).send(&alert));
    assert!(matches!(outcome, Outcome::Sent(_)), "{outcome:?}");
    assert_eq!(smtp.next()["to"], json!(["a@example.com", "b@example.com"]));
    let outcome = runtime.block_on(notifier(&mail(smtp.port, &[])).send(&alert));
    assert_eq!(outcome, Outcome::NoAddress);
}

#[test]
#[ignore = "needs CALENDAR_TEST_PYTHON"]
fn many_emails_are_sent_at_once() {
    let runtime = runtime();
    let _inside = runtime.enter();
    const NUMBER: u32 = 300;
    let smtp = Smtp::start(&[]);
    let notifier = notifier(&mail(smtp.port, &[]));
    let begun = Instant::now();
    runtime.block_on(async {
        for _ in 0..NUMBER / 4 {
            let mails = [(); 4].map(|()| notification(|_| {}));
            let [a, b, c, d] = mails.each_ref().map(|mail| notifier.send(mail));
            let (a, b, c, d) = tokio::join!(a, b, c, d);
            for sent in [a, b, c, d] {
                assert!(matches!(sent, Outcome::Sent(_)), "{sent:?}");
            }
        }
    });
    println!("{:.0} e-mails a second", f64::from(NUMBER) / begun.elapsed().as_secs_f64());
}
