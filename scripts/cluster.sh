# shellcheck shell=bash disable=SC2034
# A private, throw-away PostgreSQL. Source it after lib.sh.

# Starts one and sets
#   directory     the directory of its files, which the caller may use too; removed at the end
#   bin           the directory of PostgreSQL's programs
#   url           the connection string of the superuser
start_cluster() {
    local port
    bin=$CALENDAR_TEST_PG_BIN
    directory=$(mktemp -d)
    trap stop_cluster EXIT
    trap 'exit 130' INT TERM
    [[ $EUID -ne 0 ]] || chown postgres: "$directory"
    port=$((RANDOM % 10000 + 20000))
    while (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do port=$((port + 1)); done
    say "starting a private PostgreSQL on 127.0.0.1:$port"
    (
        cd "$directory" || exit
        as_server_user "$bin/initdb" --pgdata="$directory/data" --username=postgres --auth=trust \
            --encoding=UTF8 --locale=C.UTF-8 --no-sync >"$directory/initdb.log" 2>&1
    ) || die "$(cat "$directory/initdb.log")"
    (
        cd "$directory" || exit
        as_server_user "$bin/postgres" -D "$directory/data" -p "$port" -k "$directory" \
            -c listen_addresses=127.0.0.1 -c fsync=off >"$directory/log" 2>&1
    ) &
    url=postgresql://postgres@127.0.0.1:$port/postgres
    for _ in {1..200}; do
        "$bin/pg_isready" --quiet --dbname="$url" && return
        sleep 0.1
    done
    die "the server did not start:
$(cat "$directory/log")"
}

stop_cluster() {
    if [[ -f $directory/data/postmaster.pid ]]; then
        kill -INT "$(head -n1 "$directory/data/postmaster.pid")"
        wait
    fi
    rm -rf "$directory"
}
