# shellcheck shell=bash disable=SC2154
# Google Calendar v3: Google's Python client uses the stand-in, and so does our connector, both
# through Prism with Google's discovery document, which the Python client brings along.
check_google() {
    local tools python document port control
    python=$(python_packages google google-api-python-client==2.202.0)
    tools=$(node_packages google-openapi google-discovery-to-swagger@2.1.0 swagger2openapi@7.0.8)
    document=$("$python" -c 'import googleapiclient.discovery_cache as cache
print(cache.__path__[0] + "/documents/calendar.v3.json")')
    NODE_PATH=$tools/node_modules node "$CHECKS/google_openapi.js" "$document" "$work/google.json"

    start_fake google
    start_prism "$work/google.json" "$fake/calendar/v3"
    say "Google's Python client"
    tail -n1 "$work/server" | "$python" "$CHECKS/google_client.py" "$proxy/" "$fake/token"
    no_violations

    # Without this, a Prism that checks nothing would pass, too.
    control=$(curl -sS -o /dev/null -w '%{http_code}' -H 'Authorization: Bearer x' \
        -H 'Content-Type: application/json' --data '{"start": "tomorrow", "attendees": {}}' \
        "$proxy/calendars/primary/events")
    [[ $control == 4?? ]] || die "a wrong request is answered with $control"
    [[ $(violations) == *attendees* ]] || die "Prism lets a wrong request pass"

    say "the connector"
    port=$(free_port)
    start_prism "$work/google.json" "http://127.0.0.1:$port/calendar/v3"
    CALENDAR_TEST_GOOGLE_PORT=$port CALENDAR_TEST_GOOGLE_BASE=$proxy/ \
        cargo test --locked --quiet --package sync-agent --test conformance google:: -- \
        --test-threads 1
    no_violations
}
