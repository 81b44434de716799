//! `provider_fakes google|microsoft|ghl PORT`: serves a stand-in on 127.0.0.1 until its
//! standard input ends, so that none is left behind. Port 0 takes a free one. The first
//! line of the output is its origin.

use tokio::io::{AsyncReadExt, stdin};

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let port = arguments.get(1).and_then(|port| port.parse().ok());
    match (arguments.first().map(String::as_str), port) {
        (Some("google"), Some(port)) => {
            let google = provider_fakes::google::Google::start(port).await?;
            println!("{}", google.server().origin());
            until_input_ends().await
        }
        (Some("ghl"), Some(port)) => {
            let ghl = provider_fakes::ghl::Ghl::start(port).await?;
            println!("{}", ghl.server().origin());
            until_input_ends().await
        }
        _ => {
            eprintln!("usage: provider_fakes google|ghl PORT");
            std::process::exit(2)
        }
    }
}

async fn until_input_ends() -> std::io::Result<()> {
    stdin().read_to_end(&mut Vec::new()).await.map(drop)
}
