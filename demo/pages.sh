#!/usr/bin/env bash
# The booking page of Ada Brooks (demo/tour.sql), served by sync-agent, with a real PostgREST between the
# browser and the database. From here on, the clock is the real one.
#
# Usage: demo/pages.sh BIN URL DIRECTORY
# BIN is the directory of PostgreSQL's programs, URL the database of demo/tour.sql, DIRECTORY an
# empty one. Needs CALENDAR_TEST_POSTGREST (scripts/postgrest) and a built sync-agent.
# On a terminal, the pages run until Enter is pressed.
source "$(dirname "${BASH_SOURCE[0]}")/../scripts/lib.sh"

[[ $# -eq 3 && -n ${CALENDAR_TEST_POSTGREST:-} ]] || usage
bin=$1 url=$2 directory=$3
agent=$TARGET/debug/sync-agent

sql() { PSQLRC=/dev/null "$bin/psql" --dbname="$url" --quiet --no-align --tuples-only --set=ON_ERROR_STOP=1 "$@"; }
heading() { printf '\n== %s\n' "$*"; }
free_port() {
    local port=$((RANDOM % 10000 + 20000))
    while (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do port=$((port + 1)); done
    echo "$port"
}
wait_for() {
    for _ in {1..100}; do
        curl --silent --output /dev/null "$1" && return
        sleep 0.1
    done
    die "nothing answers at $1:
$(cat "$directory"/*.log)"
}

sql <<'END'
create role anon nologin;
create role authenticated nologin;
create role authenticator login noinherit;
grant anon, authenticated to authenticator;
select calendar.grant_api_roles() \g /dev/null
select format('alter database %I reset calendar.now', current_database()) \gexec
update calendar.brokers set slug = 'ada-brooks', public_booking = true where name = 'Ada Brooks' returning id as broker \gset
select calendar.save_meeting_type(:'broker', '{
    "slug": "first-call", "name": "First call", "durations": [30], "location_kind": "phone",
    "description": "Half an hour about what you are looking for.",
    "questions": [{"name": "topic", "label": "What is it about?", "kind": "text"}]}') \g /dev/null
select calendar.save_meeting_type(:'broker', '{
    "slug": "viewing", "name": "Viewing", "durations": [30, 60], "position": 1,
    "location_kind": "in_person", "location": "4 Oak Lane, New York", "lock_timezone": true}') \g /dev/null
END

api=$(free_port)
env -i PGRST_DB_URI="${url/postgres@/authenticator@}" PGRST_DB_SCHEMAS=calendar PGRST_DB_ANON_ROLE=anon \
    PGRST_SERVER_HOST=127.0.0.1 PGRST_SERVER_PORT="$api" "$CALENDAR_TEST_POSTGREST" \
    >"$directory/postgrest.log" 2>&1 &
started=$!
# SC2064: what was started until now.
# shellcheck disable=SC2064
trap "kill $started 2>/dev/null; wait 2>/dev/null || true" EXIT

cp -r web "$directory/web"
printf "export const src = 'http://127.0.0.1:%s';\nexport const apikey = '';\n" "$api" >"$directory/web/settings.js"
web=$(free_port)
SYNC_AGENT_KEY=$(head -c 32 /dev/urandom | base64)
DATABASE_URL="$url" SYNC_AGENT_KEY=$SYNC_AGENT_KEY SYNC_AGENT_SPOOL="$directory/spool.sqlite" \
    SYNC_AGENT_HTTP_LISTEN="127.0.0.1:$web" SYNC_AGENT_HTTP_PUBLIC_URL="http://127.0.0.1:$web/" \
    SYNC_AGENT_HTTP_PAGES="$directory/web" SYNC_AGENT_HTTP_API_ORIGINS="http://127.0.0.1:$api" \
    SYNC_AGENT_ALLOW_PRIVATE_NETWORKS=true SYNC_AGENT_LOG_LEVEL=error \
    "$agent" run >"$directory/agent.log" 2>&1 &
started="$started $!"
# shellcheck disable=SC2064
trap "kill $started 2>/dev/null; wait 2>/dev/null || true" EXIT
wait_for "http://127.0.0.1:$api/"
wait_for "http://127.0.0.1:$web/booking.html"

call() { curl --silent --show-error --fail --header 'Content-Type: application/json' --data "$2" "http://127.0.0.1:$api/rpc/$1"; }
heading "What the booking page does: POST /rpc/hold_slot, then /rpc/complete_hold"
slot=$(sql --command="select slot_start from calendar.get_page_slots('ada-brooks/first-call', null, null) limit 1")
held=$(call hold_slot "{\"page\": \"ada-brooks/first-call\", \"slot_start\": \"$slot\"}")
echo "$held"
token=$(sed -E 's/.*"token": *"([0-9a-f]+)".*/\1/' <<<"$held")
call complete_hold "{\"token\": \"$token\", \"lead_name\": \"Lee Jones\", \"lead_email\": \"lee@example.org\"}" |
    sed -E 's/.*"status": *"([a-z]+)".*/\nstatus: \1/'
echo

heading "The pages"
cat <<END
   Book Ada Brooks:             http://127.0.0.1:$web/booking.html?page=ada-brooks
   Move or cancel Lee's call:   http://127.0.0.1:$web/booking.html#$token
   The database:                $bin/psql $url

END
if [[ -t 0 ]]; then
    read -r -p "Press Enter to stop the servers and remove their files. "
else
    say "no terminal: stopping the servers and removing their files"
fi
