//! Code of a relation's owner that runs while somebody else maintains the relation: it has
//! nothing of the access that the maintaining session has.

use crate::world::{ADA, World, texts};
use calendar_tests::Caller;
use postgres::Client;

/// How a superuser maintains the relations of others.
const MAINTENANCE: [&str; 9] = [
    "analyze mallory.bait",
    "vacuum (analyze) mallory.bait",
    "vacuum full mallory.bait",
    "cluster mallory.bait using bait_idx",
    "reindex table mallory.bait",
    "reindex table concurrently mallory.bait",
    "refresh materialized view mallory.view",
    "refresh materialized view concurrently mallory.view",
    "create index on mallory.bait (mallory.spy(n + 1))",
];

/// What the owner's code tries.
const ATTEMPTS: [&str; 6] = [
    "select count(*)::text from calendar.get_busy('B', '2026-03-01Z', '2026-04-01Z')",
    "select count(*)::text from calendar.get_available_slots('B')",
    "select calendar.check_availability('B', 'tomorrow') ->> 'available'",
    "select calendar.export_ics('B', '2026-03-01Z', '2026-04-01Z')",
    "select count(*)::text from calendar.get_utilisation('B', '2026-03-02', '2026-03-20')",
    "select nullif(count(*), 0)::text from calendar.brokers",
];

/// Relations of a role that may do what any user may, with code that writes down what it got.
fn bait(world: &World, admin: &mut Client) {
    let attempts: Vec<_> = ATTEMPTS
        .iter()
        .map(|attempt| {
            let query = attempt.replace("'B'", &format!("'{}'", world.ours.id));
            format!("(${query}$)").replace('$', "$q$")
        })
        .collect();
    let attempts = attempts.join(", ");
    admin
        .batch_execute(&format!(
            r#"create role mallory login in role authenticated;
               create schema mallory authorization mallory;
               set role mallory;
               create table mallory.loot (query text, found text);
               create function mallory.try(n integer) returns integer language plpgsql as $$
               declare
                   _query text;
                   _found text;
               begin
                   perform set_config('request.jwt.claims', '{{"role": "authenticated", "sub": "{ADA}"}}', true);
                   foreach _query in array array[{attempts}] loop
                       begin
                           execute _query into _found;
                       exception when others then
                           _found := sqlerrm;
                       end;
                       insert into mallory.loot values (_query, _found);
                   end loop;
                   return n;
               end $$;
               create function mallory.spy(n integer) returns integer language plpgsql immutable as
                   $$ begin return mallory.try(n); end $$;
               create table mallory.bait (n integer);
               create index bait_idx on mallory.bait (mallory.spy(n));
               create statistics mallory.bait_stat on (mallory.spy(n + 2)) from mallory.bait;
               create materialized view mallory.view as select mallory.spy(1) as n;
               create unique index on mallory.view (n);
               insert into mallory.bait values (1);
               reset role"#,
        ))
        .unwrap();
}

#[test]
fn an_owner_learns_nothing_from_whoever_maintains_its_relations() {
    let world = World::new();
    let mut admin = world.db.connect();
    bait(&world, &mut admin);
    for statement in MAINTENANCE {
        admin.batch_execute("truncate mallory.loot").unwrap();
        admin.batch_execute(statement).unwrap_or_else(|e| panic!("{statement}: {e:?}"));
        let loot =
            texts(&mut admin, "select distinct coalesce(found, '') from mallory.loot order by 1");
        assert_eq!(loot, ["", "broker_not_found"], "{statement}");
        let subject = "select distinct coalesce(found, '') from mallory.loot where query ~ 'calendar.brokers'";
        assert_eq!(texts(&mut admin, subject), [""], "{statement}");
    }
}

#[test]
fn a_security_definer_function_of_ones_own_keeps_its_callers_access() {
    let world = World::new();
    let mut admin = world.db.connect();
    admin
        .batch_execute(
            "create function public.free_slots(broker uuid) returns bigint
                 language sql security definer set search_path = pg_catalog
             begin atomic select count(*) from calendar.get_available_slots(broker); end",
        )
        .unwrap();
    let free = |caller: Caller, broker| {
        let mut client = world.connect_as(caller);
        client.query_one("select public.free_slots($1)", &[&broker]).map(|row| row.get::<_, i64>(0))
    };
    assert!(free(Caller::Service, world.ours.id).unwrap() > 0);
    assert!(free(Caller::User(ADA), world.ours.id).unwrap() > 0);
    assert!(free(Caller::Anon, world.theirs.id).unwrap() > 0);
    assert!(free(Caller::Anon, world.ours.id).is_err());
}
