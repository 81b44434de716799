//! `provider_fakes google|microsoft|ghl PORT [BASE]`: serves a stand-in on 127.0.0.1 until its
//! standard input ends, so that none is left behind. Port 0 takes a free one. BASE is where
//! Microsoft's clients find the API, if something is in front of it. The first line of the output is
//! its origin, the second, as JSON, how to get in.

use provider_fakes::google::{Calendar, Google};
use serde_json::json;
use tokio::io::{AsyncReadExt, stdin};

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let port = arguments.get(1).and_then(|port| port.parse().ok());
    match (arguments.first().map(String::as_str), port) {
        (Some("google"), Some(port)) => {
            let google = Google::start(port).await?;
            let zone = chrono_tz::Europe::Zurich;
            let mut main = Calendar::new("broker@example.com", zone);
            main.is_primary = true;
            google.add_calendar(main);
            google.add_calendar(Calendar::new("second@group.calendar.google.com", zone));
            println!("{}", google.server().origin());
            println!(
                "{}",
                json!({
                    "client_id": Google::CLIENT_ID,
                    "client_secret": Google::CLIENT_SECRET,
                    "access_token": google.access_token(),
                    "refresh_token": google.refresh_token(),
                })
            );
            until_input_ends().await
        }
        (Some("ghl"), Some(port)) => {
            let ghl = provider_fakes::ghl::Ghl::start(port).await?;
            println!("{}", ghl.server().origin());
            until_input_ends().await
        }
        (Some("microsoft"), Some(port)) => {
            let microsoft = provider_fakes::microsoft::Microsoft::start(port).await?;
            if let Some(base) = arguments.get(2) {
                microsoft.is_reached_at(base);
            }
            println!("{}", microsoft.server().origin());
            println!("{}", json!({"access_token": microsoft.access_token()}));
            until_input_ends().await
        }
        _ => {
            eprintln!("usage: provider_fakes google|microsoft|ghl PORT [BASE]");
            std::process::exit(2)
        }
    }
}

async fn until_input_ends() -> std::io::Result<()> {
    stdin().read_to_end(&mut Vec::new()).await.map(drop)
}
