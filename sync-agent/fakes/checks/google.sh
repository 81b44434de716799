# shellcheck shell=bash disable=SC2154
# Google Calendar v3: Google's Python client drives the stand-in through Prism, which reads
# Google's discovery document (the client brings it along).
check_google() {
    :
}
