# Shared by the scripts in this folder: progress lines, packages, builds. Sourced, never run.
# shellcheck shell=bash disable=SC2034

set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# Debian's own interpreter: python3-pytest and python3-jwt are installed for that one only.
PYTHON=/usr/bin/python3

BUILD_PACKAGES=(g++ cmake ninja-build ccache libboost1.81-dev libboost-json1.81-dev
    libboost-test1.81-dev libssl-dev libsqlite3-dev libpq-dev libutf8proc-dev libexpat1-dev)
TEST_PACKAGES=(python3 python3-pytest python3-pytest-xdist python3-jwt python3-requests python3-yaml python3-jsonschema curl wget wget2 ruby aria2 ffmpeg wrk clang-format
    python3-httpx python3-aiohttp lftp
    postgresql prometheus sqlite3 openssl haproxy nginx caddy apache2-bin varnish
    systemd logrotate zsh fish jq goaccess python3-kubernetes python3-seccomp certbot lego pebble fuse3 libfuse3-dev pkg-config
    dpkg-dev lintian debootstrap
    python3-swift memcached libfaketime)
# A second object store for test_origin*.py: 265 MB, so only where it is asked for (.ci/run, scripts/run --s3).
STORE_PACKAGES=(ceph-mon ceph-osd radosgw)

# The page's tools run on Debian's Node 18 and on any newer Node that is already installed.
PAGE_NODE_MAJOR=18

if [ -t 1 ]; then
    BOLD=$'\e[1m' RED=$'\e[31m' PLAIN=$'\e[0m'
else
    BOLD='' RED='' PLAIN=''
fi

# step TEXT...: announces what happens next.
step() { printf '%s==> %s%s\n' "$BOLD" "$*" "$PLAIN"; }

# fail TEXT...: prints TEXT on standard error and ends the script.
fail() {
    printf '%serror:%s %s\n' "$RED" "$PLAIN" "$*" >&2
    exit 1
}

# as_root COMMAND...: runs COMMAND as root; uses sudo when the user is not root.
as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        fail "need root for: $* (install sudo, or run this as root)"
    fi
}

# install_packages NAME...: installs only missing packages, so that a second run needs no network.
install_packages() {
    local name missing=()
    command -v dpkg-query >/dev/null || fail "this needs Debian, with the packages: $*"
    for name in "$@"; do
        [ "$(dpkg-query -W -f='${db:Status-Status}' "$name" 2>/dev/null)" = installed ] ||
            missing+=("$name")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    step "Installing ${missing[*]}"
    as_root env DEBIAN_FRONTEND=noninteractive apt-get update -q -o DPkg::Lock::Timeout=300
    as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -q -y --no-install-recommends -o DPkg::Lock::Timeout=300 "${missing[@]}"
}

# install_node: installs Debian's nodejs and npm, unless a recent enough Node is installed.
install_node() {
    local major
    major=$(node --version 2>/dev/null | sed -nE 's/^v([0-9]+).*/\1/p')
    if [ "${major:-0}" -lt "$PAGE_NODE_MAJOR" ] || ! command -v npm >/dev/null; then
        install_packages nodejs npm
    fi
}

# install_tools FOLDER: fetches the tools named in FOLDER/package-lock.json, unless they are there.
install_tools() {
    local folder="$ROOT/$1"
    install_node
    if ! cmp -s "$folder/package-lock.json" "$folder/node_modules/.installed"; then
        step "Installing the tools of $1"
        (cd "$folder" && npm ci --no-audit --no-fund --loglevel=error) || return 1
        cp "$folder/package-lock.json" "$folder/node_modules/.installed"
    fi
}

# build_page: fetches the tools named in web/package-lock.json and builds the page into web/dist.
# Skips tools and builds that are up to date.
build_page() {
    local web="$ROOT/web" built="$ROOT/web/node_modules/.built"
    install_tools web || return 1
    if [ -e "$built" ] && [ -e "$web/dist/index.html" ] && [ -z "$(find "$web/src" "$web/public" \
        "$web/scripts" "$web/index.html" "$web"/*.ts -newer "$built" -print -quit)" ]; then
        return 0
    fi
    step "Building the page"
    (cd "$web" && npm run --silent build) || return 1
    touch "$built"
}

# build PRESET [TARGET]: configures and builds build/PRESET, and prints the time it took. One at a time: two
# tests run scripts that build, perhaps side by side.
build() {
    local preset=$1 target=${2:-all} begin=$SECONDS
    step "Building ($preset)"
    (
        flock 9
        cd "$ROOT"
        cmake --preset "$preset" >"build/configure-$preset.log" 2>&1 || {
            cat "build/configure-$preset.log" >&2
            fail "configuring the preset $preset failed"
        }
        cmake --build --preset "$preset" --target "$target" 9>&-
    ) 9>"$ROOT/build/lock"
    step "Built ($preset) in $((SECONDS - begin)) s"
}

# cpp_files: every C++ source and header, NUL-separated, relative to the root.
cpp_files() {
    local folders=() name
    for name in crypto core store http tls app cmake test bench; do
        [ -d "$ROOT/$name" ] && folders+=("$name")
    done
    (cd "$ROOT" && find "${folders[@]}" -type f -regex '.*\.[ch]pp' -print0 | sort -z)
}

# check_format: succeeds when clang-format has nothing to change; else prints the files.
check_format() {
    local changed
    changed=$(cd "$ROOT" && cpp_files | xargs -0 -r clang-format --dry-run 2>&1 |
        sed -nE 's/^([^:]+):[0-9]+:[0-9]+: .*clang-format-violations.*/\1/p' | sort -u) || return 1
    [ -n "$changed" ] || return 0
    sed 's/$/: scripts\/format would change it/' <<<"$changed"
    return 1
}

# listener_of PORT: prints "pid (command)" of each process that listens on a TCP port; nothing when
# the port is free. Reads /proc, because a minimal system has neither ss nor lsof.
listener_of() {
    local hex inode link pid found
    hex=$(printf '%04X' "$1")
    while read -r inode; do
        found=''
        for link in /proc/[0-9]*/fd/*; do
            [ "$(readlink "$link" 2>/dev/null)" = "socket:[$inode]" ] || continue
            pid=${link#/proc/}
            pid=${pid%%/*}
            found="process $pid ($(tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | sed 's/ $//'))"
            break
        done
        printf '%s\n' "${found:-a process of another user}"
    done < <(cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | awk -v port=":$hex" \
        '$4 == "0A" && substr($2, length($2) - 4) == port {print $10}') | sort -u
}

mkdir -p "$ROOT/build"
