#!/usr/bin/env bash
# Runs the fault suite of the FUSE device server; docs/faults.md says what it does.
#
#   bash cdev-gate-fuse/faults/run.sh [--long] [--seed S] [--seconds N] [--rounds N] ...
#
# Ends with "bystander: longest stall N ms (ATTACK)" and "faults: N rounds, N violations"; exits non-zero unless there was none.
set -u -o pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd) || exit 2
module=$root/cdev-gate-fuse/faults
target=$module/target
java=java
[ -n "${JAVA_HOME:-}" ] && java=$JAVA_HOME/bin/java

fail() {
    echo "faults: $1" >&2
    exit 2
}

[ "$(id -u)" -eq 0 ] || fail "run as root: it aborts connections and unmounts by force"
for tool in gcc umount mount unshare nsenter setpriv; do
    command -v "$tool" >/dev/null || fail "$tool is missing; apt-get install gcc libc6-dev mount util-linux"
done
(exec 3<>/dev/fuse) 2>/dev/null ||
    fail "/dev/fuse cannot be opened; modprobe fuse, or give the container the device"

# newer PRODUCT SOURCE...: whether a file of the sources is newer than the product, or it is missing.
newer() {
    local product=$1
    shift
    [ ! -f "$product" ] || [ -n "$(find "$@" -type f -newer "$product" -print -quit)" ]
}

build() {
    local built=$target/built
    if newer "$built" "$root/pom.xml" "$root"/cdev-gate/{pom.xml,src/main} \
        "$root"/cdev-gate-fuse/{pom.xml,src/main} "$module"/{pom.xml,src}; then
        echo "building $module"
        # Some Maven resets the terminal's colours even when it prints nothing.
        (cd "$root" && mvn -B -q -Dmaven.test.skip=true package \
            -pl cdev-gate,cdev-gate-fuse,cdev-gate-fuse/faults) 2>&1 |
            sed $'s/\033\\[[0-9;]*m//g' || fail "the build failed"
        local each flags=(-std=gnu11 -O2 -g -Wall -Wextra -Werror) c=$module/src/main/c
        gcc "${flags[@]}" -pthread -o "$target/fault-client" \
            "$c"/{client,calls,log,touch}.c || fail "the client cannot be compiled"
        gcc "${flags[@]}" -pthread -o "$target/sleepers" "$c/sleepers.c" ||
            fail "the sleepers cannot be compiled"
        for each in attacker bystander; do
            gcc "${flags[@]}" -pthread -o "$target/$each" "$c/$each.c" ||
                fail "the $each cannot be compiled"
        done
        gcc "${flags[@]}" -o "$target/keeper" "$c/keeper.c" ||
            fail "the keeper cannot be compiled"
        touch "$built"
    fi
}

# Flags that some JDK does not know are left out there.
known() {
    local flag flags=()
    for flag in "$@"; do
        "$java" "$flag" -version >/dev/null 2>&1 && flags+=("$flag")
    done
    echo "${flags[*]-}"
}

build
flags=$(known --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow)
class_path=$(echo "$target"/cdev-gate-fuse-faults-*.jar "$target"/lib/*.jar | tr ' ' ':')
# shellcheck disable=SC2086 # one flag per word
exec "$java" $flags -XX:+UseSerialGC -Xmx512m -Dfaults.jvm.flags="$flags" -cp "$class_path" \
    org.cdevgate.fuse.faults.FaultSuite --target "$target" "$@"
