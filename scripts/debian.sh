# shellcheck shell=bash
# A minimal Debian in a directory. Source it after lib.sh. Needs root.

# Installs Debian SUITE in an empty directory, with the packages named after it. It reaches the
# network as this machine does, and starts no daemon when a package is installed. Packages come
# from the mirror that this machine's apt uses ($DEBIAN_MIRROR to choose another).
install_debian() {
    local suite=$1 root=$2 mirror file packages
    shift 2
    packages=$(IFS=, && echo "$*")
    # shellcheck disable=SC2016
    mirror=${DEBIAN_MIRROR:-$(apt-get indextargets --format '$(REPO_URI)' \
        'Created-By: Packages' 'Origin: Debian' 'Label: Debian' 2>/dev/null | sed -n 1p)}
    say "installing Debian $suite in $root"
    # Without a mirror, debootstrap takes Debian's own.
    debootstrap --variant=minbase ${packages:+"--include=$packages"} "$suite" "$root" \
        ${mirror:+"$mirror"} >"$root/debootstrap.out" 2>&1 \
        || { tail -n 20 "$root/debootstrap.out" >&2; die "debootstrap failed"; }
    rm "$root/debootstrap.out"
    apt-config dump | grep -iE '^Acquire::[^ ]*Proxy ' >"$root/etc/apt/apt.conf.d/90proxy" || true
    for file in /etc/resolv.conf /etc/hosts /etc/pip.conf; do
        [[ ! -f $file ]] || cp --remove-destination -L "$file" "$root$file"
    done
    # The certificates that this machine trusts, now and when ca-certificates is installed later.
    file=/etc/ssl/certs/ca-certificates.crt
    if [[ -f $file ]]; then
        mkdir -p "$root/usr/local/share/ca-certificates"
        cp -L "$file" "$root/usr/local/share/ca-certificates/this-machine.crt"
        [[ ! -f $root$file ]] || cp --remove-destination -L "$file" "$root$file"
    fi
    printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
    chmod 755 "$root/usr/sbin/policy-rc.d"
}
