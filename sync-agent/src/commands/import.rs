//! `sync-agent import`.

pub mod csv;

use self::csv::{Account, Problem, Row, read};

use super::{Context, Outcome};
use crate::candidate::{Candidate, Verified};
use crate::cli::Import;
use crate::database::{Database, Error};
use crate::secret::{Credential, Keyring};
use crate::sync::accounts::Providers;
use anyhow::Context as _;
use futures_util::StreamExt as _;
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Summary {
    Imported { brokers: usize, known: usize, accounts: usize, calendars: usize },
    Refused { problems: Vec<Problem> },
}

/// One row of the result of `calendar.import_brokers`.
#[derive(Deserialize)]
struct Imported {
    line: u64,
    broker_id: Uuid,
    is_new: bool,
}

pub(super) async fn run(context: &Context, what: &Import) -> anyhow::Result<Outcome> {
    let keyring = context.config.keyring()?;
    let file = &what.file;
    let csv = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    let rows = match read(&csv) {
        Ok(rows) => rows,
        Err(problems) => return Ok(refuse(context, problems)),
    };
    // The database is checked before any provider is asked.
    let database = context.database().await?;
    let verified = match verify(context, &rows).await? {
        Ok(verified) => verified,
        Err(problems) => return Ok(refuse(context, problems)),
    };
    match store(&database, &keyring, &rows, &verified).await? {
        Ok(summary) => {
            context.output.print(&summary, text);
            Ok(Outcome::Done)
        }
        Err(problem) => Ok(refuse(context, vec![problem])),
    }
}

/// Asks every account for its calendars.
async fn verify(
    context: &Context,
    rows: &[Row],
) -> anyhow::Result<Result<Vec<Option<Verified>>, Vec<Problem>>> {
    let providers = context.providers()?;
    let bar = context.output.progress(rows.len(), "accounts");
    let results: Vec<_> = futures_util::stream::iter(rows)
        .map(async |row| {
            let verified = ask(&providers, row).await;
            bar.inc(1);
            verified.map_err(|problem| Problem { line: row.line, problem })
        })
        .buffered(context.config.concurrency)
        .collect()
        .await;
    bar.finish_and_clear();
    let (mut verified, mut problems) = (Vec::new(), Vec::new());
    for result in results {
        match result {
            Ok(account) => verified.push(account),
            Err(problem) => problems.push(problem),
        }
    }
    Ok(if problems.is_empty() { Ok(verified) } else { Err(problems) })
}

async fn ask(providers: &Providers, row: &Row) -> Result<Option<Verified>, String> {
    let Some(account) = &row.account else {
        return Ok(None);
    };
    let candidate = match account {
        Account::Caldav { url, username, password } => {
            let url = url.parse().map_err(|_| "url must be a URL".to_owned())?;
            Candidate::caldav(&url, username, password.clone())
        }
        // Not a path: the author of the file need not be allowed to read this machine's files.
        Account::Ics { url } => Candidate::feed(url).map_err(|e| format!("url {e}"))?,
        Account::Google { refresh_token } => Candidate::oauth("google", refresh_token.clone()),
        Account::Microsoft { refresh_token } => {
            Candidate::oauth("microsoft", refresh_token.clone())
        }
        Account::Ghl { location, token } => {
            Candidate::ghl(location, Credential::Token(token.clone()))
        }
    };
    candidate.verify(providers).await.map(Some).map_err(|e| e.to_string())
}

async fn store(
    database: &Database,
    keyring: &Keyring,
    rows: &[Row],
    verified: &[Option<Verified>],
) -> anyhow::Result<Result<Summary, Problem>> {
    let brokers: Vec<_> = rows
        .iter()
        .map(|row| {
            let mut broker = json!(row.broker);
            broker["line"] = json!(row.line);
            broker["hours"] = json!(row.hours);
            broker
        })
        .collect();
    // Ends with the connection where it does not come to an end here.
    database.begin().await?;
    let imported = match database.import_brokers(&json!(brokers)).await {
        Ok(answer) => serde_json::from_value::<Vec<Imported>>(answer)?,
        Err(error) => return problem(error).map(Err),
    };
    let (mut accounts, mut calendars) = (0, 0);
    for ((row, account), broker) in rows.iter().zip(verified).zip(&imported) {
        anyhow::ensure!(
            row.line == broker.line,
            "import_brokers returned its rows in another order"
        );
        if let Some(account) = account {
            let name = row.account_name.as_deref();
            match account.store(database, keyring, broker.broker_id, name).await {
                Ok((_, registered)) => {
                    accounts += 1;
                    calendars += registered.len();
                }
                Err(Error::Refused { message, .. }) => {
                    return Ok(Err(Problem { line: row.line, problem: message }));
                }
                Err(error) => return Err(error.into()),
            }
        }
    }
    database.commit().await?;
    let known = imported.iter().filter(|broker| !broker.is_new).count();
    Ok(Ok(Summary::Imported { brokers: imported.len() - known, known, accounts, calendars }))
}

/// The line that `calendar.import_brokers` names.
fn problem(error: Error) -> anyhow::Result<Problem> {
    #[derive(Deserialize)]
    struct Detail {
        line: u64,
        problem: String,
    }
    if let Error::Refused { detail: Some(detail), .. } = &error
        && let Ok(Detail { line, problem }) = serde_json::from_str(detail)
    {
        return Ok(Problem { line, problem });
    }
    Err(error.into())
}

fn refuse(context: &Context, problems: Vec<Problem>) -> Outcome {
    context.output.print(&Summary::Refused { problems }, text);
    Outcome::Failed
}

fn text(summary: &Summary) -> String {
    match summary {
        Summary::Imported { brokers, known, accounts, calendars } => format!(
            "{brokers} brokers imported, {known} already known; {accounts} accounts with {calendars} \
             calendars connected.\nThe file holds secrets: delete it."
        ),
        Summary::Refused { problems } => {
            let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
            format!("Nothing was imported.\n{}", lines.join("\n"))
        }
    }
}
