//! Subscriptions, and the notifications that come of them.

use super::refusal::Refusal;
use super::{Shared, lock};
use crate::notify::post;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde_json::{Value, json};

/// What an address must send back, decoded.
const TOKEN: &str = "Validation: Testing client application reachability, 100% + <more> & \"all\"";

/// All subscriptions.
#[derive(Debug, Default)]
pub(super) struct Subscriptions {
    all: Vec<Subscription>,
    count: u64,
}

/// One that is open.
#[derive(Debug, Clone)]
struct Subscription {
    id: String,
    calendar: String,
    body: Value,
    /// Changes of the mailbox that it has told, or need not tell.
    told: usize,
}

impl Subscription {
    fn answer(&self) -> Value {
        let mut answer = self.body.clone();
        answer["id"] = self.id.as_str().into();
        answer["clientState"] = Value::Null;
        answer
    }

    fn address(&self, key: &str) -> Option<&str> {
        self.body[key].as_str()
    }

    fn notification(&self) -> Value {
        json!({
            "subscriptionId": self.id,
            "subscriptionExpirationDateTime": self.body["expirationDateTime"],
            "clientState": self.body["clientState"],
            "tenantId": "84bd8158-6d4d-4958-8b9f-9d6445542f95",
        })
    }
}

impl Subscriptions {
    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    fn find(&mut self, id: &str) -> Result<&mut Subscription, Refusal> {
        let found = self.all.iter_mut().find(|subscription| subscription.id == id);
        found.ok_or_else(|| Refusal::new(404, "ResourceNotFound"))
    }

    fn remove(&mut self, id: &str) -> Result<Subscription, Refusal> {
        let found = self.all.iter().position(|subscription| subscription.id == id);
        found.map(|at| self.all.remove(at)).ok_or_else(|| Refusal::new(404, "ResourceNotFound"))
    }
}

pub(super) async fn create(
    State(shared): State<Shared>,
    Json(body): Json<Value>,
) -> Result<(StatusCode, Json<Value>), Refusal> {
    let calendar = check(&body)?;
    lock(&shared).mailbox.calendar(&calendar)?;
    for key in ["notificationUrl", "lifecycleNotificationUrl"] {
        if let Some(address) = body[key].as_str() {
            shake_hands(address).await?;
        }
    }
    let mut state = lock(&shared);
    let told = state.mailbox.changes.len();
    state.subscriptions.count += 1;
    let id = format!("7f105c7d-2dc5-4530-97cd-{:012}", state.subscriptions.count);
    let subscription = Subscription { id, calendar, body, told };
    let answer = subscription.answer();
    state.subscriptions.all.push(subscription);
    Ok((StatusCode::CREATED, Json(answer)))
}

/// The calendar that a subscription is to.
fn check(body: &Value) -> Result<String, Refusal> {
    let text = |key: &str, most: usize| {
        let text = body[key].as_str().filter(|text| !text.is_empty() && text.len() <= most);
        text.ok_or_else(Refusal::invalid)
    };
    text("changeType", 30)?;
    text("notificationUrl", 2048)?;
    text("expirationDateTime", 40)?;
    text("clientState", 128)?;
    let resource = text("resource", 2048)?.trim_start_matches('/');
    let calendar =
        resource.strip_prefix("me/calendars/").and_then(|rest| rest.strip_suffix("/events"));
    calendar.map(str::to_owned).ok_or_else(Refusal::invalid)
}

async fn shake_hands(address: &str) -> Result<(), Refusal> {
    let refusal = || Refusal::new(400, "ValidationError");
    let mut url = url::Url::parse(address).map_err(|_| refusal())?;
    url.query_pairs_mut().append_pair("validationToken", TOKEN);
    let headers = vec![("Content-Type", "text/plain; charset=utf-8".to_owned())];
    let answer = post(url.into(), headers, String::new()).await.map_err(|_| refusal())?;
    let is_text = answer.content_type.split(';').next() == Some("text/plain");
    if answer.status == 200 && is_text && answer.body == TOKEN { Ok(()) } else { Err(refusal()) }
}

pub(super) async fn prolong(
    State(shared): State<Shared>,
    Path(id): Path<String>,
    Json(body): Json<Value>,
) -> Result<Json<Value>, Refusal> {
    let mut state = lock(&shared);
    let subscription = state.subscriptions.find(&id)?;
    let ends = body["expirationDateTime"].as_str().ok_or_else(Refusal::invalid)?;
    subscription.body["expirationDateTime"] = ends.into();
    Ok(Json(subscription.answer()))
}

pub(super) async fn delete(
    State(shared): State<Shared>,
    Path(id): Path<String>,
) -> Result<StatusCode, Refusal> {
    lock(&shared).subscriptions.remove(&id)?;
    Ok(StatusCode::NO_CONTENT)
}

/// Tells each change since the last time; gives the statuses of the answers.
pub(super) async fn notify(shared: &Shared) -> Vec<u16> {
    let mut due = Vec::new();
    {
        let state = &mut *lock(shared);
        let changes = &state.mailbox.changes;
        for subscription in &mut state.subscriptions.all {
            let news = changes[subscription.told..].iter();
            let news = news.filter(|change| change.calendar == subscription.calendar);
            let value: Vec<Value> = news
                .map(|change| {
                    let mut one = subscription.notification();
                    let resource = format!("Users/u/Events/{}", change.id);
                    one["changeType"] = "updated".into();
                    one["resource"] = resource.as_str().into();
                    one["resourceData"] = json!({
                        "@odata.type": "#Microsoft.Graph.Event", "@odata.id": resource, "id": change.id,
                    });
                    one
                })
                .collect();
            subscription.told = changes.len();
            if let (false, Some(address)) =
                (value.is_empty(), subscription.address("notificationUrl"))
            {
                due.push((address.to_owned(), value));
            }
        }
    }
    let mut statuses = Vec::with_capacity(due.len());
    for (address, value) in due {
        statuses.push(send(address, &value).await);
    }
    statuses
}

/// Tells each subscription what becomes of it; `subscriptionRemoved` is true then.
/// Gives the statuses of the answers.
pub(super) async fn tell(shared: &Shared, event: &str) -> Vec<u16> {
    let all = match event {
        "subscriptionRemoved" => std::mem::take(&mut lock(shared).subscriptions.all),
        _ => lock(shared).subscriptions.all.clone(),
    };
    let mut statuses = Vec::new();
    for subscription in all {
        if let Some(address) = subscription.address("lifecycleNotificationUrl") {
            let mut one = subscription.notification();
            one["lifecycleEvent"] = event.into();
            statuses.push(send(address.to_owned(), &[one]).await);
        }
    }
    statuses
}

async fn send(address: String, value: &[Value]) -> u16 {
    let headers = vec![("Content-Type", "application/json; charset=utf-8".to_owned())];
    let body = json!({"value": value}).to_string();
    post(address, headers, body).await.map_or(0, |answer| answer.status)
}
