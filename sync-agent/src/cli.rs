//! The command line.

mod failures;

pub use failures::{FailureAction, Failures};

use crate::config::settings;
use clap::{Args, CommandFactory as _, Parser, Subcommand};
use std::fmt::Write as _;
use std::path::PathBuf;
use uuid::Uuid;

/// Keeps calendar_ext and the calendars at the providers in sync
///
/// DATABASE_URL and SYNC_AGENT_KEY (base64 of 32 bytes) come from the environment or
/// from the file that --config names.
///
/// Exits with 0 on success, with 1 if something failed or was refused, and with 2 if it could
/// not start: wrong usage, wrong configuration, or no database.
#[derive(Debug, Parser)]
#[command(
    name = "sync-agent",
    version,
    arg_required_else_help = true,
    after_long_help = settings::help()
)]
pub struct Cli {
    /// A TOML file with the configuration; environment variables override it
    #[arg(long, global = true, value_name = "FILE", env = crate::config::FILE)]
    pub config: Option<PathBuf>,
    /// Print one JSON value instead of text; `run` logs JSON objects instead of lines
    #[arg(long, global = true)]
    pub json: bool,
    /// What to do
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Pull every calendar that is due, write every pending booking, and exit (for cron)
    #[command(after_help = "\
Exits with 0 only if every calendar that should be in step is. Exits with 1 and the reasons if one
is not (the rest was still done), and with 2 if it could not start. If all is well, it prints nothing,
unless at a terminal, with --verbose or with --json.

Examples:
  */5 * * * * sync-agent --config /etc/sync-agent.toml once
  sync-agent once --json | jq .conflicts")]
    Once(Once),
    /// Do the same continuously, and immediately after bookings and webhooks
    #[command(after_help = "\
While the database is unavailable, changes are kept in a file. They are stored once it is back.
Webhooks and the pages on which a calendar is connected need http.listen, and http.public_url: the
URL at which browsers and providers reach it.

Examples:
  sync-agent run
  SYNC_AGENT_HTTP_LISTEN=127.0.0.1:8085 \\
  SYNC_AGENT_HTTP_PUBLIC_URL=https://agent.example.com/ sync-agent run")]
    Run,
    /// Connect a broker's account at a provider, or connect it again
    #[command(subcommand)]
    Connect(Connect),
    /// Print the address of a page on which a broker connects an account without a shell
    #[command(after_help = "\
The address works once, for 10 minutes. It needs an agent that runs with http.listen and
http.public_url. Send it to the broker alone: anyone who has it can connect an account for them.

Examples:
  sync-agent link --broker ID --provider google
  sync-agent link --account ID --provider caldav")]
    Link(Link),
    /// Show when each calendar was last synced, and its problems
    #[command(after_help = "\
Exits with 1 if a calendar has a problem.

Examples:
  sync-agent status
  sync-agent status --json | jq '.[] | select(.problem)'")]
    Status,
    /// Check the database, key, clock, zone data, messages and every account, and suggest what to do
    #[command(after_help = "\
Exits with 1 if there is a problem, and with 2 if the database cannot be reached.

Example:
  sync-agent doctor")]
    Doctor,
    /// List the calendars of all accounts
    #[command(after_help = "\
Examples:
  sync-agent calendars
  sync-agent calendars --discover")]
    Calendars(Calendars),
    /// Create brokers, their hours and their accounts from a CSV file, all or none
    #[command(after_help = IMPORT_HELP)]
    Import(Import),
    /// Write a broker's bookings to this calendar from now on
    #[command(after_help = "\
Bookings to come that have no event at a provider are written to it as well. `sync-agent status`
reports an account whose broker's primary calendar is a local one, so that no booking reaches it.

Example:
  sync-agent set-primary --calendar 018f3a5c-0000-7000-8000-000000000001")]
    SetPrimary(SetPrimary),
    /// Disconnect an account: nothing is read or written any more, and its credential is forgotten
    #[command(after_help = "\
Bookings that were written there stay, here and at the provider. An agent ends the account's channels,
revokes the consent where the provider lets it, and forgets the credential, whatever the provider says.

Examples:
  sync-agent disconnect --account 018f3a5c-0000-7000-8000-000000000001
  sync-agent disconnect --account 018f3a5c-0000-7000-8000-000000000001 --keep-events")]
    Disconnect(Disconnect),
    /// Sync a broker's calendars, or one calendar, now
    #[command(after_help = "\
An agent that runs begins at once; otherwise `sync-agent once` does it. A provider that asked for a pause
is not asked earlier. Refused within 10 seconds of the last request.

Examples:
  sync-agent sync --broker 018f3a5c-0000-7000-8000-000000000001
  sync-agent sync --calendar 018f3a5c-0000-7000-8000-000000000002 --direction from_calendar")]
    Sync(Sync),
    /// Do a full resync of a calendar at its next pull
    #[command(after_help = "\
Example:
  sync-agent resync --calendar 018f3a5c-0000-7000-8000-000000000001")]
    Resync(Resync),
    /// Show what failed; try it again or dismiss it
    #[command(after_help = "\
Examples:
  sync-agent failures
  sync-agent failures retry 17
  sync-agent failures dismiss 17 --note settled")]
    Failures(Failures),
    /// Try the ways on which messages are sent
    #[command(subcommand)]
    Notify(Notify),
    /// Encrypt with SYNC_AGENT_KEY all credentials that an older key encrypts
    #[command(after_help = "\
It can be stopped and run again at any time. Other agents can keep running if they have both keys.

Example:
  SYNC_AGENT_OLD_KEYS=$OLD SYNC_AGENT_KEY=$NEW sync-agent rotate-key")]
    RotateKey,
}

/// What to print.
#[derive(Debug, Args)]
pub struct Once {
    /// Print what was done, also if all is well and without a terminal
    #[arg(long, short)]
    pub verbose: bool,
}

/// A provider.
#[derive(Debug, Subcommand)]
pub enum Connect {
    /// CalDAV: iCloud, Nextcloud, Radicale and others
    #[command(after_help = "\
iCloud needs an app-specific password, which you create at account.apple.com.

Examples:
  sync-agent connect caldav --broker ID --url https://caldav.icloud.com/ \\
      --username ann@example.com --password-stdin < password
  pass show nextcloud | sync-agent connect caldav --broker ID \\
      --url https://cloud.example.com/remote.php/dav --username ann --password-stdin")]
    Caldav(Caldav),
    /// An iCalendar feed, which is read-only
    #[command(after_help = "\
The URL is stored as a secret, because anyone with the URL can read the feed.

Examples:
  sync-agent connect ics --broker ID --url webcal://example.com/holidays.ics
  sync-agent connect ics --broker ID --url /srv/calendars/rooms.ics")]
    Ics(Ics),
    /// Google Calendar
    #[command(after_help = "\
Needs SYNC_AGENT_GOOGLE_CLIENT_ID and SYNC_AGENT_GOOGLE_CLIENT_SECRET.

Examples:
  sync-agent connect google --broker ID
  sync-agent connect google --broker ID --refresh-token-stdin < token")]
    Google(Consent),
    /// Microsoft 365 and Outlook.com
    #[command(after_help = "\
Needs SYNC_AGENT_MICROSOFT_CLIENT_ID: the id of an application with the redirect URI
http://localhost (\"Mobile and desktop applications\"). A single-tenant application also needs
SYNC_AGENT_MICROSOFT_TENANT.

Examples:
  sync-agent connect microsoft --broker ID
  sync-agent connect microsoft --broker ID --refresh-token-stdin < token")]
    Microsoft(Consent),
    /// GoHighLevel (LeadConnector)
    #[command(after_help = "\
The token belongs to a private integration of the location, with the scopes calendars.readonly,
calendars/events.readonly, calendars/events.write, contacts.readonly and contacts.write. A refresh
token needs SYNC_AGENT_GHL_CLIENT_ID and SYNC_AGENT_GHL_CLIENT_SECRET.

Example:
  sync-agent connect ghl --broker ID --location ve9EPM428h8vShlRW1KT --token-stdin < token")]
    Ghl(Ghl),
}

/// What to connect.
#[derive(Debug, Args)]
pub struct Link {
    /// The broker's id
    #[arg(long, value_name = "ID", required_unless_present = "account")]
    pub broker: Option<Uuid>,
    /// The account that is to be connected again
    #[arg(long, value_name = "ID")]
    pub account: Option<Uuid>,
    /// The provider
    #[arg(long, value_parser = ["google", "microsoft", "caldav", "ics", "ghl"])]
    pub provider: String,
}

/// The owner of an account.
#[derive(Debug, Clone, Args)]
pub struct Owner {
    /// The broker's id
    #[arg(long, value_name = "ID")]
    pub broker: Uuid,
    /// A display name for the account
    #[arg(long)]
    pub name: Option<String>,
}

/// A CalDAV account.
#[derive(Debug, Args)]
pub struct Caldav {
    /// The owner
    #[command(flatten)]
    pub owner: Owner,
    /// The URL of the server, or of the user or a calendar on it
    #[arg(long, value_parser = server_url)]
    pub url: url::Url,
    /// The user name
    #[arg(long)]
    pub username: String,
    /// Read the password from standard input
    #[arg(long, required = true)]
    pub password_stdin: bool,
}

/// The URL of a server, which people often write without `https://`.
fn server_url(text: &str) -> Result<url::Url, String> {
    let advice = || format!("give a URL that begins with https://, such as https://{text}/");
    match url::Url::parse(text) {
        Ok(url) if url.has_host() => Ok(url),
        // `cloud.example.com:8443` parses as a scheme and a path.
        _ if !text.contains("://") && !text.is_empty() => Err(advice()),
        Ok(_) => Err("give a URL with a host, such as https://cloud.example.com/".into()),
        Err(error) => Err(format!("{error}; give a URL such as https://cloud.example.com/")),
    }
}

/// A feed.
#[derive(Debug, Args)]
pub struct Ics {
    /// The owner
    #[command(flatten)]
    pub owner: Owner,
    /// An https:, webcal: or file: URL, or a path
    #[arg(long, value_name = "URL|FILE")]
    pub url: String,
}

/// An account that its owner must agree to share.
#[derive(Debug, Args)]
pub struct Consent {
    /// The owner
    #[command(flatten)]
    pub owner: Owner,
    /// Read a refresh token from standard input instead of opening a browser
    #[arg(long)]
    pub refresh_token_stdin: bool,
}

/// A location at GoHighLevel.
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("credential").required(true))]
pub struct Ghl {
    /// The owner
    #[command(flatten)]
    pub owner: Owner,
    /// The location's id
    #[arg(long, value_name = "ID")]
    pub location: String,
    /// Read a private integration's token from standard input
    #[arg(long, group = "credential")]
    pub token_stdin: bool,
    /// Read an application's refresh token from standard input
    #[arg(long, group = "credential")]
    pub refresh_token_stdin: bool,
}

/// How to list calendars.
#[derive(Debug, Args)]
pub struct Calendars {
    /// Ask the providers first, and store the calendars that are new
    #[arg(long)]
    pub discover: bool,
}

/// What to import.
#[derive(Debug, Args)]
pub struct Import {
    /// The CSV file
    pub file: PathBuf,
}

/// Which calendar is to get the bookings.
#[derive(Debug, Args)]
pub struct SetPrimary {
    /// The calendar's id, as `sync-agent calendars` lists it
    #[arg(long, value_name = "ID")]
    pub calendar: Uuid,
}

/// Which account to disconnect.
#[derive(Debug, Args)]
pub struct Disconnect {
    /// The account's id, as `sync-agent status --json` lists it
    #[arg(long, value_name = "ID")]
    pub account: Uuid,
    /// Keep its events here: they take time as they last were
    #[arg(long)]
    pub keep_events: bool,
}

/// What to sync.
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("what").required(true))]
pub struct Sync {
    /// The broker's id
    #[arg(long, value_name = "ID", group = "what")]
    pub broker: Option<Uuid>,
    /// The calendar's id
    #[arg(long, value_name = "ID", group = "what")]
    pub calendar: Option<Uuid>,
    /// Read the calendar's events, write bookings and deadlines that wait, or both
    #[arg(long, default_value = "bidirectional",
          value_parser = ["bidirectional", "from_calendar", "to_calendar"])]
    pub direction: String,
}

/// What to try.
#[derive(Debug, Subcommand)]
pub enum Notify {
    /// Send an e-mail, an SMS or a webhook to an address of your own
    #[command(after_help = "\
Exits with 1 if one could not be handed over. `messages.redirect_to` is not obeyed here.

Examples:
  sync-agent notify test --email you@example.com
  sync-agent notify test --sms +15005550006
  sync-agent notify test --webhook https://hooks.example.com/calendar < secret")]
    Test(NotifyTest),
}

/// Where to send a test.
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("where").required(true).multiple(true))]
pub struct NotifyTest {
    /// An e-mail address
    #[arg(long, value_name = "ADDRESS", group = "where")]
    pub email: Option<String>,
    /// A telephone number, such as +15005550006
    #[arg(long, value_name = "NUMBER", group = "where")]
    pub sms: Option<String>,
    /// A URL; its secret, which begins with whsec_, is read from standard input
    #[arg(long, value_name = "URL", group = "where")]
    pub webhook: Option<String>,
}

/// Which calendar to resync.
#[derive(Debug, Args)]
pub struct Resync {
    /// The calendar's id
    #[arg(long, value_name = "ID")]
    pub calendar: Uuid,
}

const IMPORT_HELP: &str = "\
The first line names the columns, in any order:
  name, timezone    required; the zone is IANA's, such as Europe/Zurich
  external_id       the broker's key in another system
  email, phone
  hours             such as mon-fri 09:00-12:00 13:00-17:00; sat 10:00-12:00
                    (none: Monday to Friday, 09:00 to 17:00)
  provider          google, microsoft, caldav, ics, ghl, or none
  account_name      a display name for the account
  url               caldav: the server; ics: the feed (https: or webcal:, not a file)
  username, password                caldav
  refresh_token     google, microsoft
  location, token   ghl

A known broker (same external_id, or else same email) is not changed; only the account is added.
Several lines can add several accounts to one broker. Every account must list its calendars before
anything is stored. The file contains secrets: delete it afterwards.

Example:
  sync-agent import brokers.csv";

/// `docs/command-line.md`: what `--help` prints of each command.
pub fn document() -> String {
    let mut text = String::from(
        "# Command line of sync-agent\n\n\
         Generated from `--help`: `cargo run --package sync-agent --example settings` writes it \
         again. [settings.md](settings.md) lists the settings.\n",
    );
    let mut root = Cli::command().after_long_help("").term_width(100);
    root.build();
    describe(&mut root, &mut text);
    text
}

/// A command and the commands below it.
fn describe(command: &mut clap::Command, text: &mut String) {
    let name = command.get_bin_name().unwrap_or("sync-agent").to_owned();
    let help = command.render_long_help().to_string();
    let lines: Vec<_> = help.lines().map(str::trim_end).collect();
    let _ = write!(text, "\n## `{name}`\n\n```\n{}\n```\n", lines.join("\n").trim());
    for child in command.get_subcommands_mut().filter(|child| child.get_name() != "help") {
        describe(child, text);
    }
}
