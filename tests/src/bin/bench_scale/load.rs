//! Many sessions at once, by pgbench, PostgreSQL's own benchmark program.

use crate::data::Data;
use crate::measure::Line;
use calendar_tests::Cluster;
use std::fs;

/// A booking of half an hour by a random broker in the next weeks.
const BOOK: &str = "\\set d random(0, 40)
\\set s random(0, 15)
select calendar.try_book(bench.broker(:i), timestamptz '2026-03-03 14:00Z'
                         + :d * interval '1 day' + :s * interval '30 minutes');
";

/// A pull that brings one event.
const SYNC: &str = "\\set n random(10, 59)
select calendar.apply_sync(bench.calendar(:i, 1), jsonb_build_object('events', jsonb_build_array(jsonb_build_object(
    'external_event_id', 'one', 'starts_at', '2026-03-05T15:00:00Z', 'ends_at', '2026-03-05T16:' || :n || ':00Z'))));
";

const READ: &str =
    "select slot_start, slot_end from calendar.get_available_slots(bench.broker(:i));\n";

/// Each write of the log takes 5 ms more, also where only one session waits for it.
const SLOW_DISK: [(&str, &str); 4] =
    [Cluster::DURABLE[0], Cluster::DURABLE[1], ("commit_delay", "5000"), ("commit_siblings", "0")];

/// Transactions a second of scripts that are chosen by weight.
fn a_second(data: &Data<'_>, clients: u32, scripts: &[(&str, u32)]) -> f64 {
    let cluster = data.database.cluster();
    let mut pgbench = cluster.command("pgbench");
    pgbench.args([
        "--no-vacuum",
        "--protocol=prepared",
        "--username=postgres",
        "--jobs=2",
        "--time=15",
    ]);
    pgbench.args(["--client", &clients.to_string(), "--port", &cluster.port().to_string()]);
    pgbench.arg("--host").arg(cluster.directory());
    for (n, (script, weight)) in scripts.iter().enumerate() {
        let file = cluster.directory().join(format!("pgbench_{n}.sql"));
        fs::write(&file, format!("\\set i random(1, {})\n{script}", data.brokers)).unwrap();
        pgbench.arg("--file").arg(format!("{}@{weight}", file.display()));
    }
    let output = pgbench.arg(data.database.name()).output().unwrap();
    let report = String::from_utf8_lossy(&output.stdout);
    let rate = |line: &str| line.strip_prefix("tps = ")?.split(' ').next()?.parse().ok();
    report
        .lines()
        .find_map(rate)
        .unwrap_or_else(|| panic!("{report}{}", String::from_utf8_lossy(&output.stderr)))
}

pub(crate) fn bookings_a_second(_: &Data<'_>, full: &Data<'_>) -> Line {
    let mut client = full.database.connect();
    // As it was before: a notification in each commit.
    let notify = "create function bench.notify() returns trigger language plpgsql as $$
                  begin perform pg_notify('calendar_outbox', new.id::text); return null; end $$;
                  create trigger bench_notify after insert on calendar.bookings
                      for each row execute function bench.notify()";
    // The lock of a notification lasts as long as the disk takes, so a fast disk hides it.
    let (ours, each) = full.database.cluster().with_settings(&SLOW_DISK, || {
        let ours = a_second(full, 16, &[(BOOK, 1)]);
        client.batch_execute(notify).unwrap();
        let each = a_second(full, 16, &[(BOOK, 1)]);
        client.batch_execute("drop trigger bench_notify on calendar.bookings").unwrap();
        (ours, each)
    });
    Line {
        what: "requests to book a second by 16 sessions on a disk that writes in 5 ms, against those with a notification in each commit",
        result: format!("{:.2} times ({ours:.0} against {each:.0})", ours / each),
        goal: "at least 3",
        reached: ours >= 3.0 * each,
    }
}

pub(crate) fn sessions(_: &Data<'_>, full: &Data<'_>) -> Line {
    let calls = || a_second(full, 64, &[(READ, 90), (BOOK, 9), (SYNC, 1)]);
    let rate = full.database.cluster().with_settings(&Cluster::DURABLE, calls);
    Line {
        what: "calls a second by 64 sessions: 90 list, 9 book, 1 pulls",
        result: format!("{rate:.0}"),
        goal: "at least 2000",
        reached: rate >= 2000.0,
    }
}
