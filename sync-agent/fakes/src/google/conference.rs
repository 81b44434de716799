//! Google Meet links.

use super::answer::Refusal;
use super::calendar::Calendar;
use serde_json::{Value, json};

/// What becomes of the conference data in a change: without the parameter
/// `conferenceDataVersion=1` nothing, with it a link is made where one is asked for.
/// `slow` = only after the event.
pub(super) fn apply(
    calendar: &Calendar,
    body: &mut Value,
    before: Option<&Value>,
    is_heard: bool,
    slow: bool,
) -> Result<(), Refusal> {
    let Some(object) = body.as_object_mut().filter(|body| body.contains_key("conferenceData"))
    else {
        return Ok(());
    };
    if !is_heard {
        object.remove("conferenceData");
        return Ok(());
    }
    let request = &object["conferenceData"]["createRequest"];
    let Some(request_id) = request["requestId"].as_str().map(str::to_owned) else {
        return Ok(());
    };
    let kind = request["conferenceSolutionKey"]["type"].clone();
    if kind != "hangoutsMeet" || !calendar.allows_meet {
        return Err(Refusal::invalid("Invalid conference type value."));
    }
    let known = before.map(|event| &event["conferenceData"]).filter(|known| known.is_object());
    object["conferenceData"] = match known {
        // The same request again is ignored.
        Some(known) if known["createRequest"]["requestId"] == request_id.as_str() => known.clone(),
        _ => {
            let mut data = json!({"createRequest": {
                "requestId": request_id,
                "conferenceSolutionKey": {"type": kind},
                "status": {"statusCode": "pending"},
            }});
            if !slow {
                complete(&mut data);
            }
            data
        }
    };
    Ok(())
}

/// Makes a link that is pending. Whether there was one.
pub(super) fn complete(data: &mut Value) -> bool {
    if data["createRequest"]["status"]["statusCode"] != "pending" {
        return false;
    }
    let id = data["createRequest"]["requestId"].as_str().unwrap_or_default().to_owned();
    data["createRequest"]["status"]["statusCode"] = "success".into();
    data["conferenceId"] = id.clone().into();
    data["conferenceSolution"] = json!({
        "key": {"type": "hangoutsMeet"},
        "name": "Google Meet",
        "iconUri": "https://fonts.gstatic.com/meet.png",
    });
    data["entryPoints"] = json!([
        {"entryPointType": "video", "uri": format!("https://meet.google.com/{id}"), "label": id},
        {"entryPointType": "more", "uri": format!("https://tel.meet/{id}"), "pin": "1"},
    ]);
    true
}
