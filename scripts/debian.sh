# shellcheck shell=bash
# A minimal Debian or Ubuntu in a directory. Source it after lib.sh. Needs root.

UBUNTU_MIRROR=${UBUNTU_MIRROR:-http://archive.ubuntu.com/ubuntu}

# Prints the path of the keys that sign Ubuntu's archive, which Debian 12 has no package of.
ubuntu_keys() {
    local keys=$CACHE/ubuntu-keyring/usr/share/keyrings/ubuntu-archive-keyring.gpg package
    if [[ ! -f $keys ]]; then
        package=$(mktemp)
        curl -fsSL --output "$package" \
            "$UBUNTU_MIRROR/pool/main/u/ubuntu-keyring/ubuntu-keyring_2023.11.28.1_all.deb" \
            || die "Ubuntu's keys could not be fetched from $UBUNTU_MIRROR"
        sha256sum --status -c - <<<"36de43b15853ccae0028e9a767613770c704833f82586f28eb262f0311adb8a8  $package" \
            || die "the package of Ubuntu's keys has the wrong checksum"
        dpkg-deb --extract "$package" "$CACHE/ubuntu-keyring"
        rm "$package"
    fi
    echo "$keys"
}

# Installs SUITE of Debian, or of Ubuntu where it is noble (24.04), in an empty directory, with the
# packages named after it. It reaches the network as this machine does, and starts no daemon when a
# package is installed. Debian's packages come from the mirror that this machine's apt uses
# ($DEBIAN_MIRROR chooses another), Ubuntu's from $UBUNTU_MIRROR.
install_debian() {
    local suite=$1 root=$2 mirror file packages keys script=sid options=()
    shift 2
    packages=$(IFS=, && echo "$*")
    if [[ $suite == noble ]]; then
        apt_install curl
        mirror=$UBUNTU_MIRROR
        keys=$(ubuntu_keys)
        script=gutsy
        options=("--keyring=$keys" "--components=main,universe")
    else
        # shellcheck disable=SC2016
        mirror=${DEBIAN_MIRROR:-$(apt-get indextargets --format '$(REPO_URI)' \
            'Created-By: Packages' 'Origin: Debian' 'Label: Debian' 2>/dev/null | sed -n 1p)}
        mirror=${mirror:-http://deb.debian.org/debian}
    fi
    # An older debootstrap does not know the newest suites, which follow the rules of those before.
    [[ ! -e /usr/share/debootstrap/scripts/$suite ]] || script=$suite
    say "installing $suite in $root"
    debootstrap --variant=minbase ${packages:+"--include=$packages"} "${options[@]}" "$suite" "$root" \
        "$mirror" "/usr/share/debootstrap/scripts/$script" >"$root/debootstrap.out" 2>&1 \
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
