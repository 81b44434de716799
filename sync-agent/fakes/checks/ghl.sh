# shellcheck shell=bash disable=SC2154
# GoHighLevel: its own client drives the stand-in through Prism, which reads its own description of
# the API (sync-agent/tests/schemas/ghl); then our connector does.
check_ghl() {
    local modules found
    modules=$(node_packages ghl @gohighlevel/api-client@3.1.0)
    node "$CHECKS/ghl/description.js" "$ROOT/sync-agent/tests/schemas/ghl" >"$work/ghl.json"
    start_fake ghl
    start_prism "$work/ghl.json" "$fake"

    NODE_PATH=$modules/node_modules node "$CHECKS/ghl/client.js" "$proxy" "$fake"
    CALENDAR_TEST_GHL=$proxy cargo test --locked --quiet --package sync-agent --test connectors \
        -- --ignored --exact ghl::through_prism >&2
    found=$(violations)
    [[ -z $found ]] || die "this is not as GoHighLevel describes it:
$found"

    # Prism drops the checks of what it does not understand, and says nothing: it must find fault
    # with what is wrong.
    found=$(node "$CHECKS/ghl/control.js" "$proxy" requests)
    [[ -z $found ]] || die "Prism does not check these requests:
$found"
    start_server node "$CHECKS/ghl/wrong-answers.js"
    start_prism "$work/ghl.json" "$server"
    found=$(node "$CHECKS/ghl/control.js" "$proxy" answers)
    [[ -z $found ]] || die "Prism does not check the answers to these requests:
$found"
}
