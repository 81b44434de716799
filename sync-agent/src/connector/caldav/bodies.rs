//! Reading the members of a calendar.

use super::listing::{Collection, is_multistatus, refusal};
use crate::connector::{Pages, Versions};
use crate::net::http::Answer;
use crate::{Error, Result};
use ::http::StatusCode;
use ::http::header::CONTENT_TYPE;
use providers::caldav::{self, Member, Reading};
use providers::{Deleted, Page, Rejected};
use std::collections::HashSet;

/// Members that are fetched by one request.
const CHUNK: usize = 100;

/// Members that the server has not returned.
#[derive(Default)]
struct Withheld {
    /// Those that it says do not exist.
    denied: Vec<Member>,
    /// Whether it has refused one.
    any_refused: bool,
}

/// Reads members.
pub(super) struct Bodies<'a> {
    pub(super) collection: Collection<'a>,
    pub(super) reading: Reading,
}

impl Bodies<'_> {
    /// Reads members and passes their events on. `known` are the events that may have to be
    /// deleted, because a member contains none any more. Returns whether the server has returned
    /// all of them: what it has refused may be readable the next time.
    pub(super) async fn fetch(
        &self,
        members: Vec<Member>,
        known: &Versions,
        pages: &mut dyn Pages,
    ) -> Result<bool> {
        let mut left = members;
        let mut size = CHUNK;
        let mut withheld = Withheld::default();
        while !left.is_empty() {
            let chunk = left.split_off(left.len().saturating_sub(size));
            let Some(bodies) = self.ask(&chunk).await? else {
                // Too much at once, or refused or unreadable for the sake of one: in halves.
                size = chunk.len().div_ceil(2);
                match chunk.as_slice() {
                    [member] => self.get(member, &mut withheld, known, pages).await?,
                    _ => left.extend(chunk),
                }
                continue;
            };
            let caldav::Bodies { page, without_event, denied: singly, missing } = bodies;
            let answered = chunk.len() - missing.len();
            pass(page, without_event, known, pages).await?;
            for member in &singly {
                self.get(member, &mut withheld, known, pages).await?;
            }
            if answered == 0 {
                for member in &missing {
                    self.get(member, &mut withheld, known, pages).await?;
                }
            } else if missing.is_empty() {
                size = (size * 2).min(CHUNK);
            } else {
                // Some servers answer a part of what they are asked for.
                size = answered;
                left.extend(missing);
            }
        }
        let any_lost = self.look_again(withheld.denied, known, pages).await?;
        Ok(!withheld.any_refused && !any_lost)
    }

    /// What is in some members; none where the server cannot say that at once.
    async fn ask(&self, members: &[Member]) -> Result<Option<caldav::Bodies>> {
        let hrefs = members.iter().map(|member| member.href.as_str());
        let answer = match self.send(caldav::fetch(self.collection.url, hrefs)).await {
            // Larger than allowed.
            Err(Error::Malformed(_)) => return Ok(None),
            answer => answer?,
        };
        if is_multistatus(&answer) {
            return Ok(self.reading.read(answer.body(), members.to_vec()).ok());
        }
        refusal(&answer).map(|_| None)
    }

    /// Reads one member. One that the server cannot return does not keep the others away.
    async fn get(
        &self,
        member: &Member,
        withheld: &mut Withheld,
        known: &Versions,
        pages: &mut dyn Pages,
    ) -> Result<()> {
        let url = self.collection.url.join(&member.href);
        let Ok(url) = url else {
            return reject(member, "its name is not a valid URL".into(), pages).await;
        };
        let answer = match self.send(caldav::get(&url)).await {
            Err(Error::Malformed(reason)) => return reject(member, reason, pages).await,
            answer => answer?,
        };
        match answer.status() {
            StatusCode::OK if !is_web_page(&answer) => {
                let bodies = self.reading.read_member(member, answer.body());
                pass(bodies.page, bodies.without_event, known, pages).await
            }
            StatusCode::NOT_FOUND | StatusCode::GONE => {
                withheld.denied.push(member.clone());
                Ok(())
            }
            status => {
                let is_page = status == StatusCode::OK;
                if is_page || matches!(refusal(&answer)?, Error::Unavailable(_)) {
                    // Is it this member, or the server as a whole?
                    self.collection.state().await?;
                }
                withheld.any_refused = true;
                let reason = match is_page {
                    true => "the server returns a web page in place of the event".into(),
                    false => format!("the server does not return the event ({})", status.as_u16()),
                };
                reject(member, reason, pages).await
            }
        }
    }

    /// Members that were listed and then denied: they were deleted meanwhile, or the server has
    /// lost their contents. Returns whether there are any of the latter.
    async fn look_again(
        &self,
        denied: Vec<Member>,
        known: &Versions,
        pages: &mut dyn Pages,
    ) -> Result<bool> {
        if denied.is_empty() {
            return Ok(false);
        }
        let listing = self.collection.list(&self.collection.state().await?).await?;
        let listed: HashSet<String> = listing.members.into_iter().map(|member| member.id).collect();
        let (lost, gone): (Vec<_>, Vec<_>) =
            denied.into_iter().partition(|member| listed.contains(&member.id));
        for member in &lost {
            let reason = "the server lists the event, but does not return it";
            reject(member, reason.into(), pages).await?;
        }
        let gone = gone.into_iter().map(|member| member.id).collect();
        pass(Page::default(), gone, known, pages).await?;
        Ok(!lost.is_empty())
    }

    async fn send(&self, request: ::http::Request<Vec<u8>>) -> Result<Answer> {
        self.collection.client.send(request).await
    }
}

/// Whether an answer is for people: a sign-in page comes with status 200, too.
fn is_web_page(answer: &Answer) -> bool {
    answer.headers().get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"))
}

async fn reject(member: &Member, reason: String, pages: &mut dyn Pages) -> Result<()> {
    let external_event_id = Some(member.id.clone());
    let rejected = vec![Rejected { external_event_id, reason }];
    pages.page(Page { rejected, ..Page::default() }).await
}

/// Passes on what was read. Events that are known are deleted where they are no events any more,
/// or take place outside of the window.
async fn pass(
    mut page: Page,
    without_event: Vec<String>,
    known: &Versions,
    pages: &mut dyn Pages,
) -> Result<()> {
    let outside = page.outside.iter().map(|outside| outside.external_event_id.clone());
    let may_be_known = |id: &String| known.is_empty() || known.contains_key(id);
    let gone = without_event.into_iter().chain(outside).filter(may_be_known);
    page.deleted.extend(
        gone.collect::<HashSet<_>>()
            .into_iter()
            .map(|external_event_id| Deleted { external_event_id, recurrence_id: None }),
    );
    for page in page.into_parts() {
        pages.page(page).await?;
    }
    Ok(())
}
