//! Real calendar servers to read from and write to.

use crate::cluster::server_user;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use std::fs;
use std::io::{ErrorKind, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::thread::sleep;
use std::time::Duration;
use tempfile::TempDir;
use ureq::Agent;
use ureq::http::{Request, StatusCode};

/// Runs a server and sees to its end: when the pipe on its standard input closes,
/// because the test is done or has died, it stops the server and removes its files.
const KEEPER: &str = r#"
directory=$1
shift
"$@" <&- &
server=$!
read -r order
kill $server
wait $server
rm -rf "$directory"
"#;

/// A server on 127.0.0.1 with its files in a temporary directory; it ends with the
/// value.
struct Peer {
    directory: PathBuf,
    port: u16,
    keeper: Mutex<Child>,
}

impl Peer {
    /// Starts what `command` gives for a directory and a port.
    fn start(command: impl FnOnce(&Path, u16) -> Command) -> Self {
        let directory = TempDir::with_prefix("calendar-peer-").unwrap().keep();
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let server = command(&directory, port);
        let log = fs::File::create(directory.join("log")).unwrap();
        let keeper = Command::new("sh")
            .args(["-c", KEEPER, "sh"])
            .arg(&directory)
            .arg(server.get_program())
            .args(server.get_args())
            .current_dir(&directory)
            .stdin(Stdio::piped())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        let peer = Self { directory, port, keeper: Mutex::new(keeper) };
        peer.wait_until_ready();
        peer
    }

    fn wait_until_ready(&self) {
        for _ in 0..600 {
            if TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).is_ok() {
                return;
            }
            sleep(Duration::from_millis(50));
        }
        let log = fs::read_to_string(self.directory.join("log")).unwrap_or_default();
        panic!("the server does not start:\n{log}");
    }

    fn origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        if let Ok(keeper) = self.keeper.get_mut() {
            drop(keeper.stdin.take());
            let _ = keeper.wait();
        }
    }
}

/// What the variable names, which `scripts/with-env` sets.
fn program(variable: &str) -> String {
    std::env::var(variable).unwrap_or_else(|_| {
        panic!("{variable} is not set: run this by scripts/with-env, or make test")
    })
}

/// What a Python script prints, which reads `input`; it may use what
/// scripts/requirements.txt names.
///
/// # Panics
/// When `CALENDAR_TEST_PYTHON` names no Python, or the script fails.
pub fn python(script: &str, input: &str) -> String {
    run_python(&["-c", script], input)
}

/// What the script in a file prints, as [`python`].
///
/// # Panics
/// As [`python`].
pub fn python_file(script: &Path, arguments: &[&str]) -> String {
    run_python(&[&[script.to_str().unwrap()], arguments].concat(), "")
}

fn run_python(arguments: &[&str], input: &str) -> String {
    let mut child = Command::new(program("CALENDAR_TEST_PYTHON"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "the script ends with {}", output.status);
    String::from_utf8(output.stdout).unwrap()
}

/// A CalDAV server, and one of its users.
pub struct CaldavServer {
    /// None where the server was there before.
    peer: Option<Peer>,
    /// The URL of the user's calendars, with a slash at its end.
    home: String,
    /// Where they are in the server's files.
    files: &'static str,
    /// The user.
    pub username: String,
    /// Their password.
    pub password: String,
    agent: Agent,
}

impl CaldavServer {
    const USERNAME: &str = "alice";
    const PASSWORD: &str = "wonderland";

    /// Radicale.
    ///
    /// # Panics
    /// When `CALENDAR_TEST_PYTHON` does not name a Python that has it, or it does not
    /// start.
    pub fn radicale() -> Self {
        let peer = Peer::start(|directory, port| {
            let users = format!("{}:{}\n", Self::USERNAME, Self::PASSWORD);
            fs::write(directory.join("users"), users).unwrap();
            let mut command = Command::new(program("CALENDAR_TEST_PYTHON"));
            command
                .args(["-m", "radicale", "--config", ""])
                .args(["--server-hosts", &format!("127.0.0.1:{port}")])
                .args(["--auth-type", "htpasswd", "--auth-htpasswd-encryption", "plain"])
                .args(["--auth-htpasswd-filename", "users", "--auth-delay", "0"])
                .args(["--storage-filesystem-folder", "collections"])
                .args(["--logging-level", "warning"]);
            command
        });
        Self::new(peer, "/alice/", "collections/collection-root/alice")
    }

    /// Xandikos. It asks for no password.
    ///
    /// # Panics
    /// As [`CaldavServer::radicale`].
    pub fn xandikos() -> Self {
        let peer = Peer::start(|_, port| {
            let mut command = Command::new(program("CALENDAR_TEST_PYTHON"));
            command.args(["-m", "xandikos", "serve", "--defaults", "-d", "data"]).args([
                "-l",
                "127.0.0.1",
                "-p",
                &port.to_string(),
            ]);
            command
        });
        Self::new(peer, "/user/calendars/", "data/user/calendars")
    }

    /// One that is there already: `CALENDAR_TEST_CALDAV_URL` says where its user has
    /// calendars, `CALENDAR_TEST_CALDAV_USER` and `CALENDAR_TEST_CALDAV_PASSWORD` who
    /// that is.
    ///
    /// # Panics
    /// When one of these is not set.
    pub fn elsewhere() -> Self {
        let variable = |name| {
            let name = format!("CALENDAR_TEST_CALDAV_{name}");
            std::env::var(&name).unwrap_or_else(|_| panic!("{name} is not set"))
        };
        let home = format!("{}/", variable("URL").trim_end_matches('/'));
        Self::at(home, &variable("USER"), &variable("PASSWORD"))
    }

    /// One that is there already, at the URL of its user's calendars, with a slash at its end.
    pub fn at(home: String, username: &str, password: &str) -> Self {
        Self::with(None, home, "", username, password)
    }

    fn new(peer: Peer, home: &str, files: &'static str) -> Self {
        let home = format!("{}{home}", peer.origin());
        Self::with(Some(peer), home, files, Self::USERNAME, Self::PASSWORD)
    }

    fn with(
        peer: Option<Peer>,
        home: String,
        files: &'static str,
        username: &str,
        password: &str,
    ) -> Self {
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .allow_non_standard_methods(true)
            .build()
            .into();
        let (username, password) = (username.to_owned(), password.to_owned());
        Self { peer, home, files, username, password, agent }
    }

    /// The server, as `http://127.0.0.1:PORT`.
    pub fn origin(&self) -> String {
        self.home.splitn(4, '/').take(3).collect::<Vec<_>>().join("/")
    }

    /// Makes a calendar, and gives its URL.
    ///
    /// # Panics
    /// When the server refuses.
    pub fn make_calendar(&self, name: &str) -> String {
        let url = format!("{}{name}/", self.home);
        assert_eq!(self.send("MKCALENDAR", &url, "").0, StatusCode::CREATED);
        url
    }

    /// Removes a calendar.
    ///
    /// # Panics
    /// When the server refuses.
    pub fn remove_calendar(&self, name: &str) {
        self.delete(&self.home, &format!("{name}/"));
    }

    /// Writes a member of a calendar, whatever stands there.
    ///
    /// # Panics
    /// When the server refuses.
    pub fn put(&self, calendar: &str, member: &str, ics: &str) {
        let (status, _) = self.send("PUT", &format!("{calendar}{member}"), ics);
        assert!(status.is_success(), "{status}");
    }

    /// Removes a member of a calendar.
    ///
    /// # Panics
    /// When the server refuses.
    pub fn delete(&self, calendar: &str, member: &str) {
        let (status, _) = self.send("DELETE", &format!("{calendar}{member}"), "");
        assert!(status.is_success(), "{status}");
    }

    /// What a member of a calendar says.
    ///
    /// # Panics
    /// When the server refuses.
    pub fn get(&self, calendar: &str, member: &str) -> String {
        let (status, body) = self.send("GET", &format!("{calendar}{member}"), "");
        assert!(status.is_success(), "{status}");
        body
    }

    /// What the server tells of a calendar, its reports, and of its members, their
    /// ETags.
    ///
    /// # Panics
    /// When the server refuses.
    pub fn properties(&self, calendar: &str) -> String {
        let asked = "<propfind xmlns=\"DAV:\"><prop><resourcetype/><getetag/>\
                     <supported-report-set/></prop></propfind>";
        let (status, body) = self.send("PROPFIND", calendar, asked);
        assert_eq!(status, StatusCode::MULTI_STATUS);
        body
    }

    fn send(&self, method: &str, url: &str, body: &str) -> (StatusCode, String) {
        let user = BASE64_STANDARD.encode(format!("{}:{}", self.username, self.password));
        let mut request = Request::builder()
            .method(method)
            .uri(url)
            .header("Authorization", format!("Basic {user}"));
        request = match method {
            "PROPFIND" => request.header("Content-Type", "application/xml").header("Depth", "1"),
            "PUT" => request.header("Content-Type", "text/calendar; charset=utf-8"),
            _ => request,
        };
        let mut answer = self.agent.run(request.body(body).unwrap()).unwrap();
        (answer.status(), answer.body_mut().read_to_string().unwrap())
    }

    /// The directory with the files of a calendar.
    ///
    /// # Panics
    /// When the server was there before: nobody knows where its files are.
    pub fn files(&self, name: &str) -> PathBuf {
        self.peer.as_ref().unwrap().directory.join(self.files).join(name)
    }
}

/// nginx, which serves the files of a directory.
pub struct Nginx {
    peer: Peer,
}

/// Files below `/`; below `/plain/` without an ETag or a date, and below `/gone/` no
/// more. `/moved/` redirects.
const NGINX: &str = r#"
daemon off;
master_process off;
error_log stderr;
pid DIR/pid;
events {}
http {
    access_log off;
    types { text/calendar ics; }
    client_body_temp_path DIR/temp;
    proxy_temp_path DIR/temp;
    fastcgi_temp_path DIR/temp;
    uwsgi_temp_path DIR/temp;
    scgi_temp_path DIR/temp;
    gzip on;
    gzip_types text/calendar;
    gzip_min_length 1;
    server {
        listen 127.0.0.1:PORT;
        root DIR/files;
        location /plain/ {
            alias DIR/files/;
            etag off;
            add_header Last-Modified "";
            if_modified_since off;
        }
        location /moved/ { rewrite ^/moved/(.*)$ /$1 redirect; }
        location /gone/ { return 410; }
        location /secret/ {
            alias DIR/files/;
            auth_basic feeds;
            auth_basic_user_file DIR/users;
        }
    }
}
"#;

impl Nginx {
    /// Starts it.
    ///
    /// # Panics
    /// When `CALENDAR_TEST_NGINX` does not name it, or it does not start.
    pub fn start() -> Self {
        let peer = Peer::start(|directory, port| {
            fs::create_dir(directory.join("files")).unwrap();
            fs::write(directory.join("users"), "alice:{PLAIN}wonderland\n").unwrap();
            let settings = NGINX.replace("DIR", &directory.to_string_lossy());
            let settings = settings.replace("PORT", &port.to_string());
            fs::write(directory.join("nginx.conf"), settings).unwrap();
            let mut command = Command::new(program("CALENDAR_TEST_NGINX"));
            command.arg("-c").arg(directory.join("nginx.conf")).args(["-e", "stderr", "-p"]);
            command.arg(directory);
            command
        });
        Self { peer }
    }

    /// It, as `http://127.0.0.1:PORT`.
    pub fn origin(&self) -> String {
        self.peer.origin()
    }

    /// Puts a file there, all at once; none = removes it.
    ///
    /// # Panics
    /// When it cannot.
    pub fn put(&self, name: &str, content: Option<&str>) {
        let path = self.peer.directory.join("files").join(name);
        let Some(content) = content else {
            match fs::remove_file(path) {
                Err(error) if error.kind() != ErrorKind::NotFound => panic!("{error}"),
                _ => return,
            }
        };
        let new = self.peer.directory.join(format!("{name}.new"));
        fs::write(&new, content).unwrap();
        fs::rename(new, path).unwrap();
    }
}

/// PgBouncer in front of a server, in transaction mode: each transaction of a connection may be in
/// another session of the server.
pub struct PgBouncer {
    peer: Peer,
}

const PGBOUNCER: &str = "
[databases]
* = host=127.0.0.1 port=SERVER user=USER
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = PORT
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 4
server_round_robin = 1
server_login_retry = 1
";

impl PgBouncer {
    /// Starts it in front of the server at a port, where all are that user.
    ///
    /// # Panics
    /// When `CALENDAR_TEST_PGBOUNCER` does not name it, or it does not start.
    pub fn start(server: u16, user: &str) -> Self {
        let peer = Peer::start(|directory, port| {
            let file = directory.join("pgbouncer.ini");
            let settings = PGBOUNCER.replace("SERVER", &server.to_string()).replace("USER", user);
            fs::write(&file, settings.replace("PORT", &port.to_string())).unwrap();
            let mut command = Command::new(program("CALENDAR_TEST_PGBOUNCER"));
            if server_user().is_some() {
                // It refuses to be root.
                command.args(["--user", "postgres"]);
            }
            command.arg(file);
            command
        });
        Self { peer }
    }

    /// The port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.peer.port
    }

    /// The connection string of a database.
    pub fn url(&self, database: &str) -> String {
        format!("postgresql://someone@127.0.0.1:{}/{database}", self.peer.port)
    }
}
