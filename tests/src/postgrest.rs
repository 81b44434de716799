//! A real PostgREST in front of a database.

use crate::cluster::{run, unprivileged};
use crate::{Caller, Database};
use jsonwebtoken::{EncodingKey, Header};
use serde_json::{Value, json};
use std::fs::{self, File};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::thread::sleep;
use std::time::Duration;
use ureq::{Agent, Body, http};

/// Runs PostgREST until the pipe on standard input closes, because the test is done
/// or has died.
const KEEPER: &str = r#"
"$1" <&- &
server=$!
read -r order
kill $server
wait $server
"#;

/// What tokens are signed with.
const SECRET: &str = "a secret that is used in tests and nowhere else";

/// PostgREST with schema `calendar`, on 127.0.0.1; it ends with the value.
pub struct Postgrest {
    url: String,
    keeper: Child,
    agent: Agent,
    log: PathBuf,
}

/// An answer over HTTP.
#[derive(Debug, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The body; null where it is empty.
    pub body: Value,
}

impl Answer {
    /// The status, and the code of an error: `409 PT409`.
    pub fn outcome(&self) -> String {
        match self.body["code"].as_str() {
            Some(code) => format!("{} {code}", self.status),
            None => self.status.to_string(),
        }
    }

    /// The details of an error, which are JSON in a string.
    ///
    /// # Panics
    /// When there are none.
    pub fn details(&self) -> Value {
        let details = self.body["details"].as_str().unwrap_or_else(|| panic!("{self:?}"));
        serde_json::from_str(details).unwrap()
    }
}

impl Postgrest {
    /// One in front of a database.
    ///
    /// # Panics
    /// When `CALENDAR_TEST_POSTGREST` does not name the program, or it does not start.
    pub fn start(db: &Database<'_>) -> Self {
        let program = program_in(db.cluster().directory());
        let directory = db.cluster().directory();
        let log = directory.join(format!("postgrest-{}.log", db.name()));
        let output = File::create(&log).unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut keeper = Command::new("sh");
        unprivileged(&mut keeper)
            .args(["-c", KEEPER, "sh"])
            .arg(program)
            .current_dir(directory)
            .env_clear()
            .env("PGRST_DB_URI", db.cluster().url_as("authenticator", db.name()))
            .env("PGRST_DB_SCHEMAS", "calendar")
            .env("PGRST_DB_ANON_ROLE", "anon")
            .env("PGRST_JWT_SECRET", SECRET)
            .env("PGRST_SERVER_HOST", "127.0.0.1")
            .env("PGRST_SERVER_PORT", port.to_string())
            .stdin(Stdio::piped())
            .stdout(output.try_clone().unwrap())
            .stderr(output);
        let agent = Agent::config_builder().http_status_as_error(false).build().into();
        let url = format!("http://127.0.0.1:{port}");
        let postgrest = Self { url, keeper: keeper.spawn().unwrap(), agent, log };
        postgrest.wait_until_ready();
        postgrest
    }

    /// It answers 503 until it has read the schema.
    fn wait_until_ready(&self) {
        for _ in 0..600 {
            if self.agent.get(&self.url).call().is_ok_and(|answer| answer.status() == 200) {
                return;
            }
            sleep(Duration::from_millis(50));
        }
        panic!("PostgREST does not start:\n{}", fs::read_to_string(&self.log).unwrap_or_default());
    }

    /// Where it answers.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A configuration as the program understands it.
    ///
    /// # Panics
    /// When it refuses it.
    pub fn dump_config(db: &Database<'_>, config: &str) -> String {
        let directory = db.cluster().directory();
        let file = directory.join("postgrest.conf");
        fs::write(&file, config).unwrap();
        let mut program = Command::new(program_in(directory));
        let done = unprivileged(&mut program)
            .arg("--dump-config")
            .arg(&file)
            .current_dir(directory)
            .env_clear()
            .output()
            .unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8(done.stdout).unwrap()
    }

    /// Calls a function with arguments in JSON.
    ///
    /// # Panics
    /// When there is no answer.
    pub fn call(&self, caller: Caller, function: &str, arguments: &Value) -> Answer {
        self.send("POST", caller, &format!("rpc/{function}"), arguments)
    }

    /// Reads what is at a path: rows of a table, or a function that does not write.
    ///
    /// # Panics
    /// When there is no answer.
    pub fn get(&self, caller: Caller, path: &str) -> Answer {
        self.get_with(token(caller), path)
    }

    /// Reads with a token of one's own.
    ///
    /// # Panics
    /// When there is no answer.
    pub fn get_with(&self, token: Option<String>, path: &str) -> Answer {
        answer(self.run(&self.request("GET", token, path).body(String::new()).unwrap()))
    }

    /// Sends JSON to a path by some method.
    ///
    /// # Panics
    /// When there is no answer.
    pub fn send(&self, method: &str, caller: Caller, path: &str, body: &Value) -> Answer {
        let request = self.request(method, token(caller), path);
        answer(self.run(&request.body(body.to_string()).unwrap()))
    }

    /// Sends bytes with headers of one's own, as a visitor, and gives all that comes back.
    ///
    /// # Panics
    /// When there is no answer, or it is no text.
    pub fn exchange(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> http::Response<String> {
        let mut request =
            http::Request::builder().method(method).uri(format!("{}/{path}", self.url));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = self.run(&request.body(body.to_owned()).unwrap());
        let (head, mut body) = answer.into_parts();
        http::Response::from_parts(head, body.read_to_string().unwrap())
    }

    /// Once it is ready it may still read the schema a second time, and answers 503
    /// meanwhile.
    fn run(&self, request: &http::Request<String>) -> http::Response<Body> {
        for _ in 0..100 {
            let answer = self.agent.run(request.clone()).unwrap();
            if answer.status() != 503 {
                return answer;
            }
            sleep(Duration::from_millis(50));
        }
        panic!("PostgREST is away:\n{}", fs::read_to_string(&self.log).unwrap_or_default());
    }

    fn request(&self, method: &str, token: Option<String>, path: &str) -> http::request::Builder {
        let request = http::Request::builder()
            .method(method)
            .uri(format!("{}/{path}", self.url))
            .header("Content-Type", "application/json");
        match token {
            Some(token) => request.header("Authorization", format!("Bearer {token}")),
            None => request,
        }
    }
}

/// The program, copied to a place that the server's user can enter.
fn program_in(directory: &Path) -> PathBuf {
    static COPYING: Mutex<()> = Mutex::new(());
    let _alone = COPYING.lock().unwrap_or_else(PoisonError::into_inner);
    let program = std::env::var_os("CALENDAR_TEST_POSTGREST").expect(
        "CALENDAR_TEST_POSTGREST is not set: run this by scripts/with-env postgres postgrest -- …, or make test",
    );
    let copy = directory.join("postgrest");
    if !copy.exists() {
        // By another process: a program that is open for writing in this one, or in a
        // child that it is about to start, cannot be run.
        run(Command::new("cp").arg(program).arg(&copy));
    }
    copy
}

/// The token of a caller; a visitor has none.
/// The token of a caller; the public has none.
pub fn token(caller: Caller) -> Option<String> {
    let claims = match caller {
        Caller::Anon => return None,
        Caller::User(sub) => json!({"role": "authenticated", "sub": sub.to_string()}),
        Caller::Service => json!({"role": "service_role"}),
        Caller::Agent => json!({"role": "calendar_agent"}),
    };
    Some(sign(&claims, SECRET))
}

/// Claims signed with a secret of one's own.
///
/// # Panics
/// When they cannot be signed.
pub fn sign(claims: &Value, secret: &str) -> String {
    let key = EncodingKey::from_secret(secret.as_bytes());
    jsonwebtoken::encode(&Header::default(), claims, &key).unwrap()
}

fn answer(mut response: http::Response<Body>) -> Answer {
    let body = response.body_mut().read_to_string().unwrap();
    let body = if body.is_empty() { Value::Null } else { serde_json::from_str(&body).unwrap() };
    Answer { status: response.status().as_u16(), body }
}

impl Drop for Postgrest {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }
}
