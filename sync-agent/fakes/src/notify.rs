//! Requests that a stand-in makes of its own accord.

use std::io;

/// An answer to one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) content_type: String,
    pub(crate) body: String,
}

/// Sends a POST request.
pub(crate) async fn post(
    url: String,
    headers: Vec<(&'static str, String)>,
    body: String,
) -> io::Result<Answer> {
    let send = move || -> Result<Answer, ureq::Error> {
        let agent: ureq::Agent =
            ureq::Agent::config_builder().http_status_as_error(false).proxy(None).build().into();
        let mut request = agent.post(&url);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let mut answer = request.send(body)?;
        let kind = answer.headers().get("content-type").and_then(|kind| kind.to_str().ok());
        Ok(Answer {
            status: answer.status().as_u16(),
            content_type: kind.unwrap_or_default().to_owned(),
            body: answer.body_mut().read_to_string()?,
        })
    };
    let answer = tokio::task::spawn_blocking(send).await.map_err(io::Error::other)?;
    answer.map_err(io::Error::other)
}
