#!/usr/bin/env bash
# Runs the fault suite of the FUSE device server; docs/faults.md says what it does. Needs root.
#
#   bash cdev-gate-fuse/faults/run.sh [OPTION...]
#
#   --long            goes on for half an hour
#   --seconds N       begins no round after so many seconds
#   --rounds N        runs so many rounds at most
#   --seed S          of the first round; each further one's is one more
#   --steps N         so many faults in a round
#   --no-sleepers     without the thousands of sleepers that come first
#   --no-attacks      without attacks
#   --attack NAME     runs this attack and nothing else
#   --sabotage NAME   has the server do wrong, which must be found: lost-release, deaf-removal,
#                     wrong-errno, two-generations, leaked-thread, leaked-descriptor
#   --verbose         tells each round's plan
#   --help            prints this
#
# Builds what is not built yet. Ends with "bystander: longest stall N ms (ATTACK)" and "faults: N
# rounds, N violations"; exits with 0 if there was none, else with 1.
set -u -o pipefail
# shellcheck source=../../cdev-gate/scripts/common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../../cdev-gate/scripts/common.sh"
read_arguments 0 "$@"
need_java
module=cdev-gate-fuse/faults
target=$module/target

[ "$(id -u)" -eq 0 ] || fail "run as root: it aborts connections and unmounts by force"
for tool in gcc umount mount unshare nsenter setpriv; do
  command -v "$tool" >/dev/null || fail "$tool is missing; apt-get install gcc libc6-dev mount util-linux"
done
(exec 3<>/dev/fuse) 2>/dev/null ||
  fail "/dev/fuse cannot be opened; modprobe fuse, or give the container the device"

# Makes the C programs, if they are older than their sources.
make_clients() {
  local each flags=(-std=gnu11 -O2 -g -Wall -Wextra -Werror -pthread) c=$module/src/main/c
  mkdir -p "$target"
  for each in fault-client sleepers attacker bystander keeper; do
    [ ! -f "$target/$each" ] || [ -n "$(find "$c" -newer "$target/$each" -print -quit)" ] || continue
    local sources=("$c/$each.c")
    [ "$each" != fault-client ] || sources=("$c"/{client,calls,log,touch}.c)
    # To its name only when it is whole.
    gcc "${flags[@]}" -o "$target/$each.new" "${sources[@]}" && mv "$target/$each.new" "$target/$each" ||
      fail "the $each cannot be compiled"
  done
}

build "$target/built" cdev-gate cdev-gate/stress-kit cdev-gate-fuse cdev-gate-fuse/faults
make_clients
make_work_folder
class_path=$(printf '%s:' "$target"/cdev-gate-fuse-faults-*.jar)$target/lib/*
in_group "$java" "${java_flags[@]}" -XX:+UseSerialGC -Xmx512m -Djava.io.tmpdir="$work" \
  -cp "$class_path" \
  org.cdevgate.fuse.faults.FaultSuite --target "$target" "${given[@]}"
