//! The command line.

use crate::config::settings;
use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;
use uuid::Uuid;

/// Keeps calendar_ext and the calendars at the providers true to each other.
///
/// DATABASE_URL and SYNC_AGENT_KEY (base64 of 32 bytes) come from the environment or
/// from the file that --config names.
///
/// Exits with 0 when all went well, with 1 when something failed or was refused, and
/// with 2 when it could not start: bad usage or configuration, no database.
#[derive(Debug, Parser)]
#[command(
    name = "sync-agent",
    version,
    arg_required_else_help = true,
    after_long_help = settings::help()
)]
pub struct Cli {
    /// A TOML file with the configuration; variables stand above it
    #[arg(long, global = true, value_name = "FILE", env = "SYNC_AGENT_CONFIG")]
    pub config: Option<PathBuf>,
    /// Print one JSON value instead of text
    #[arg(long, global = true)]
    pub json: bool,
    /// What to do
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Pull every calendar that is due, write every booking that waits, and exit: the cron job
    #[command(after_help = "\
Exits with 1 where something failed (the rest was still done), with 2 where it could not start.

Examples:
  */5 * * * * sync-agent --config /etc/sync-agent.toml once
  sync-agent once --json | jq .conflicts")]
    Once,
    /// The same as a daemon, woken by booked slots and by webhooks
    #[command(after_help = "\
While the database is away, what arrives is kept in a file, and stored once it is back.
Webhooks need webhooks.listen, and webhooks.public_url where the internet reaches that.

Examples:
  sync-agent run
  SYNC_AGENT_WEBHOOKS_LISTEN=127.0.0.1:8085 \\
  SYNC_AGENT_WEBHOOKS_PUBLIC_URL=https://agent.example.com/ sync-agent run")]
    Run,
    /// Connect a broker's account at a provider, or connect it anew
    #[command(subcommand)]
    Connect(Connect),
    /// Show how well each calendar is in sync
    #[command(after_help = "\
Exits with 1 where a calendar has a problem.

Examples:
  sync-agent status
  sync-agent status --json | jq '.[] | select(.problem)'")]
    Status,
    /// Check database, key, clock, zone data and every account, and say what to do
    #[command(after_help = "\
Exits with 1 where something must be done, with 2 where the database cannot be reached.

Example:
  sync-agent doctor")]
    Doctor,
    /// List the calendars of all accounts
    #[command(after_help = "\
Examples:
  sync-agent calendars
  sync-agent calendars --discover")]
    Calendars(Calendars),
    /// Make brokers, their hours and accounts from a CSV file: all or nothing
    #[command(after_help = IMPORT_HELP)]
    Import(Import),
    /// Have the next pull of a calendar bring everything
    #[command(after_help = "\
Example:
  sync-agent resync --calendar 018f3a5c-0000-7000-8000-000000000001")]
    Resync(Resync),
    /// Encrypt all credentials with SYNC_AGENT_KEY that are encrypted with an older key
    #[command(after_help = "\
May be stopped and run again at any time, and while other agents run, once these know both keys.

Example:
  SYNC_AGENT_OLD_KEYS=$OLD SYNC_AGENT_KEY=$NEW sync-agent rotate-key")]
    RotateKey,
}

/// A provider.
#[derive(Debug, Subcommand)]
pub enum Connect {
    /// CalDAV: iCloud, Nextcloud, Radicale and others
    #[command(after_help = "\
iCloud wants an app-specific password, from account.apple.com.

Examples:
  sync-agent connect caldav --broker ID --url https://caldav.icloud.com/ \\
      --username ann@example.com --password-stdin < password
  pass show nextcloud | sync-agent connect caldav --broker ID \\
      --url https://cloud.example.com/remote.php/dav --username ann --password-stdin")]
    Caldav(Caldav),
    /// An iCalendar feed, which is read and never written
    #[command(after_help = "\
The address is stored as a secret, for who knows it may read the feed.

Examples:
  sync-agent connect ics --broker ID --url webcal://example.com/holidays.ics
  sync-agent connect ics --broker ID --url /srv/calendars/rooms.ics")]
    Ics(Ics),
    /// Google Calendar
    #[command(after_help = "\
Needs SYNC_AGENT_GOOGLE_CLIENT_ID and, as Google has it, SYNC_AGENT_GOOGLE_CLIENT_SECRET.

Examples:
  sync-agent connect google --broker ID
  sync-agent connect google --broker ID --refresh-token-stdin < token")]
    Google(Consent),
    /// Microsoft 365 and Outlook.com
    #[command(after_help = "\
Needs SYNC_AGENT_MICROSOFT_CLIENT_ID, of an application with the redirect URI http://localhost
(\"Mobile and desktop applications\"), and SYNC_AGENT_MICROSOFT_TENANT where it is of one tenant.

Examples:
  sync-agent connect microsoft --broker ID
  sync-agent connect microsoft --broker ID --refresh-token-stdin < token")]
    Microsoft(Consent),
    /// GoHighLevel (LeadConnector)
    #[command(after_help = "\
The token is that of a private integration of the location, with the scopes calendars.readonly,
calendars/events.readonly, calendars/events.write, contacts.readonly and contacts.write. A refresh
token needs SYNC_AGENT_GHL_CLIENT_ID and SYNC_AGENT_GHL_CLIENT_SECRET.

Example:
  sync-agent connect ghl --broker ID --location ve9EPM428h8vShlRW1KT --token-stdin < token")]
    Ghl(Ghl),
}

/// Whose account it is.
#[derive(Debug, Clone, Args)]
pub struct Owner {
    /// The broker's id
    #[arg(long, value_name = "ID")]
    pub broker: Uuid,
    /// What people call the account
    #[arg(long)]
    pub name: Option<String>,
}

/// A CalDAV account.
#[derive(Debug, Args)]
pub struct Caldav {
    /// Whose it is
    #[command(flatten)]
    pub owner: Owner,
    /// The server, or anything of the user on it
    #[arg(long)]
    pub url: url::Url,
    /// Who logs in
    #[arg(long)]
    pub username: String,
    /// Read the password from standard input
    #[arg(long, required = true)]
    pub password_stdin: bool,
}

/// A feed.
#[derive(Debug, Args)]
pub struct Ics {
    /// Whose it is
    #[command(flatten)]
    pub owner: Owner,
    /// https:, webcal: or file: URL, or a path
    #[arg(long, value_name = "URL|FILE")]
    pub url: String,
}

/// An account that its owner must agree to share.
#[derive(Debug, Args)]
pub struct Consent {
    /// Whose it is
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
    /// Whose it is
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
    /// Ask the providers first, so that new calendars are known from now on
    #[arg(long)]
    pub discover: bool,
}

/// What to import.
#[derive(Debug, Args)]
pub struct Import {
    /// The CSV file
    pub file: PathBuf,
}

/// What to bring anew.
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
  account_name      what people call the account
  url               caldav: the server; ics: the feed (https: or webcal:, not a file)
  username, password                caldav
  refresh_token     google, microsoft
  location, token   ghl

A broker that is known, by external_id or else by email, keeps what it has and gets the account
alone; several lines may give a broker several accounts. Every account is asked for its calendars
before anything is stored. The file holds secrets: delete it afterwards.

Example:
  sync-agent import brokers.csv";
