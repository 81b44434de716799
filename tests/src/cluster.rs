//! A throw-away PostgreSQL server.

use postgres::{Client, Config, NoTls};
use std::fs;
use std::io::Write;
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};
use std::thread::sleep;
use std::time::Duration;
use tempfile::TempDir;

/// Runs the server and sees to its end: when the pipe on its standard input
/// closes, because the test is done or has died, it stops the server and removes
/// its files. To kill the server is to kill all its processes at once: the
/// children of a dead one would work on for a while.
const KEEPER: &str = r#"
"$1"/postgres -D "$2"/data <&- &
server=$!
read -r order
case $order in
kill)
    kill -STOP $server
    children=$(cat /proc/$server/task/$server/children)
    kill -KILL $children $server
    # A server does not start while one of them still has its memory.
    for n in 1 2 3 4 5 6 7 8 9 10; do
        kill -0 $children 2>/dev/null || break
        sleep 0.1
    done
    ;;
*) kill -INT $server ;;
esac
wait $server
case $order in '') rm -rf "$2" ;; esac
"#;

/// A PostgreSQL server with its files in a temporary directory; it listens on
/// 127.0.0.1 and ends with the value.
pub struct Cluster {
    bin: PathBuf,
    directory: PathBuf,
    port: u16,
    keeper: Mutex<Option<Child>>,
}

impl Cluster {
    /// The database with the extension that all others are copies of.
    pub const PATTERN: &str = "pattern";

    /// For [`Cluster::with_settings`]: commits wait until the disk has them, as in production.
    pub const DURABLE: [(&str, &str); 2] = [("fsync", "on"), ("synchronous_commit", "on")];

    /// The server that all tests of one program share.
    pub fn shared() -> &'static Self {
        static SHARED: LazyLock<Cluster> = LazyLock::new(|| Cluster::start(&[]));
        &SHARED
    }

    /// A server of its own, with settings beyond the usual.
    pub fn start(settings: &[(&str, &str)]) -> Self {
        let cluster = Self::bare(settings);
        cluster.prepare_template();
        cluster
    }

    /// A server as `initdb` makes it: it has the superuser and nothing of ours.
    /// [`Cluster::empty_database`] makes its databases.
    pub fn bare(settings: &[(&str, &str)]) -> Self {
        let cluster = Self::in_new_directory();
        let mut initdb = cluster.command("initdb");
        initdb.args(["--pgdata=data", "--username=postgres", "--auth=trust", "--no-sync"]);
        run(initdb.args(["--encoding=UTF8", "--locale=C.UTF-8", "--no-instructions"]));
        cluster.configure(&[
            ("fsync", "off"),
            ("max_connections", "200"),
            ("shared_buffers", "256MB"),
            ("timezone", "UTC"),
            ("lc_messages", "C"),
        ]);
        cluster.configure(settings);
        cluster.resume();
        cluster
    }

    /// A physical standby of `self`, started as a hot standby.
    pub fn standby(&self) -> Self {
        let standby = Self::in_new_directory();
        let mut backup = standby.command("pg_basebackup");
        backup.args(["--pgdata=data", "--write-recovery-conf", "--checkpoint=fast", "--no-sync"]);
        run(backup.args(["--dbname", &self.url("postgres")]));
        standby.configure(&[]);
        standby.resume();
        standby
    }

    fn in_new_directory() -> Self {
        let bin = std::env::var_os("CALENDAR_TEST_PG_BIN").expect(
            "CALENDAR_TEST_PG_BIN is not set: run this by scripts/with-env postgres -- …, or make test",
        );
        let directory = TempDir::with_prefix("calendar_ext-").unwrap().keep();
        fs::set_permissions(&directory, fs::Permissions::from_mode(0o755)).unwrap();
        if let Some((uid, gid)) = server_user() {
            chown(&directory, Some(uid), Some(gid)).unwrap();
        }
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        Self { bin: bin.into(), directory, port, keeper: Mutex::new(None) }
    }

    fn configure(&self, settings: &[(&str, &str)]) {
        let own = [
            ("listen_addresses", "127.0.0.1".to_owned()),
            ("unix_socket_directories", self.directory.display().to_string()),
            ("port", self.port.to_string()),
        ];
        let file = self.directory.join("data/postgresql.conf");
        let mut file = fs::OpenOptions::new().append(true).open(file).unwrap();
        for (name, value) in
            own.iter().map(|(n, v)| (*n, v.as_str())).chain(settings.iter().copied())
        {
            writeln!(file, "{name} = '{value}'").unwrap();
        }
    }

    /// Starts the server, or starts it again after [`Cluster::kill`].
    pub fn resume(&self) {
        let log = self.directory.join("log");
        let log = fs::OpenOptions::new().create(true).append(true).open(log).unwrap();
        let mut keeper = self.command("sh");
        keeper.args(["-c", KEEPER, "sh"]).arg(&self.bin).arg(&self.directory);
        keeper.stdin(Stdio::piped()).stdout(log.try_clone().unwrap()).stderr(log);
        *self.keeper() = Some(keeper.spawn().unwrap());
        for _ in 0..600 {
            if Config::connect(&self.config("postgres"), NoTls).is_ok() {
                return;
            }
            sleep(Duration::from_millis(50));
        }
        panic!("the server does not start; its log:\n{}", self.log());
    }

    /// Runs something under other settings of the server, which must be settings that a reload applies.
    pub fn with_settings<T>(&self, settings: &[(&str, &str)], body: impl FnOnce() -> T) -> T {
        let mut client = self.connect("postgres");
        for (name, value) in settings {
            client.batch_execute(&format!("alter system set {name} = '{value}'")).unwrap();
        }
        let reload = "select pg_reload_conf(), pg_sleep(1)";
        client.batch_execute(reload).unwrap();
        let result = body();
        for (name, _) in settings {
            client.batch_execute(&format!("alter system reset {name}")).unwrap();
        }
        client.batch_execute(reload).unwrap();
        result
    }

    /// Ends the server as a power failure would, without a word to anyone.
    pub fn kill(&self) {
        let mut keeper = self.keeper().take().expect("the server runs");
        keeper.stdin.take().unwrap().write_all(b"kill\n").unwrap();
        keeper.wait().unwrap();
    }

    fn keeper(&self) -> MutexGuard<'_, Option<Child>> {
        self.keeper.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One of PostgreSQL's programs, run in the server's directory as its user.
    pub fn command(&self, program: &str) -> Command {
        let path = self.bin.join(program);
        let mut command =
            Command::new(if path.exists() { path.as_path() } else { Path::new(program) });
        // An environment in which errors would show backtraces to callers.
        command.current_dir(&self.directory).env("RUST_BACKTRACE", "full");
        unprivileged(&mut command);
        command
    }

    /// Runs one of PostgreSQL's programs.
    ///
    /// # Panics
    /// When it fails.
    pub fn run(&self, program: &str, arguments: &[&str]) {
        run(self.command(program).args(arguments));
    }

    /// Where the server has its files; a test may put some of its own there.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// What the server wrote to its log.
    pub fn log(&self) -> String {
        fs::read_to_string(self.directory.join("log")).unwrap_or_default()
    }

    /// The connection string of a database, as superuser.
    pub fn url(&self, database: &str) -> String {
        self.url_as("postgres", database)
    }

    /// The connection string of a database.
    pub fn url_as(&self, user: &str, database: &str) -> String {
        format!("postgresql://{user}@127.0.0.1:{}/{database}", self.port)
    }

    /// The port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    fn config(&self, database: &str) -> Config {
        self.url(database).parse().unwrap()
    }

    /// A connection to a database, as superuser.
    pub fn connect(&self, database: &str) -> Client {
        self.connect_as("postgres", database)
    }

    /// A connection to a database.
    pub fn connect_as(&self, user: &str, database: &str) -> Client {
        Client::connect(&self.url_as(user, database), NoTls).unwrap()
    }

    /// Roles as Supabase has them, and the database that all others are copies of.
    fn prepare_template(&self) {
        self.connect("postgres")
            .batch_execute(
                "create role anon nologin; create role authenticated nologin;
                 create role service_role nologin bypassrls;
                 create role authenticator login noinherit;
                 grant anon, authenticated, service_role to authenticator;",
            )
            .unwrap();
        let create = format!("create database {}", Self::PATTERN);
        self.connect("postgres").batch_execute(&create).unwrap();
        self.connect(Self::PATTERN).batch_execute("create extension calendar_ext cascade").unwrap();
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Some(mut keeper) = self.keeper().take() {
            drop(keeper.stdin.take());
            let _ = keeper.wait();
        } else {
            let _ = fs::remove_dir_all(&self.directory);
        }
    }
}

/// Has a program run as the user that servers run as.
pub(crate) fn unprivileged(command: &mut Command) -> &mut Command {
    match server_user() {
        Some((uid, gid)) => command.uid(uid).gid(gid),
        None => command,
    }
}

/// The user that servers run as where the tests run as root: PostgreSQL refuses to.
pub(crate) fn server_user() -> Option<(u32, u32)> {
    use std::os::unix::fs::MetadataExt;
    let is_root = fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0);
    let users = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let user = users.lines().find_map(|line| line.strip_prefix("postgres:"));
    is_root.then(|| {
        let mut fields = user.expect("the user postgres exists").split(':').skip(1);
        let mut id = || fields.next().and_then(|id| id.parse().ok()).unwrap();
        (id(), id())
    })
}

/// Runs a program that must succeed.
pub(crate) fn run(command: &mut Command) {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}
