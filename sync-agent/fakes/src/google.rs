//! A stand-in for Google Calendar API v3.

use crate::server::Server;
use axum::Router;

/// Google with one account.
#[derive(Debug)]
pub struct Google {
    server: Server,
}

impl Google {
    /// Serves on a port of 127.0.0.1; 0 = one that is free.
    pub async fn start(port: u16) -> std::io::Result<Self> {
        Ok(Self { server: Server::start(Router::new(), port).await? })
    }

    /// Where it listens and what goes wrong.
    pub fn server(&self) -> &Server {
        &self.server
    }
}
