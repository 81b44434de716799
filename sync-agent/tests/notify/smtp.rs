//! A mail server with faults, as a process: `smtp.py`.

use serde_json::Value;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// How long a message may take to arrive.
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) struct Smtp {
    process: Child,
    pub(crate) port: u16,
    taken: Receiver<Value>,
}

impl Smtp {
    pub(crate) fn start(arguments: &[&str]) -> Self {
        let python = std::env::var("CALENDAR_TEST_PYTHON")
            .expect("CALENDAR_TEST_PYTHON: the python of scripts/python-venv");
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/notify/smtp.py");
        let mut process = Command::new(python)
            .arg(script)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let port = lines.next().unwrap().unwrap().parse().unwrap();
        let (sender, taken) = channel();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let _ = sender.send(serde_json::from_str(&line).unwrap());
            }
        });
        Self { process, port, taken }
    }

    /// The next message that it has taken in.
    pub(crate) fn next(&self) -> Value {
        self.taken.recv_timeout(PATIENCE).expect("a message")
    }

    /// All messages that it has taken in by now.
    pub(crate) fn rest(&self) -> Vec<Value> {
        self.taken.try_iter().collect()
    }
}

impl Drop for Smtp {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}
