//! The CSV file of `sync-agent import`.

use sync_agent::commands::import::csv::{Account, Hours, Row, read};

fn rows(csv: &str) -> Vec<Row> {
    read(csv.as_bytes()).unwrap_or_else(|problems| panic!("{problems:?}"))
}

fn problems(csv: &str) -> Vec<String> {
    read(csv.as_bytes()).unwrap_err().iter().map(ToString::to_string).collect()
}

fn hours(text: &str) -> Vec<(u8, String)> {
    let csv = format!("name,timezone,hours\nAnn,UTC,\"{text}\"\n");
    let told = |h: &Hours| (h.weekday, format!("{}-{}", h.start_local, h.end_local));
    rows(&csv)[0].hours.iter().map(told).collect()
}

fn spans(days: &[u8], spans: &[&str]) -> Vec<(u8, String)> {
    days.iter().flat_map(|&day| spans.iter().map(move |span| (day, (*span).into()))).collect()
}

#[test]
fn columns_may_come_in_any_order_and_most_may_be_left_out() {
    let read = rows(
        "provider,timezone,name,url,username,password,external_id\n\
         caldav,Europe/Zurich,Ann Lee,https://dav.example.com/,ann,\"p,\"\"w\",7\n\
         ,America/Toronto, Bob ,,,,\n",
    );
    assert_eq!(read[0].line, 2);
    assert_eq!(read[0].broker.external_id.as_deref(), Some("7"));
    assert!(
        matches!(&read[0].account, Some(Account::Caldav { username, .. }) if username == "ann")
    );
    assert_eq!((read[1].line, read[1].broker.name.as_str()), (3, "Bob"));
    assert_eq!(read[1].broker.external_id, None);
    assert!(read[1].account.is_none() && read[1].hours.is_empty());
}

#[test]
fn hours_are_read_as_people_write_them() {
    assert_eq!(
        hours("mon-fri 09:00-17:00; sat 10:00-12:00"),
        [spans(&[1, 2, 3, 4, 5], &["09:00-17:00"]), spans(&[6], &["10:00-12:00"])].concat()
    );
    assert_eq!(
        hours("Tue,thu 9:00-12:00 13:00-24:00;"),
        spans(&[2, 4], &["09:00-12:00", "13:00-24:00"])
    );
    assert_eq!(hours("sat-mon 00:00-01:00"), spans(&[6, 7, 1], &["00:00-01:00"]));
    assert_eq!(hours(""), []);
}

#[test]
fn every_line_that_is_wrong_is_named() {
    assert_eq!(
        problems(
            "name,timezone,hours,provider,url\n\
             Ann,,,,\n\
             ,UTC,,,\n\
             Bob,UTC,mon 17:00-09:00,,\n\
             Cid,UTC,someday 09:00-17:00,,\n\
             Dan,UTC,mon,,\n\
             Eve,UTC,mon 9-17,,\n\
             Fay,UTC,mon 09:60-10:00,,\n\
             Gus,UTC,,exchange,\n\
             Hal,UTC,,ics,\n\
             Ida,UTC,,,,,\n\
             Jon,UTC,mon +9:00-10:00,,\n"
        ),
        [
            "line 2: timezone is missing",
            "line 3: name is missing",
            "line 4: hours: \"17:00-09:00\" ends before it begins; write hours that pass midnight as two ranges",
            "line 5: hours: \"someday\" must be one of mon, tue, wed, thu, fri, sat, sun",
            "line 6: hours: \"mon\" has no times, such as 09:00-17:00",
            "line 7: hours: \"9-17\" must be two times, such as 09:00-17:00",
            "line 8: hours: \"09:60-10:00\" must be two times, such as 09:00-17:00",
            "line 9: provider must be google, microsoft, caldav, ics, ghl or empty",
            "line 10: provider ics needs url",
            "line 11: the line has 7 fields, but the first line has 5",
            "line 12: hours: \"+9:00-10:00\" must be two times, such as 09:00-17:00",
        ]
    );
}

#[test]
fn a_quoted_line_break_does_not_confuse_the_count() {
    let csv = "name,timezone,hours\n\"Ann\nLee\",UTC,\nBob,,\n";
    assert_eq!(problems(csv), ["line 4: timezone is missing"]);
}

#[test]
fn columns_that_nobody_knows_are_refused_once() {
    let told = problems("name,timezone,pasword\nAnn,UTC,hunter2\nBob,UTC,hunter3\n");
    assert_eq!(
        told,
        [
            "line 1: \"pasword\" is not a column; the columns are name, timezone, external_id, email, \
             phone, hours, provider, account_name, url, username, password, refresh_token, location, token"
        ]
    );
    let told = problems("name,timezone,name\nAnn,UTC,Ann\n");
    assert_eq!(told, ["line 1: column name is there twice"]);
}

#[test]
fn every_column_that_an_error_lists_can_be_given() {
    let csv = "name,timezone,external_id,email,phone,hours,provider,account_name,url,username,\
               password,refresh_token,location,token\nAnn,UTC,,,,,,,,,,,,\n";
    assert_eq!(read(csv.as_bytes()).unwrap().len(), 1);
}

#[test]
fn a_file_without_brokers_is_no_success() {
    assert_eq!(problems("name,timezone\n"), ["line 1: the file contains no broker"]);
    assert_eq!(problems(""), ["line 1: the file contains no broker"]);
}

#[test]
fn what_is_no_text_is_named_by_line() {
    let told = read(b"name,timezone\nAnn,UTC\nB\xffb,UTC\n").unwrap_err();
    assert_eq!(told[0].to_string(), "line 3: the text is not valid UTF-8");
}

#[test]
fn passwords_do_not_show() {
    let csv = "name,timezone,provider,url,username,password\nAnn,UTC,caldav,u,ann,hunter2\n";
    assert!(!format!("{:?}", rows(csv)).contains("hunter2"));
    let csv = "name,timezone,provider,username,password\nAnn,UTC,caldav,ann,hunter2\n";
    assert!(!problems(csv).concat().contains("hunter2"));
}
