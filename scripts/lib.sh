# shellcheck shell=bash disable=SC2034
# Functions that the scripts beside this file share. Source it, do not run it:
#   source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# It changes to the root of the checkout and sets
#   ROOT          the checkout
#   TARGET        where cargo builds ($CARGO_TARGET_DIR, else target/)
#   OUT           packages and private PostgreSQL trees ($CALENDAR_OUT, else $TARGET)
#   CACHE         downloads that survive `cargo clean` ($CALENDAR_CACHE, else .cache/)

set -euo pipefail
umask 022

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
cd "$ROOT"
PATH="$PATH:${CARGO_HOME:-${HOME:-/nonexistent}/.cargo}/bin"
TARGET=${CARGO_TARGET_DIR:-$ROOT/target}
OUT=${CALENDAR_OUT:-$TARGET}
CACHE=${CALENDAR_CACHE:-$ROOT/.cache}
export PATH

PGRX_VERSION=0.18.1

# Progress goes to stderr, so stdout has only results.
say() { printf '==> %s\n' "$*" >&2; }
die() { printf 'error: %s\n' "$*" >&2; exit 1; }

# Prints the head comment of the running script: its usage.
usage() {
    sed -n '2,/^[^#]/{s/^# \{0,1\}//p}' "$0" >&2
    exit 2
}

# Runs a command as root, through sudo where needed.
as_root() {
    if [[ $EUID -eq 0 ]]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        die "root is needed, and sudo is not installed, to run: $*"
    fi
}

# The PostgreSQL major in use: $PG, else that of $PG_CONFIG, else the newest of 15 to 18 whose
# server is installed, else the newest that apt offers.
pg_major() {
    local major
    if [[ -z ${PG:-} && -n ${PG_CONFIG:-} ]]; then
        PG=$("$PG_CONFIG" --version | sed -E 's/^[^0-9]*([0-9]+).*/\1/')
    fi
    if [[ -n ${PG:-} ]]; then
        [[ $PG =~ ^1[5-8]$ ]] || die "PG must be 15, 16, 17 or 18, not $PG"
        echo "$PG"
        return
    fi
    for major in 18 17 16 15; do
        if [[ -x /usr/lib/postgresql/$major/bin/postgres ]]; then
            echo "$major"
            return
        fi
    done
    for major in 18 17 16 15; do
        if apt_offers "postgresql-server-dev-$major"; then
            echo "$major"
            return
        fi
    done
    return 1
}

# The pg_config of a major.
pg_config_of() {
    echo "${PG_CONFIG:-/usr/lib/postgresql/$1/bin/pg_config}"
}

apt_offers() {
    # grep -q in a pipe ends at the first match, and apt-cache would then fail with SIGPIPE.
    [[ $(apt-cache policy "$1" 2>/dev/null) == *'Candidate: '[0-9]* ]]
}

# Installs those of the named Debian packages that are missing.
apt_install() {
    local package missing=()
    command -v dpkg-query >/dev/null \
        || die "this is not Debian or Ubuntu. Install the packages that correspond to these: $*"
    for package in "$@"; do
        [[ $(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null) == installed ]] \
            || missing+=("$package")
    done
    [[ ${#missing[@]} -gt 0 ]] || return 0
    say "installing packages: ${missing[*]}"
    apt_update
    local output
    output=$(as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
        --no-install-recommends -o DPkg::Lock::Timeout=300 "${missing[@]}" </dev/null 2>&1) \
        || die "$output
apt-get could not install: ${missing[*]}"
}

# Updates apt's package lists, once per script. A source that cannot be reached is not an error.
APT_UPDATED=
apt_update() {
    [[ -z $APT_UPDATED ]] || return 0
    as_root apt-get update -qq -o DPkg::Lock::Timeout=300 </dev/null >&2 \
        || say "apt-get update failed; using the package lists that are there"
    APT_UPDATED=yes
}

# Checks that Rust is new enough and has rustfmt. If there is no Rust, installs it if apt offers
# rustup; otherwise stops with the command to run.
check_rust() {
    local wanted found
    wanted=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)
    if ! command -v cargo >/dev/null || ! command -v rustc >/dev/null; then install_rust "$wanted"; fi
    # apt installs rustup without a toolchain.
    if command -v rustup >/dev/null && [[ $(rustup toolchain list 2>&1) == 'no installed'* ]]; then
        say "installing Rust $wanted: rustup default $wanted"
        rustup default "$wanted" >&2 || die "rustup could not install Rust. Run this, then try again:
  rustup default $wanted"
    fi
    found=$(rustc --version | cut -d' ' -f2) || die "$(command -v rustc) does not run"
    if [[ $(printf '%s\n' "$wanted" "$found" | sort -V | head -n1) != "$wanted" ]]; then
        if command -v rustup >/dev/null; then
            die "Rust $wanted or newer is needed; $(command -v rustc) is $found. Run this:
  rustup update stable && rustup default stable"
        fi
        die "Rust $wanted or newer is needed; $(command -v rustc) is $found. Run this:
  $INSTALL_RUST && . ~/.cargo/env"
    fi
    rustfmt --version >/dev/null 2>&1 || {
        command -v rustup >/dev/null || die "rustfmt is missing; it is needed to generate the bindings to PostgreSQL.
Install the rustfmt that belongs to $(command -v rustc)."
        die "rustfmt is missing; it is needed to generate the bindings to PostgreSQL. Run this:
  rustup component add rustfmt"
    }
}

INSTALL_RUST="curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh -s -- -y"

# Installs rustup with apt, or stops with the command that installs it.
install_rust() {
    if [[ $EUID -eq 0 ]] || command -v sudo >/dev/null; then
        command -v apt-cache >/dev/null && { apt_offers rustup || apt_update; }
        if apt_offers rustup; then
            apt_install rustup
            return
        fi
    fi
    die "Rust $1 or newer is needed, and cargo is not on the PATH. Run this, then try again:
  $INSTALL_RUST"
}

# Runs a command as the user that servers run as, because PostgreSQL refuses to run as root.
as_server_user() {
    if [[ $EUID -eq 0 ]]; then
        setpriv --reuid=postgres --regid=postgres --clear-groups -- "$@"
    else
        "$@"
    fi
}

# The repository's files: tracked, and new ones that are not ignored.
repo_files() {
    local file
    git -c safe.directory="$ROOT" -c core.quotePath=false ls-files --cached --others --exclude-standard \
        | while IFS= read -r file; do [[ ! -f $file ]] || printf '%s\n' "$file"; done
}
