//! What messages say, and what they cannot be made to say.

use calendar_messages::{
    Error, LANGUAGES, Links, Notification, Segments, Templates, one_line, samples, segments,
};
use serde_json::{Value, json};
use std::sync::OnceLock;

/// To render many times.
static SHARED: OnceLock<Templates> = OnceLock::new();

/// How many tags an e-mail has around its rows.
fn tags(html: &str) -> usize {
    let of_rows = 6 * html.matches("<tr>").count() + html.matches("<br>").count();
    html.matches('<').count() - of_rows
}

fn links() -> Links {
    let url = |text: &str| Some(text.parse().expect("a URL"));
    Links {
        booking: url("https://book.example.com/booking.html"),
        connections: url("https://book.example.com/connections.html"),
        unsubscribe: url("https://agent.example.com/unsubscribe/"),
    }
}

fn templates() -> &'static Templates {
    SHARED.get_or_init(|| Templates::built_in().expect("the built-in templates"))
}

fn notification(kind: &str, recipient: &str, change: impl FnOnce(&mut Value)) -> Notification {
    let mut document = json!({
        "id": "01980000-0000-7000-8000-000000000001",
        "kind": kind, "channel": "email", "recipient": recipient,
        "to": {"name": "Zoë", "email": "zoe@example.com", "phone": "+15005550006"},
        "locale": "en-US", "timezone": "America/Toronto", "other_timezone": null,
        "created_at": "2026-11-20T15:00:00Z",
        "broker": {"name": "Ada Brooks", "email": "ada@example.com", "phone": null},
        "lead": {"id": null, "name": "Zoë Müller", "email": "zoe@example.com", "phone": null},
        "booking": {
            "id": "01980000-0000-7000-8000-000000000002",
            "start": "2026-12-01T19:30:00Z", "end": "2026-12-01T20:00:00Z",
            "title": "First call", "has_title": true, "notes": null, "location": null,
            "meeting_link": null, "cancel_reason": null
        },
        "previous": null, "manage": null, "rebook": null, "invitation": null, "unsubscribe": null,
        "account": null, "unwritten": null, "request": null, "alert": null, "webhook": null
    });
    change(&mut document);
    serde_json::from_value(document).expect("a notification")
}

#[test]
fn every_message_is_written_in_every_language() {
    let templates = templates();
    assert_eq!(LANGUAGES.len(), templates.languages().count());
    for language in LANGUAGES {
        let all = samples(language);
        assert_eq!(all.len(), 48);
        for sample in all {
            let what = format!("{language} {:?} {:?}", sample.kind, sample.recipient);
            let email = templates.email(&sample, &links()).expect(&what);
            let sms = templates.sms(&sample, &links()).expect(&what);
            assert!(!email.subject.is_empty() && !sms.is_empty(), "{what}");
            assert!(email.subject.len() < 160, "{what}: {}", email.subject);
            for text in [&email.subject, &email.text, &email.html, &sms] {
                for wrong in ["{{", "{%", "none", "undefined", "Bcc", "  :"] {
                    assert!(!text.contains(wrong), "{what}: {wrong} in {text}");
                }
            }
            assert!(email.html.contains(&format!("lang=\"{language}\"")), "{what}");
            assert!(!email.html.contains("<img") && !email.html.contains("<script"), "{what}");
            if sample.booking.is_some() {
                let zone = if sample.timezone == "Etc/UTC" { "UTC" } else { "EST" };
                let names = [zone, "GMT", "UTC", "TU"];
                assert!(names.iter().any(|name| sms.contains(name)), "{what}: {sms}");
            }
            assert!(segments(&sms).number <= 4, "{what}: {sms}");
        }
    }
}

#[test]
fn times_are_as_people_write_them_and_have_their_zone() {
    let subject = |locale: &str, zone: &str| {
        let message = notification("booked", "lead", |document| {
            document["locale"] = locale.into();
            document["timezone"] = zone.into();
        });
        let email = templates().email(&message, &links()).expect("an e-mail");
        let when = email.text.lines().find(|line| line.contains("2026")).expect("a time");
        when.split_once(": ").expect("a label").1.to_owned()
    };
    for (locale, zone, expected) in [
        ("en-US", "America/Toronto", "Tuesday, December 1, 2026 at 2:30 PM Eastern Standard Time"),
        ("en-GB", "Europe/London", "Tuesday, 1 December 2026 at 19:30 Greenwich Mean Time"),
        ("de", "Europe/Zurich", "Dienstag, 1. Dezember 2026 um 20:30 Mitteleuropäische Normalzeit"),
        ("fr-CA", "America/Toronto", "mardi 1 décembre 2026 à 14 h 30 heure normale de l’Est"),
        (
            "es",
            "Europe/Madrid",
            "martes, 1 de diciembre de 2026 a las 20:30 hora estándar de Europa central",
        ),
        (
            "pt-BR",
            "America/Sao_Paulo",
            "Tuesday, December 1, 2026 at 4:30 PM Brasilia Standard Time",
        ),
        (
            "no language",
            "no zone",
            "Tuesday, December 1, 2026 at 7:30 PM Coordinated Universal Time",
        ),
    ] {
        assert_eq!(subject(locale, zone), expected, "{locale} {zone}");
    }
}

#[test]
fn the_other_partys_time_is_shown_where_it_differs() {
    let message = notification("booked", "lead", |document| {
        document["other_timezone"] = "Europe/Paris".into();
    });
    let email = templates().email(&message, &links()).expect("an e-mail");
    let expected = "In Ada Brooks's time zone: Tuesday, December 1, 2026 at 8:30 PM";
    assert!(email.text.contains(expected), "{}", email.text);
}

#[test]
fn a_name_cannot_add_a_line_or_a_tag() {
    let message = notification("booked", "broker", |document| {
        document["lead"]["name"] =
            "Zoë\r\nBcc: all@example.com\u{2028}\u{0}<script>alert(1)</script>".into();
        document["booking"]["notes"] = "<img src=x>\n\n\u{202e}drawkcab\nlast & least".into();
        document["booking"]["meeting_link"] = "javascript:alert(1)".into();
        document["booking"]["location"] = "https://maps.example.com/\"><b>".into();
    });
    let email = templates().email(&message, &links()).expect("an e-mail");
    assert!(!email.subject.contains(['\r', '\n', '\0', '\u{2028}']), "{:?}", email.subject);
    assert!(!email.text.lines().any(|line| line.starts_with("Bcc")), "{}", email.text);
    assert!(!email.html.contains("<script") && !email.html.contains("<img"), "{}", email.html);
    assert!(email.html.contains("&lt;script&gt;alert(1)&lt;/script&gt;"), "{}", email.html);
    assert!(!email.html.contains("<b>") && !email.html.contains("href=\"javascript"));
    assert!(email.html.contains("last &amp; least"), "{}", email.html);
    assert!(!email.text.contains('\u{202e}') && email.text.contains("drawkcab"));
}

#[test]
fn texts_that_run_the_other_way_are_isolated() {
    let message = notification("booked", "broker", |document| {
        document["lead"]["name"] = "دانا".into();
    });
    let email = templates().email(&message, &links()).expect("an e-mail");
    assert!(email.subject.contains("\u{2068}دانا\u{2069}"), "{:?}", email.subject);
    assert!(email.text.contains("\u{2068}دانا\u{2069}"), "{:?}", email.text);
    let ascii = notification("booked", "broker", |_| {});
    let sms = templates().sms(&ascii, &links()).expect("an SMS");
    assert!(!sms.contains('\u{2068}'), "{sms}");
}

#[test]
fn characters_of_four_bytes_survive() {
    let message = notification("booked", "broker", |document| {
        document["lead"]["name"] = "Zoë 😀".into();
    });
    let email = templates().email(&message, &links()).expect("an e-mail");
    assert!(email.subject.contains("Zoë 😀") && email.html.contains("Zoë 😀"));
    let sms = templates().sms(&message, &links()).expect("an SMS");
    assert!(sms.contains("Zoë 😀") && !segments(&sms).is_gsm, "{sms}");
}

#[test]
fn the_segments_of_an_sms() {
    let (gsm, wide) =
        (|number| Segments { number, is_gsm: true }, |number| Segments { number, is_gsm: false });
    for (text, expected) in [
        (String::new(), gsm(1)),
        ("a".repeat(160), gsm(1)),
        ("a".repeat(161), gsm(2)),
        ("a".repeat(306), gsm(2)),
        ("a".repeat(307), gsm(3)),
        ("€".repeat(80), gsm(1)),
        ("€".repeat(81), gsm(2)),
        // The escape and its character stay together: 152 + 2 does not fit in 153.
        (format!("{}€{}", "a".repeat(152), "a".repeat(152)), gsm(3)),
        ("ø".repeat(160), gsm(1)),
        ("á".repeat(70), wide(1)),
        ("á".repeat(71), wide(2)),
        ("😀".repeat(35), wide(1)),
        ("😀".repeat(36), wide(2)),
        // A surrogate pair stays together: 33 pairs fit in 67.
        ("😀".repeat(67), wide(3)),
    ] {
        assert_eq!(segments(&text), expected, "{text}");
    }
}

#[test]
fn an_sms_is_short() {
    let message = notification("rescheduled", "lead", |document| {
        document["locale"] = "es".into();
        document["lead"]["name"] = "José".into();
        document["booking"]["title"] =
            "“Visita” – última revisión del apartamento de la calle larga".into();
        document["previous"] =
            json!({"start": "2026-11-30T19:30:00Z", "end": "2026-11-30T20:00:00Z"});
    });
    let sms = templates().sms(&message, &links()).expect("an SMS");
    assert!(segments(&sms).is_gsm, "{sms}");
    assert!(sms.contains("\"Visita\" - ultima revision del aparta..."), "{sms}");
    assert!(segments(&sms).number <= 2, "{sms}");
}

#[test]
fn links_are_there_where_they_lead_somewhere() {
    let message = notification("reminder", "lead", |document| {
        document["manage"] = json!({"token": "ab12", "page": "ada", "can_change": true});
        document["unsubscribe"] = "cd34".into();
    });
    let email = templates().email(&message, &links()).expect("an e-mail");
    let manage = "https://book.example.com/booking.html#ab12";
    assert!(email.text.contains(manage) && email.html.contains(manage), "{}", email.text);
    let unsubscribe = Some("https://agent.example.com/unsubscribe/cd34");
    assert_eq!(email.unsubscribe.as_deref(), unsubscribe);
    let late = notification("reminder", "lead", |document| {
        document["manage"] = json!({"token": "ab12", "page": "ada", "can_change": false});
    });
    assert!(!templates().email(&late, &links()).expect("an e-mail").text.contains("#ab12"));
    let none = templates().email(&message, &Links::default()).expect("an e-mail");
    assert!(!none.text.contains("http") && none.unsubscribe.is_none(), "{}", none.text);
    let failed = notification("booking_failed", "lead", |document| {
        document["rebook"] = json!({"page": "ada/first call", "alternatives": [
            {"start": "2026-12-02T19:30:00Z", "end": "2026-12-02T20:00:00Z"}]});
    });
    let email = templates().email(&failed, &links()).expect("an e-mail");
    assert!(email.text.contains("booking.html?page=ada%2Ffirst+call"), "{}", email.text);
    assert!(email.text.contains("- Wednesday, December 2, 2026 at 2:30 PM"), "{}", email.text);
}

#[test]
fn the_broker_hears_whom_to_call() {
    let message = notification("manual_booking", "broker", |document| {
        document["booking"] = Value::Null;
        document["lead"] =
            json!({"id": "L-7", "name": "Zoë", "email": null, "phone": "+15005550006"});
        document["request"] = json!({"requested_time": "Tuesday at 3", "reason": "no agent"});
    });
    let sms = templates().sms(&message, &links()).expect("an SMS");
    let expected = "Manual booking needed: Zoe wants Tuesday at 3. Phone +15005550006. Lead L-7.";
    assert_eq!(sms, expected);
    let email = templates().email(&message, &links()).expect("an e-mail");
    assert!(email.text.contains("Phone: +15005550006") && email.text.contains("Reason: no agent"));
}

#[test]
fn a_message_to_someone_who_gets_none_is_an_error() {
    let message = notification("alert", "lead", |_| {});
    assert!(matches!(templates().email(&message, &links()), Err(Error::Notification(_))));
}

fn with(name: &str, text: &str) -> Result<Templates, String> {
    Templates::new([(name.to_owned(), text.to_owned())]).map_err(|e| e.to_string())
}

#[test]
fn an_operator_replaces_single_texts() {
    let changed = with("en.toml", "[booked.lead]\nsubject = \"See you {{ when_short }}\"\n");
    let message = notification("booked", "lead", |_| {});
    let email = changed.expect("templates").email(&message, &links()).expect("an e-mail");
    assert!(email.subject.starts_with("See you Tue"), "{}", email.subject);
    assert!(email.text.contains("is confirmed"));
    let layout = with("layout.txt", "{{ subject }}!\n").expect("templates");
    let email = layout.email(&message, &links()).expect("an e-mail");
    assert!(email.text.starts_with("Confirmed: First call"), "{}", email.text);
}

#[test]
fn a_language_can_be_added_as_a_whole() {
    let italian = include_str!("../templates/es.toml");
    let added = with("it.toml", italian).expect("templates");
    assert!(added.languages().any(|language| language == "it"));
    let message = notification("booked", "lead", |document| document["locale"] = "it-IT".into());
    let email = added.email(&message, &links()).expect("an e-mail");
    assert!(email.text.contains("martedì 1 dicembre 2026"), "{}", email.text);
    let error = with("it.toml", "[words]\nwhen = \"Quando\"\n").expect_err("it is not complete");
    assert_eq!(error, "the template it.toml: alert.operator.sms is missing");
}

#[test]
fn a_bad_template_is_named() {
    for (name, text, expected) in [
        (
            "en.toml",
            "[booked.lead]\nsubject = \"{{ titel }}\"\n",
            "the template en.toml: booked.lead.subject fails",
        ),
        (
            "en.toml",
            "[booked.lead]\nsubject = \"{{ title\"\n",
            "the template en.toml: booked.lead.subject fails in line 1",
        ),
        (
            "en.toml",
            "[booked.lead]\nsubjekt = \"x\"\n",
            "the template en.toml: booked.lead.subjekt is not known",
        ),
        ("en.toml", "[booked.lead\n", "the template en.toml is not valid TOML"),
        (
            "en.toml",
            "[booked.lead]\nsms = \"Call {{ lead_phone }}\"\n",
            "the template en.toml: booked.lead.sms fails in line 1",
        ),
        (
            "en.toml",
            "[booked.lead]\nsms = \"{% for i in range(9999999) %}x{% endfor %}\"\n",
            "the template en.toml: booked.lead.sms fails",
        ),
        ("layout.html", "{{ nothing }}", "the template layout.html fails in line 1"),
        ("layout.htm", "x", "the template layout.htm is not known"),
    ] {
        let error = with(name, text).expect_err("a bad template");
        assert!(error.starts_with(expected), "{error}");
    }
}

#[test]
fn a_line_is_one_line() {
    assert_eq!(one_line(" a\r\n\tb\u{2029}c\u{7}d "), "a bc d");
    assert_eq!(one_line(&"x".repeat(300)).chars().count(), 200);
}

proptest::proptest! {
    /// Whatever people write, it is text.
    #[test]
    fn nothing_that_people_write_is_more_than_text(
        name in "\\PC*|[\\x00-\\x7f]{0,300}|.{0,100}", title in ".{0,300}|(<[a-z/]{1,5}>){0,30}",
        notes in "(?s).{0,300}", recipient in "lead|broker",
    ) {
        let message = notification("rescheduled", &recipient, |document| {
            document["lead"]["name"] = name.as_str().into();
            document["booking"]["title"] = title.into();
            document["booking"]["notes"] = notes.into();
        });
        let templates = templates();
        let email = templates.email(&message, &links()).expect("an e-mail");
        proptest::prop_assert!(!email.subject.chars().any(char::is_control), "{:?}", email.subject);
        let plain = templates.email(&notification("rescheduled", &recipient, |_| {}), &links());
        let expected = tags(&plain.expect("an e-mail").html);
        proptest::prop_assert_eq!(tags(&email.html), expected, "{}", email.html);
        let sms = templates.sms(&message, &links()).expect("an SMS");
        proptest::prop_assert!(segments(&sms).number <= 6, "{}", sms);
    }
}
