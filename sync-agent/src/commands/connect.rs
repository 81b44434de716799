//! `sync-agent connect`.

use super::stdin::from_stdin;
use super::{Context, Outcome};
use crate::candidate::Candidate;
use crate::cli::{Connect, Consent};
use crate::database::{Database, Health, RegisteredCalendar};
use crate::oauth::consent;
use crate::output::table;
use crate::secret::Credential;
use crate::sync::accounts::Providers;
use serde::Serialize;
use url::Url;
use uuid::Uuid;

#[derive(Debug, Serialize)]
struct Connected {
    account_id: Uuid,
    calendars: Vec<Calendar>,
    /// The names of calendars that are not connected, because their events may not be read.
    unreadable: Vec<String>,
    /// What `sync-agent status` reports of a calendar that bookings do not reach.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
}

#[derive(Debug, Serialize)]
struct Calendar {
    calendar_id: Uuid,
    display_name: Option<String>,
    is_primary: bool,
    is_new: bool,
}

pub(super) async fn run(context: &Context, provider: Connect) -> anyhow::Result<Outcome> {
    let keyring = context.config.keyring()?;
    let database = context.database().await?;
    let providers = context.providers()?;
    let (owner, candidate) = match provider {
        Connect::Caldav(account) => {
            let password = from_stdin("password")?;
            (account.owner, Candidate::caldav(&account.url, &account.username, password))
        }
        Connect::Ics(feed) => {
            let candidate =
                Candidate::feed_or_file(&feed.url).map_err(|e| anyhow::anyhow!("--url {e}"))?;
            (feed.owner, candidate)
        }
        Connect::Google(account) => {
            let candidate = agreed(context, &providers, "google", &account).await?;
            (account.owner, candidate)
        }
        Connect::Microsoft(account) => {
            let candidate = agreed(context, &providers, "microsoft", &account).await?;
            (account.owner, candidate)
        }
        Connect::Ghl(account) => {
            let credential = if account.token_stdin {
                Credential::Token(from_stdin("token")?)
            } else {
                Credential::RefreshToken(from_stdin("refresh token")?)
            };
            (account.owner, Candidate::ghl(&account.location, credential))
        }
    };
    let verified = candidate.verify(&providers).await?;
    database.begin().await?;
    let (account_id, calendars) =
        verified.store(&database, &keyring, owner.broker, owner.name.as_deref()).await?;
    let problem = unreached(&database, account_id).await?;
    database.commit().await?;
    let calendars = calendars.into_iter().map(Calendar::from).collect();
    let unreadable = verified.unreadable;
    context.output.print(&Connected { account_id, calendars, unreadable, problem }, text);
    Ok(Outcome::Done)
}

/// Whether bookings go to a local calendar instead of this account, and what to do.
async fn unreached(database: &Database, account_id: Uuid) -> anyhow::Result<Option<String>> {
    let report = database.sync_report().await?;
    let of_account = report.iter().filter(|one| one.account_id == account_id);
    Ok(of_account.filter_map(Health::unreached).next())
}

async fn agreed(
    context: &Context,
    providers: &Providers,
    provider: &'static str,
    account: &Consent,
) -> anyhow::Result<Candidate> {
    let application = context.config.application(provider)?;
    let token = if account.refresh_token_stdin {
        from_stdin("refresh token")?
    } else {
        consent(&application, providers.http(), &show).await?
    };
    Ok(Candidate::oauth(provider, token))
}

fn show(url: &Url) {
    eprintln!("Open this page in a browser on this machine and grant access:\n\n{url}\n");
    // Without a browser, the user can still go there by hand.
    let _ = open::that_detached(url.as_str());
}

impl From<RegisteredCalendar> for Calendar {
    fn from(calendar: RegisteredCalendar) -> Self {
        let RegisteredCalendar { calendar_id, display_name, is_primary, is_new, .. } = calendar;
        Self { calendar_id, display_name, is_primary, is_new }
    }
}

fn text(connected: &Connected) -> String {
    let rows = connected.calendars.iter().map(|calendar| {
        [
            calendar.display_name.clone().unwrap_or_default(),
            calendar.calendar_id.to_string(),
            if calendar.is_primary { "bookings go here".into() } else { String::new() },
        ]
    });
    let account = connected.account_id;
    let calendars = table(&["calendar", "id", ""], rows);
    let mut text = format!(
        "Account {account} is connected.\n\n{calendars}\nNo time is offered before its calendars \
         have been read: an agent that runs does so at once, otherwise run sync-agent once."
    );
    for name in &connected.unreadable {
        text += &format!(
            "\nThe calendar {name} is not connected, because its events are not shared with the \
             account."
        );
    }
    if let Some(problem) = &connected.problem {
        text += &format!("\nWarning: {problem}.");
    }
    text
}
