//! The reference pages of `docs/reference`, as the catalogue and its comments have them.

use postgres::Client;
use std::fmt::Write as _;

/// How a page says that it is generated.
const GENERATED: &str = "Generated from the comments in the database: \
    `CALENDAR_TEST_BLESS=1 scripts/test --package calendar_tests --test surface` writes it again.";

/// `docs/reference/functions.md`: every function that callers may call.
///
/// # Panics
/// When the catalogue cannot be read.
pub fn functions(client: &mut Client) -> String {
    let query = "
        select p.proname::text, p.pronamespace::regnamespace::text,
               pg_get_function_arguments(p.oid), pg_get_function_result(p.oid),
               obj_description(p.oid, 'pg_proc'), p.provolatile <> 'v',
               array(select c.name
                       from (values ('anon', 'the public'), ('authenticated', 'a user who is logged in'),
                                    ('calendar_service', 'the service'), ('calendar_agent', 'sync-agent'))
                            as c (role, name)
                      where has_function_privilege(c.role, p.oid, 'execute'))
          from pg_proc as p
         where p.pronamespace::regnamespace::text in ('calendar', 'calendar_sync')
         order by not (has_function_privilege('anon', p.oid, 'execute')
                       or has_function_privilege('authenticated', p.oid, 'execute')
                       or not has_function_privilege('calendar_agent', p.oid, 'execute')),
                  p.proname";
    let mut page = format!(
        "# Functions\n\n{GENERATED}\n\n\
         Arguments are named: `name => value` in SQL, a key of the JSON body through PostgREST. \
         A function that reads only can also be called with GET. \"The service\" is `service_role` \
         or a role granted `calendar_service`; \"sync-agent\" is a role granted `calendar_agent`. \
         Whether a caller may see a broker is decided within the function.\n"
    );
    for row in client.query(query, &[]).unwrap() {
        let [name, schema, arguments, result]: [String; 4] =
            [row.get(0), row.get(1), row.get(2), row.get(3)];
        let (comment, reads, callers): (String, bool, Vec<String>) =
            (row.get(4), row.get(5), row.get(6));
        let _ = write!(page, "\n## `{name}`\n\n```\n{schema}.{name}({})\n", split(&arguments));
        let result = result.replace("timestamp with time zone", "timestamptz");
        let comment = paragraphs(&comment, &names(&arguments));
        let _ = write!(page, "    returns {result}\n```\n\n{comment}\n\n");
        let who = if callers.is_empty() { "a superuser".to_owned() } else { callers.join(", ") };
        let _ =
            writeln!(page, "*Who may call it:* {who}.{}", if reads { " Reads only." } else { "" });
    }
    page
}

/// `docs/reference/tables.md`: every table, view and composite type with its columns.
///
/// # Panics
/// When the catalogue cannot be read.
pub fn tables(client: &mut Client) -> String {
    let query = "
        select c.relname::text,
               case c.relkind when 'v' then 'view' when 'c' then 'type' else 'table' end,
               coalesce(obj_description(c.oid, 'pg_class'), obj_description(c.reltype, 'pg_type'), ''),
               a.attname::text, format_type(a.atttypid, a.atttypmod),
               coalesce(col_description(c.oid, a.attnum), '')
          from pg_class as c
          join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
         where c.relnamespace = 'calendar'::regnamespace and c.relkind in ('r', 'p', 'v', 'c')
         order by array_position('{r,p,v,c}', c.relkind), c.relname, a.attnum";
    let mut page = format!(
        "# Tables, views and types\n\n{GENERATED}\n\n\
         All are in the schema `calendar`. A broker who is logged in sees its own rows, the service all \
         rows, and the public none. Callers write only `brokers`, `calendars`, `accounts`, \
         `working_hours` and `availability_overrides`; everything else is written by functions.\n"
    );
    let mut last = String::new();
    for row in client.query(query, &[]).unwrap() {
        let [table, kind, comment, column, data_type, meaning]: [String; 6] =
            [row.get(0), row.get(1), row.get(2), row.get(3), row.get(4), row.get(5)];
        if table != last {
            let _ = write!(page, "\n## {kind} `{table}`\n\n{}\n\n", as_markdown(&comment));
            page += "| column | type | |\n| --- | --- | --- |\n";
            last = table;
        }
        let meaning = as_markdown(&meaning).replace('|', "\\|").replace('\n', " ");
        let data_type = data_type.replace("timestamp with time zone", "timestamptz");
        let _ = writeln!(page, "| `{column}` | {data_type} | {meaning} |");
    }
    page
}

/// Arguments as people write them, one a line where there are several.
fn split(arguments: &str) -> String {
    let mut parts: Vec<String> = Vec::new();
    for part in arguments.split(", ") {
        // Of a default with a comma, such as '{a, b}', both halves are one argument's.
        match parts.last_mut() {
            Some(last) if last.matches('\'').count() % 2 == 1 => *last += &format!(", {part}"),
            _ => parts.push(part.to_owned()),
        }
    }
    for part in &mut parts {
        let (declared, default) = part.split_once(" DEFAULT ").unwrap_or((part, ""));
        let declared = declared.replace("timestamp with time zone", "timestamptz");
        *part = match default.split("::").next() {
            None | Some("") => declared,
            Some(value) => format!("{declared} = {}", value.replace("NULL", "null")),
        };
    }
    match &parts[..] {
        [_, _, ..] => format!("\n    {}", parts.join(",\n    ")),
        _ => parts.join(""),
    }
}

/// The names of arguments.
fn names(arguments: &str) -> Vec<&str> {
    arguments.split(", ").filter_map(|part| part.split(' ').next()).collect()
}

/// A comment's paragraphs; what is said of each argument is an item of a list.
fn paragraphs(comment: &str, names: &[&str]) -> String {
    let listed: Vec<String> = as_markdown(comment)
        .split("\n\n")
        .map(|paragraph| {
            let mut items: Vec<String> = Vec::new();
            for sentence in paragraph.split_inclusive(". ") {
                match items.last_mut() {
                    Some(last) if !begins(sentence, names) => *last += sentence,
                    _ => items.push(sentence.to_owned()),
                }
            }
            if begins(&items[0], names) {
                items.iter().map(|item| format!("* {}", item.trim())).collect::<Vec<_>>().join("\n")
            } else {
                paragraph.to_owned()
            }
        })
        .collect();
    listed.join("\n\n")
}

/// Whether a sentence is about arguments: `a: …`, or `a, b: …`.
fn begins(sentence: &str, names: &[&str]) -> bool {
    sentence.split_once(':').is_some_and(|(head, _)| {
        let head = head.split(" (").next().unwrap_or(head);
        head.split(", ").all(|name| names.contains(&name))
    })
}

/// A comment as text, in which nothing is markup.
fn as_markdown(comment: &str) -> String {
    let escaped = comment.replace('\\', "\\\\").replace('<', "\\<").replace('*', "\\*");
    escaped.trim().to_owned()
}
