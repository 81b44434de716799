//! `/unsubscribe/{token}`: ends reminders by e-mail. Mail programs send a POST (RFC 8058); people
//! see a page with a button, because programs that look at links must not end anything.

use super::{Desk, not_stored};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

#[derive(Template)]
#[template(path = "unsubscribe.html")]
struct Page {
    language: &'static str,
    title: &'static str,
    text: &'static str,
    /// The button; none = it is done, or impossible.
    button: Option<&'static str>,
}

/// What a page says: the title, the question, the button, that it is done, that it is unknown.
struct Words {
    language: &'static str,
    title: &'static str,
    question: &'static str,
    button: &'static str,
    done: &'static str,
    unknown: &'static str,
}

const WORDS: [Words; 4] = [
    Words {
        language: "en",
        title: "Reminders by e-mail",
        question: "Do you want no more reminders by e-mail? Messages about changes to your \
                   appointments still reach you.",
        button: "Stop reminders",
        done: "You will get no more reminders by e-mail.",
        unknown: "This link is not valid any more.",
    },
    Words {
        language: "de",
        title: "Erinnerungen per E-Mail",
        question: "Möchten Sie keine Erinnerungen mehr per E-Mail? Nachrichten über Änderungen \
                   Ihrer Termine erhalten Sie weiterhin.",
        button: "Erinnerungen beenden",
        done: "Sie erhalten keine Erinnerungen mehr per E-Mail.",
        unknown: "Dieser Link ist nicht mehr gültig.",
    },
    Words {
        language: "es",
        title: "Recordatorios por correo",
        question: "¿No desea recibir más recordatorios por correo? Seguirá recibiendo mensajes \
                   sobre cambios de sus citas.",
        button: "No recibir recordatorios",
        done: "No recibirá más recordatorios por correo.",
        unknown: "Este enlace ya no es válido.",
    },
    Words {
        language: "fr",
        title: "Rappels par e-mail",
        question: "Ne voulez-vous plus de rappels par e-mail ? Vous recevrez toujours les messages \
                   sur les changements de vos rendez-vous.",
        button: "Ne plus recevoir de rappels",
        done: "Vous ne recevrez plus de rappels par e-mail.",
        unknown: "Ce lien n’est plus valable.",
    },
];

/// Asks; changes nothing.
pub(super) async fn ask(headers: HeaderMap) -> Response {
    let words = words(&headers);
    page(StatusCode::OK, words, words.question, Some(words.button))
}

/// Ends the reminders. Repeated, it is done already.
pub(super) async fn end(
    State(desk): State<Desk>,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> Response {
    let words = words(&headers);
    match desk.reporting.reports.unsubscribe(&token).await {
        Ok(true) => page(StatusCode::OK, words, words.done, None),
        Ok(false) => page(StatusCode::NOT_FOUND, words, words.unknown, None),
        Err(error) => match not_stored(&error) {
            StatusCode::BAD_REQUEST => page(StatusCode::NOT_FOUND, words, words.unknown, None),
            status => status.into_response(),
        },
    }
}

fn page(
    status: StatusCode,
    words: &Words,
    text: &'static str,
    button: Option<&'static str>,
) -> Response {
    let Words { language, title, .. } = *words;
    match (Page { language, title, text, button }).render() {
        Ok(page) => (status, Html(page)).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// The first language of the browser that there are words in.
fn words(headers: &HeaderMap) -> &'static Words {
    let wanted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let wanted = wanted.unwrap_or_default().split(',').map(|one| one.trim().get(..2));
    let known = |wanted: Option<&str>| {
        let wanted = wanted?.to_ascii_lowercase();
        WORDS.iter().find(|words| words.language == wanted)
    };
    wanted.into_iter().find_map(known).unwrap_or(&WORDS[0])
}
