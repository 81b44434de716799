//! A fresh database with the extension.

use crate::Cluster;
use postgres::Client;
use std::sync::atomic::{AtomicU32, Ordering};
use uuid::Uuid;

/// The present in every new database: a Monday, nine o'clock in New York.
pub const NOW: &str = "2026-03-02T14:00:00Z";

/// A database of its own for one test.
pub struct Database<'c> {
    cluster: &'c Cluster,
    name: String,
}

/// Who calls, as PostgREST has it.
#[derive(Debug, Clone, Copy)]
pub enum Caller {
    /// A visitor without a token.
    Anon,
    /// Someone who is logged in as this user.
    User(Uuid),
    /// n8n, a voice bridge, a dashboard.
    Service,
    /// sync-agent.
    Agent,
}

impl Database<'static> {
    /// One in the server that all tests of a program share.
    pub fn new() -> Self {
        Cluster::shared().database()
    }
}

impl Default for Database<'static> {
    fn default() -> Self {
        Self::new()
    }
}

impl<'c> Database<'c> {
    pub(crate) fn create(cluster: &'c Cluster, template: &str) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("test_{}", COUNT.fetch_add(1, Ordering::Relaxed));
        let create = format!("create database {name} template {template}");
        cluster.connect("postgres").batch_execute(&create).unwrap();
        let database = Self { cluster, name };
        database.set_now(NOW);
        database
    }

    /// The server it is in.
    pub fn cluster(&self) -> &'c Cluster {
        self.cluster
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its connection string, as superuser.
    pub fn url(&self) -> String {
        self.cluster.url(&self.name)
    }

    /// Moves the clock for all connections made from now on.
    pub fn set_now(&self, instant: &str) {
        self.set("calendar.now", instant);
    }

    /// Sets a setting for all connections made from now on.
    pub fn set(&self, setting: &str, value: &str) {
        let set = format!("alter database {} set {setting} = '{value}'", self.name);
        self.cluster.connect("postgres").batch_execute(&set).unwrap();
    }

    /// A connection as superuser.
    pub fn connect(&self) -> Client {
        self.cluster.connect(&self.name)
    }

    /// A connection of a caller.
    pub fn connect_as(&self, caller: Caller) -> Client {
        let mut client = self.connect();
        caller.assume(&mut client);
        client
    }
}

impl Cluster {
    /// A fresh database with the extension.
    pub fn database(&self) -> Database<'_> {
        Database::create(self, Self::PATTERN)
    }

    /// A fresh database without the extension.
    pub fn empty_database(&self) -> Database<'_> {
        Database::create(self, "template0")
    }
}

impl Caller {
    /// Makes a superuser's connection the caller's.
    ///
    /// # Panics
    /// When the connection is no superuser's.
    pub fn assume(self, client: &mut Client) {
        let (role, claims) = match self {
            Self::Anon => ("anon", r#"{"role": "anon"}"#.to_owned()),
            Self::User(sub) => {
                ("authenticated", format!(r#"{{"role": "authenticated", "sub": "{sub}"}}"#))
            }
            Self::Service => ("service_role", r#"{"role": "service_role"}"#.to_owned()),
            Self::Agent => ("calendar_agent", String::new()),
        };
        client.execute("select set_config('request.jwt.claims', $1, false)", &[&claims]).unwrap();
        client.batch_execute(&format!("set role {role}")).unwrap();
    }
}
