//! Questions and answers.

use crate::support::Desk;
use calendar_tests::answer::refused;
use calendar_tests::fixture;
use serde_json::{Value, json};

fn asking() -> Desk {
    Desk::new(&[]).with(&json!({"questions": [
        {"name": "topic", "label": "What is it about?", "kind": "text", "required": true},
        {"name": "size", "label": "How large?", "kind": "choice", "choices": ["small", "gro\u{df}"]},
        {"name": "mail", "label": "Another address", "kind": "email"},
        {"name": "phone", "label": "Another number", "kind": "phone"},
        {"name": "budget", "label": "Budget", "kind": "number"},
        {"name": "consent", "label": "I agree", "kind": "checkbox", "required": true},
    ]}))
}

fn book(desk: &mut Desk, answers: &Value) -> Result<Value, postgres::Error> {
    let further = format!("meeting_type => 'call', answers => '{answers}'");
    desk.book("2026-03-03T16:00Z", &further)
}

#[test]
fn answers_are_stored_as_they_were_given() {
    let mut desk = asking();
    let answers = json!({
        "topic": "A flat", "size": "groß", "mail": "a@example.org", "phone": "+1 (212) 555-0100",
        "budget": 450000, "consent": true,
    });
    let booking = book(&mut desk, &answers).unwrap();
    assert_eq!(booking["answers"], answers);
    let id = booking["id"].as_str().unwrap();
    let again = fixture::call(&mut desk.client, &format!("confirm_booking('{id}')")).unwrap();
    assert_eq!(again["answers"], answers);
}

#[test]
fn an_answer_that_breaks_its_question_is_refused_by_name() {
    let mut desk = asking();
    let whole = json!({"topic": "A flat", "consent": true});
    let cases = [
        ("topic", json!(null), r#"answers: question "topic" must be answered"#),
        ("topic", json!("  "), r#"answers: question "topic" must be answered"#),
        ("topic", json!(7), r#"answers: question "topic" must be a text"#),
        ("size", json!("large"), r#"answers: question "size" must be one of ["small", "gro?"]"#),
        ("mail", json!("a@b@c"), r#"answers: question "mail" must be an e-mail address"#),
        ("phone", json!("ring me"), r#"answers: question "phone" must be a telephone number"#),
        ("budget", json!("much"), r#"answers: question "budget" must be a number"#),
        ("consent", json!(false), r#"answers: question "consent" must be answered"#),
        ("consent", json!("yes"), r#"answers: question "consent" must be true or false"#),
        (
            "colour",
            json!("red"),
            r#"answers must name questions of the meeting type, not "colour""#,
        ),
    ];
    for (name, answer, message) in cases {
        let mut answers = whole.clone();
        answers[name] = answer;
        refused(book(&mut desk, &answers), "22023", message);
    }
    refused(book(&mut desk, &json!([1])), "22023", "answers must be a JSON object");
    refused(desk.book("2026-03-03T16:00Z", "meeting_type => 'call'"), "22023", "must be answered");
    let long = json!({"topic": "x".repeat(16_384), "consent": true});
    refused(book(&mut desk, &long), "22023", "answers must have at most 16384 bytes");
    let untyped = desk.book("2026-03-03T16:00Z", "answers => '{}'");
    refused(untyped, "22023", "answers must be null without meeting_type");
    book(&mut desk, &whole).unwrap();
}

#[test]
fn a_repeated_request_with_other_answers_is_another_request() {
    let mut desk = asking();
    let mut book = |topic: &str| {
        let further = format!(
            "meeting_type => 'call', idempotency_key => 'k',
             answers => '{}'",
            json!({"topic": topic, "consent": true})
        );
        desk.book("2026-03-03T16:00Z", &further)
    };
    let first = book("A flat").unwrap();
    assert_eq!(book("A flat").unwrap()["id"], first["id"]);
    refused(book("A house"), "PT422", "idempotency_key_reused");
}

#[test]
fn questions_that_nobody_could_answer_are_refused() {
    let mut desk = Desk::new(&[]);
    let cases = [
        (json!("x"), "meeting_type: questions must be a JSON array"),
        (json!(["x"]), "questions must hold"),
        (json!([{"name": "a b", "label": "x", "kind": "text"}]), "must each have a name"),
        (json!([{"name": "a", "kind": "text"}]), "must each have a label"),
        (json!([{"name": "a", "label": "x", "kind": "date"}]), "not \"date\": \"a\""),
        (json!([{"name": "a", "label": "x", "kind": "choice"}]), "an array of choices"),
        (json!([{"name": "a", "label": "x", "kind": "choice", "choices": []}]), "1 to 100 choices"),
        (
            json!([{"name": "a", "label": "x", "kind": "text", "choices": ["b"]}]),
            "array of choices",
        ),
        (json!([{"name": "a", "label": "x", "kind": "text", "required": "yes"}]), "true or false"),
        (
            json!([{"name": "a", "label": "x", "kind": "text", "hint": "y"}]),
            "must have no keys but",
        ),
        (
            json!([{"name": "a", "label": "x", "kind": "text"}, {"name": "a", "label": "y", "kind": "text"}]),
            "must each have a name of its own; two have \"a\"",
        ),
    ];
    for (questions, message) in cases {
        refused(desk.save(&json!({"questions": questions})), "22023", message);
    }
}
