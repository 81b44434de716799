//! What `/metrics` shows, and the alert rules that read it.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;
use sync_agent::database::Measured;
use sync_agent::health::{Health, Part};

/// Names and labels of the series in a text.
fn series(text: &str) -> BTreeSet<&str> {
    let samples = text.lines().filter(|line| !line.starts_with('#'));
    samples.map(|line| line.rsplit_once(' ').unwrap().0).collect()
}

fn value<'t>(text: &'t str, series: &str) -> &'t str {
    let line = text.lines().find(|line| line.rsplit_once(' ').is_some_and(|(of, _)| of == series));
    line.unwrap_or_else(|| panic!("no {series} in {text}")).rsplit_once(' ').unwrap().1
}

fn measured(provider: &str, failing: i64) -> Measured {
    Measured {
        provider: provider.to_owned(),
        calendars: [7, failing, 1],
        calendar_age_seconds_max: 12.5,
        outbox_open: 3,
        outbox_oldest_seconds: 1.5,
    }
}

#[test]
fn counts_and_measures_are_by_provider() {
    let health = Health::default();
    let metrics = health.metrics();
    metrics.pulled("google", "changed", Duration::from_millis(300));
    metrics.pulled("google", "changed", Duration::from_secs(3));
    metrics.pushed("caldav", "failed");
    metrics.called(Part::Ics, false, Duration::from_secs(1));
    metrics.notified(Part::Microsoft, true);
    metrics.messaged("reminder", "sms", "sent");
    metrics.measured(Some(&[measured("google", 2)]));
    let text = metrics.text();
    for (of, is) in [
        (r#"calendar_agent_pulls_total{provider="google",outcome="changed"}"#, "2"),
        (r#"calendar_agent_pull_duration_seconds_count{provider="google"}"#, "2"),
        (r#"calendar_agent_pull_duration_seconds_bucket{le="0.5",provider="google"}"#, "1"),
        (r#"calendar_agent_pushes_total{provider="caldav",outcome="failed"}"#, "1"),
        (r#"calendar_agent_provider_calls_total{provider="ics",outcome="failed"}"#, "1"),
        (r#"calendar_agent_webhooks_received_total{provider="microsoft",outcome="accepted"}"#, "1"),
        (
            r#"calendar_agent_notifications_total{kind="reminder",channel="sms",outcome="sent"}"#,
            "1",
        ),
        (
            r#"calendar_agent_notifications_total{kind="reminder",channel="sms",outcome="failed"}"#,
            "0",
        ),
        (r#"calendar_agent_calendars{provider="google",state="failing"}"#, "2"),
        (r#"calendar_agent_calendar_age_seconds_max{provider="google"}"#, "12.5"),
        (r#"calendar_agent_outbox_open{provider="google"}"#, "3"),
        (r#"calendar_agent_outbox_oldest_seconds{provider="google"}"#, "1.5"),
        (r#"calendar_agent_pulls_total{provider="ghl",outcome="gone"}"#, "0"),
        ("calendar_agent_database_up", "1"),
    ] {
        assert_eq!(value(&text, of), is, "{of}");
    }
    metrics.measured(None);
    assert_eq!(value(&metrics.text(), "calendar_agent_database_up"), "0");
}

#[test]
fn no_series_comes_or_goes() {
    let health = Health::default();
    let metrics = health.metrics();
    let before = metrics.text();
    for part in Part::PROVIDERS {
        for outcome in ["changed", "unchanged", "gone", "failed"] {
            metrics.pulled(part.name(), outcome, Duration::from_secs(100));
        }
        for outcome in ["written", "removed", "found", "conflict", "gone", "failed"] {
            metrics.pushed(part.name(), outcome);
        }
        for is_ok in [true, false] {
            metrics.called(part, is_ok, Duration::ZERO);
            metrics.notified(part, is_ok);
        }
        metrics.measured(Some(&[measured(part.name(), 1000)]));
    }
    metrics.pulled("another", "changed", Duration::ZERO);
    for kind in [
        "booked",
        "requested",
        "confirmed",
        "declined",
        "rescheduled",
        "cancelled",
        "booking_failed",
        "manual_booking",
        "reminder",
        "unwritten",
        "needs_reconnect",
        "sync_failing",
        "alert",
        "recovered",
        "another",
    ] {
        for channel in ["email", "sms", "webhook", "bo@example.org"] {
            for outcome in ["sent", "delayed", "failed", "skipped"] {
                metrics.messaged(kind, channel, outcome);
            }
        }
    }
    let after = metrics.text();
    assert_eq!(series(&before), series(&after));
    assert!(after.ends_with("# EOF\n"), "{after}");
}

/// The rules that are shipped fire when they should, and read nothing that is not there.
#[test]
#[ignore = "needs CALENDAR_TEST_PROMTOOL"]
fn the_alert_rules_read_these_metrics() {
    let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("../dashboards");
    let promtool = |arguments: &[&str], input: &str| {
        let program = std::env::var_os("CALENDAR_TEST_PROMTOOL").expect("CALENDAR_TEST_PROMTOOL");
        let mut child = Command::new(program)
            .args(arguments)
            .current_dir(&rules)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {output:?}");
    };
    promtool(&["check", "rules", "alerts.yml"], "");
    promtool(&["test", "rules", "alerts.test.yml"], "");
    let health = Health::default();
    let text = health.metrics().text();
    let names: BTreeSet<_> =
        series(&text).into_iter().map(|series| series.split('{').next().unwrap()).collect();
    let alerts = std::fs::read_to_string(rules.join("alerts.yml")).unwrap();
    let read: BTreeSet<_> = alerts
        .split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .filter(|word| word.starts_with("calendar_agent_"))
        .collect();
    assert!(read.len() >= 5 && read.is_subset(&names), "{read:?} {names:?}");
}
