//! pgbench, PostgreSQL's own benchmark program.

use crate::measure::median;
use calendar_tests::Database;
use std::fs;
use std::time::Duration;

/// A script that runs a statement for a random broker, whose number is `:i`.
pub(crate) fn of_brokers(count: i32, statement: &str) -> String {
    format!("\\set i random(1, {count})\n{statement};\n")
}

/// The median time of one call of each of two scripts by one client, over rounds
/// of a second taken in turns.
pub(crate) fn pair(one: (&Database<'_>, &str), other: (&Database<'_>, &str)) -> [Duration; 2] {
    let mut times = [Vec::new(), Vec::new()];
    for _ in 0..9 {
        for (times, (database, script)) in times.iter_mut().zip([one, other]) {
            let rate = transactions_a_second(database, script, 1, 1);
            times.push(Duration::from_secs_f64(1.0 / rate));
        }
    }
    times.map(median)
}

/// Runs a script through prepared statements, over a local socket.
pub(crate) fn transactions_a_second(
    database: &Database<'_>,
    script: &str,
    clients: u32,
    seconds: u32,
) -> f64 {
    let cluster = database.cluster();
    let file = cluster.directory().join("pgbench.sql");
    fs::write(&file, script).unwrap();
    let mut pgbench = cluster.command("pgbench");
    pgbench.args(["--no-vacuum", "--protocol=prepared", "--username=postgres"]);
    pgbench.args(["--client", &clients.to_string(), "--jobs", &clients.to_string()]);
    pgbench.args(["--time", &seconds.to_string(), "--port", &cluster.port().to_string()]);
    pgbench.arg("--host").arg(cluster.directory()).arg("--file").arg(&file);
    let output = pgbench.arg(database.name()).output().unwrap();
    let report = String::from_utf8_lossy(&output.stdout);
    let rate = |line: &str| line.strip_prefix("tps = ")?.split(' ').next()?.parse().ok();
    report
        .lines()
        .find_map(rate)
        .unwrap_or_else(|| panic!("{report}{}", String::from_utf8_lossy(&output.stderr)))
}
