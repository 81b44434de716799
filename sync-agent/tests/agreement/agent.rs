//! The agent: within this process, or as the program.

use crate::base::Base;
use crate::provider::Provider;
use crate::trouble::Death;
use async_trait::async_trait;
use std::collections::HashMap;
use std::future::poll_fn;
use std::io::Write as _;
use std::pin::pin;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;
use sync_agent::connector::Connector;
use sync_agent::database::{Account, Database};
use sync_agent::net::http::{Http, Limits};
use sync_agent::store::Store;
use sync_agent::store::spool::Spool;
use sync_agent::sync::open_account::Accounts;
use sync_agent::sync::round::Round;
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::Notify;
use uuid::Uuid;

const KEY: &str = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

/// What makes rounds.
pub(crate) enum Agent {
    /// The library, in this process. A dead agent is a future that is dropped.
    Inside(Inside),
    /// The program. A dead agent is a killed process.
    Program(Outside),
}

pub(crate) struct Inside {
    /// Two agents have a connection each.
    databases: [Database; 2],
    http: Http,
    /// By their providers.
    connectors: Connectors,
}

pub(crate) struct Outside {
    directory: TempDir,
    environment: Vec<(&'static str, String)>,
}

#[derive(Default)]
struct Connectors(HashMap<String, Arc<dyn Connector>>);

#[async_trait]
impl Accounts for Connectors {
    async fn open(&self, account: &Account) -> sync_agent::Result<Arc<dyn Connector>> {
        Ok(Arc::clone(&self.0[&account.provider]))
    }

    fn patience(&self) -> Duration {
        Duration::from_millis(1)
    }
}

impl Agent {
    pub(crate) fn inside(runtime: &Runtime, base: &Base) -> Self {
        // A silent provider costs a test this much of its time. On a busy machine, others take as long.
        let limits = Limits {
            allow_private_networks: true,
            max_pause: Duration::from_secs(1),
            max_time: Duration::from_secs(2),
            ..Limits::default()
        };
        let connect = || runtime.block_on(Database::connect(&base.url())).unwrap().0;
        let databases = [connect(), connect()];
        Self::Inside(Inside {
            databases,
            http: Http::new(limits).unwrap(),
            connectors: Connectors::default(),
        })
    }

    pub(crate) fn program() -> Self {
        Self::Program(Outside { directory: TempDir::new().unwrap(), environment: Vec::new() })
    }

    /// Where it and the provider run.
    pub(crate) fn runtime() -> Runtime {
        Builder::new_current_thread().enable_all().build().unwrap()
    }

    /// Whether it gives up what is silent before a test would.
    pub(crate) fn is_impatient(&self) -> bool {
        matches!(self, Self::Inside(_))
    }

    /// Connects a broker's account.
    pub(crate) fn connect(
        &mut self,
        runtime: &Runtime,
        base: &mut Base,
        broker: Uuid,
        provider: &dyn Provider,
    ) {
        match self {
            Self::Inside(inside) => {
                let calendars = [Some(provider.calendar()), provider.other_calendar()];
                let calendars: Vec<_> = calendars.into_iter().flatten().collect();
                base.connect(broker, provider.name(), &calendars);
                let connector = provider.connector(inside.http.clone());
                inside.connectors.0.insert(provider.name().to_owned(), connector);
            }
            Self::Program(outside) => {
                // A spool of its own for each history.
                outside.directory = TempDir::new().unwrap();
                let program = provider.program();
                outside
                    .environment
                    .retain(|(name, _)| program.environment.iter().all(|(other, _)| other != name));
                outside.environment.extend(program.environment);
                let mut arguments = vec!["connect".to_owned()];
                arguments.extend(program.arguments);
                arguments.extend(["--broker".to_owned(), broker.to_string()]);
                let mut command = outside.command(base, &arguments);
                let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
                writeln!(child.stdin.take().unwrap(), "{}", program.secret).unwrap();
                let status = runtime.block_on(async {
                    loop {
                        if let Some(status) = child.try_wait().unwrap() {
                            return status;
                        }
                        tokio::time::sleep(Duration::from_millis(2)).await;
                    }
                });
                assert!(status.success(), "{arguments:?}: {status}");
            }
        }
    }

    /// A round of one agent, or of two at the same time. `dying` learns when all of them are to die
    /// at a request.
    pub(crate) fn round(
        &mut self,
        runtime: &Runtime,
        base: &mut Base,
        are_two: bool,
        death: Option<Death>,
        dying: &Notify,
    ) {
        match self {
            Self::Inside(inside) => runtime.block_on(inside.round(are_two, death, dying)),
            Self::Program(outside) => {
                base.tell_others_the_time();
                let agents = 0..if are_two { 2 } else { 1 };
                let mut agents: Vec<Child> =
                    agents.map(|agent| outside.once(base, agent).spawn().unwrap()).collect();
                runtime.block_on(async {
                    while !agents.is_empty() {
                        tokio::select! {
                            () = dying.notified() => {
                                for agent in &mut agents {
                                    agent.kill().unwrap();
                                    agent.wait().unwrap();
                                }
                                return;
                            }
                            () = tokio::time::sleep(Duration::from_millis(2)) => {}
                        }
                        agents.retain_mut(|agent| agent.try_wait().unwrap().is_none());
                    }
                });
                base.wait_for_others();
            }
        }
    }
}

impl Inside {
    async fn round(&self, are_two: bool, death: Option<Death>, dying: &Notify) {
        // One thing at a time, so that the same seed makes the same history, unless there are two.
        let store =
            |of: usize| Store::new(self.databases[of].clone(), Arc::new(Spool::in_memory()));
        let mut run = pin!(async {
            let one = store(0);
            let one = Round::new(&one, &self.connectors, &(), 1);
            if !are_two {
                return one.run(Duration::ZERO).await.map(drop);
            }
            let other = store(1);
            let other = Round::new(&other, &self.connectors, &(), 1);
            tokio::try_join!(one.run(Duration::ZERO), other.run(Duration::ZERO)).map(drop)
        });
        let mut polls = match death {
            Some(Death::AfterPolls(polls)) => polls,
            Some(Death::AtRequest { .. }) | None => u32::MAX,
        };
        let alive = poll_fn(|context| {
            if polls == 0 {
                return Poll::Ready(None);
            }
            polls -= 1;
            run.as_mut().poll(context).map(Some)
        });
        tokio::select! {
            ended = alive => {
                if let Some(ended) = ended {
                    ended.unwrap();
                }
            }
            () = dying.notified() => {}
        }
        // What a dead agent has sent is still done: wait for it.
        for database in &self.databases[..if are_two { 2 } else { 1 }] {
            database.begin_round().await.unwrap();
        }
    }
}

impl Outside {
    /// The program in a round, with the spool of one of the agents.
    fn once(&self, base: &Base, agent: u32) -> Command {
        let mut command = self.command(base, &["once".to_owned()]);
        command.env("SYNC_AGENT_SPOOL", self.directory.path().join(format!("{agent}.sqlite")));
        command
    }

    fn command(&self, base: &Base, arguments: &[String]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sync-agent"));
        command
            .args(arguments)
            .env_clear()
            .env("DATABASE_URL", base.url())
            .env("SYNC_AGENT_KEY", KEY)
            .env("SYNC_AGENT_SPOOL", self.directory.path().join("spool.sqlite"))
            .env("SYNC_AGENT_ALLOW_PRIVATE_NETWORKS", "true")
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    }
}
