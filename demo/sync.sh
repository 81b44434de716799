#!/usr/bin/env bash
# A calendar at a real CalDAV server (Radicale), kept in step by sync-agent, both ways.
#
# Usage: demo/sync.sh BIN URL DIRECTORY
# BIN is the directory of PostgreSQL's programs, URL the database of demo/tour.sql, DIRECTORY an
# empty one. Needs CALENDAR_TEST_PYTHON (scripts/python-venv) and a built sync-agent.
source "$(dirname "${BASH_SOURCE[0]}")/../scripts/lib.sh"

[[ $# -eq 3 && -n ${CALENDAR_TEST_PYTHON:-} ]] || usage
bin=$1 url=$2 directory=$3
agent=$TARGET/debug/sync-agent

# The clock of the demonstration; TLS and public addresses are for real servers.
export DATABASE_URL="$url" SYNC_AGENT_ALLOW_PRIVATE_NETWORKS=true SYNC_AGENT_LOG_LEVEL=error
SYNC_AGENT_KEY=$(head -c 32 /dev/urandom | base64)
export SYNC_AGENT_KEY SYNC_AGENT_SPOOL=$directory/spool.sqlite

sql() { PSQLRC=/dev/null "$bin/psql" --dbname="$url" --quiet --no-align --tuples-only --set=ON_ERROR_STOP=1 "$@"; }
show() { PSQLRC=/dev/null "$bin/psql" --dbname="$url" --quiet --pset=footer=off --command="set timezone = 'America/New_York'" --command="$1"; }
heading() { printf '\n== %s\n' "$*"; }
dav() { curl --silent --show-error --fail --user grace:secret "$@"; }

port=$((RANDOM % 10000 + 20000))
while (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do port=$((port + 1)); done
echo grace:secret >"$directory/users"
"$CALENDAR_TEST_PYTHON" -m radicale --config '' --server-hosts "127.0.0.1:$port" \
    --auth-type htpasswd --auth-htpasswd-filename "$directory/users" --auth-htpasswd-encryption plain \
    --storage-filesystem-folder "$directory/collections" --logging-level error >"$directory/radicale.log" 2>&1 &
radicale=$!
trap 'kill "$radicale" 2>/dev/null; wait "$radicale" 2>/dev/null || true' EXIT
server=http://127.0.0.1:$port
for _ in {1..100}; do
    curl --silent --output /dev/null "$server/" && break
    sleep 0.1
done
work=$server/grace/work

event() {
    printf '%s\r\n' BEGIN:VCALENDAR VERSION:2.0 PRODID:-//demo//EN BEGIN:VEVENT "UID:$1" \
        DTSTAMP:20260301T000000Z "DTSTART;TZID=America/New_York:$2" "DTEND;TZID=America/New_York:$3" \
        "SUMMARY:$4" END:VEVENT END:VCALENDAR
}

heading "A real CalDAV server (Radicale) on 127.0.0.1:$port, with a calendar of Grace's"
dav --request MKCALENDAR "$work/"
event lunch 20260303T120000 20260303T130000 "Lunch with Ada" |
    dav --request PUT --header 'Content-Type: text/calendar' --data-binary @- "$work/lunch.ics"
sql --command="alter database $(sql --command='select current_database()') set calendar.now = '2026-03-02T13:00:00Z'"
broker=$(sql --command="insert into calendar.brokers (name, email, timezone)
    values ('Grace Hall', 'grace@example.com', 'America/New_York') returning id")

heading "sync-agent connect caldav --broker ID --url $server --username grace --password-stdin"
"$agent" connect caldav --broker "$broker" --url "$server" --username grace --password-stdin <<<secret

heading "sync-agent once"
"$agent" once
show "select slot_start from calendar.get_available_slots('$broker', '2026-03-03 11:00-05', '2026-03-03 15:00-05')"

heading "book_calendar_slot(…, '2026-03-03 14:00'); sync-agent once"
booking=$(sql --command="select id from calendar.book_calendar_slot('$broker', '2026-03-03 14:00-05',
    lead_name => 'Jo Smith', lead_email => 'jo@example.org', title => 'Viewing, 4 Oak Lane')")
"$agent" once

heading "The event on the server: GET $work/bk-….ics"
file=bk-$booking@calendar-ext.ics
dav "$work/$file" | tr -d '\r' | grep -E '^(UID|SUMMARY|DTSTART|DTEND|STATUS|ATTENDEE|SEQUENCE)'

heading "Grace moves it to 15:30 on her phone; sync-agent once"
dav "$work/$file" | sed -E 's/^(DTSTART[^:]*:)[0-9T]+Z?/\120260303T203000Z/; s/^(DTEND[^:]*:)[0-9T]+Z?/\120260303T210000Z/; s/^(DTSTART|DTEND);TZID=[^:]*/\1/' |
    dav --request PUT --header 'Content-Type: text/calendar' --data-binary @- "$work/$file"
"$agent" once
show "select status, slot_start, slot_end from calendar.bookings where id = '$booking'"

heading "She deletes it; sync-agent once"
dav --request DELETE "$work/$file" >/dev/null
"$agent" once
show "select status, cancel_reason from calendar.bookings where id = '$booking'"

heading "sync-agent status"
"$agent" status
echo
