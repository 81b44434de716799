# shellcheck shell=bash
# Packages from npm and PyPI, for scripts. Source it after lib.sh.

# Installs npm packages beneath .cache/NAME, unless they are there, and prints that directory.
node_packages() {
    local place=$CACHE/$1
    shift
    if [[ $(cat "$place/.made" 2>/dev/null) != "$*" ]]; then
        command -v npm >/dev/null || apt_install nodejs npm
        say "installing npm packages: $*"
        rm -rf "$place"
        mkdir -p "$place"
        npm install --prefix "$place" --no-save --no-audit --no-fund --ignore-scripts \
            --loglevel error "$@" >&2
        echo "$*" >"$place/.made"
    fi
    echo "$place"
}

# Installs PyPI packages beneath .cache/NAME, unless they are there, and prints their python.
python_packages() {
    local place=$CACHE/$1
    shift
    if [[ $(cat "$place/.made" 2>/dev/null) != "$place $*" ]]; then
        python3 -c 'import ensurepip, venv' 2>/dev/null || apt_install python3 python3-venv
        say "installing PyPI packages: $*"
        rm -rf "$place"
        python3 -m venv "$place"
        "$place/bin/python" -m pip install --quiet --no-input --disable-pip-version-check "$@" >&2
        echo "$place $*" >"$place/.made"
    fi
    echo "$place/bin/python"
}
