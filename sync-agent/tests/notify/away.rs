//! The database is away: the agent alerts operators by itself.

use crate::daemon::{World, while_it_runs};
use serde_json::{Value, json};
use sync_agent::health::Part;

/// How often the agent looks whether the database is there.
const LOOK: u64 = 10;

const NOTHING_YET: &str = "nothing was sent";

impl World {
    /// The database goes away, and the agent has seen it.
    async fn lose_database(&self) {
        self.health.called(Part::Smtp, Some(NOTHING_YET.into()));
        self.database.shut();
        self.until("the connection is lost", || !self.agents.is_connected()).await;
        self.pass(LOOK).await;
    }

    /// The database is back, and the agent has seen it.
    async fn find_database(&self) {
        self.database.open();
        self.until("there is a connection", || self.agents.is_connected()).await;
        self.pass(LOOK).await;
    }

    /// What the last attempt to send an e-mail came to.
    fn problem(&self) -> Option<String> {
        self.health.part(Part::Smtp).problem
    }

    #[track_caller]
    fn nothing_was_sent(&self) {
        assert_eq!(self.problem().as_deref(), Some(NOTHING_YET));
        assert_eq!(self.smtp.rest(), [Value::Null; 0]);
    }

    /// The e-mail that is being sent, once the agent knows that it was taken in.
    async fn mail(&self) -> Value {
        self.until("an e-mail is taken in", || self.problem().is_none()).await;
        self.health.called(Part::Smtp, Some(NOTHING_YET.into()));
        let mail = self.smtp.next();
        assert_eq!(mail["to"], json!(["ops@example.com"]));
        assert!(text(&mail).contains("does not reach the database"), "{mail}");
        mail
    }

    /// An attempt to send an e-mail fails.
    async fn failure(&self) {
        let is_tried = || self.problem().is_none_or(|problem| problem != NOTHING_YET);
        self.until("an e-mail is tried", is_tried).await;
        assert!(self.problem().is_some(), "it was taken in");
        self.health.called(Part::Smtp, Some(NOTHING_YET.into()));
    }
}

fn text(mail: &Value) -> &str {
    mail["text/plain"].as_str().unwrap()
}

fn subject(mail: &Value) -> &str {
    mail["headers"]["subject"].as_str().unwrap()
}

#[test]
#[ignore = "needs CALENDAR_TEST_PG_BIN and CALENDAR_TEST_PYTHON"]
fn operators_hear_of_it_after_five_minutes_an_hour_and_when_it_is_over() {
    while_it_runs(async |world| {
        // Less than five minutes, twice: each counts for itself.
        for _ in 0..2 {
            world.lose_database().await;
            world.pass(280).await;
            world.nothing_was_sent();
            world.find_database().await;
            world.nothing_was_sent();
        }
        world.lose_database().await;
        world.pass(280).await;
        world.nothing_was_sent();
        world.pass(20).await;
        let first = world.mail().await;
        for minutes in [20, 20, 14] {
            world.pass(minutes * 60).await;
            world.nothing_was_sent();
        }
        world.pass(90).await;
        let second = world.mail().await;
        world.find_database().await;
        let third = world.mail().await;
        assert!(subject(&first).starts_with("Alert: "), "{first}");
        assert_eq!(text(&first), text(&second), "since when");
        assert_ne!(first["headers"]["message-id"], second["headers"]["message-id"]);
        assert!(subject(&third).starts_with("Recovered: "), "{third}");
        world.pass(2 * 3600).await;
        world.nothing_was_sent();
    });
}

#[test]
#[ignore = "needs CALENDAR_TEST_PG_BIN and CALENDAR_TEST_PYTHON"]
fn a_report_that_the_mail_server_does_not_take_in_is_sent_again() {
    while_it_runs(async |world| {
        world.mail_server.shut();
        world.lose_database().await;
        world.pass(300).await;
        world.failure().await;
        // Soon at first, then less often.
        for wait in [10, 20, 40, 80, 160, 300, 300] {
            world.pass(wait).await;
            world.failure().await;
        }
        world.mail_server.open();
        world.pass(300).await;
        world.mail().await;
        world.pass(300).await;
        world.nothing_was_sent();
        // That it is over is sent again as well, to its end.
        world.mail_server.shut();
        world.find_database().await;
        world.failure().await;
        world.mail_server.open();
        world.pass(LOOK).await;
        assert!(subject(&world.mail().await).starts_with("Recovered: "));
    });
}
