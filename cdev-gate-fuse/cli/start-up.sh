#!/usr/bin/env bash
# Measures how long the command takes for a program that does nothing, next to a JVM that does
# nothing, in turns.
#
#   bash cdev-gate-fuse/cli/start-up.sh [--rounds N]
#
#   --rounds N   how often each is started, 20 by default
#   --help       prints this
#
# Builds what is not built yet. Ends with a line "ratio start-up ... goal<=2.5": the median of the one
# by that of the other.
set -euo pipefail
# shellcheck source=../../cdev-gate/scripts/common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../../cdev-gate/scripts/common.sh"
read_arguments 0 "$@"
rounds=${options[--rounds]-20}
need_java
build cdev-gate-fuse/cli/target/built cdev-gate cdev-gate-fuse cdev-gate-fuse/drivers cdev-gate-fuse/cli
make_work_folder
export JAVA_HOME=${java%/bin/java} XDG_CACHE_HOME=$work

printf 'class Empty {\n  public static void main(String[] args) {}\n}\n' >"$work/Empty.java"
"${java%java}javac" -d "$work" "$work/Empty.java"

# Prints the microseconds that a command took.
micros() {
  local from=${EPOCHREALTIME/[.,]/}
  in_group "$@" || fail "$* failed"
  printf '%s\n' "$((${EPOCHREALTIME/[.,]/} - from))"
}

median() { sort -n "$1" | sed -n "$(((rounds + 1) / 2))p"; }

command=(cdev-gate-fuse/cli/bin/cdev-gate run --device d0=null --report /dev/null -- true)
in_group "${command[@]}" # keeps its classes
for ((round = 0; round < rounds; round++)); do
  micros "$java" -cp "$work" Empty >>"$work/empty"
  micros "${command[@]}" >>"$work/command"
done

empty=$(median "$work/empty") taken=$(median "$work/command")
printf 'empty JVM %d ms, cdev-gate run -- true %d ms, medians of %d\n' \
  $((empty / 1000)) $((taken / 1000)) "$rounds"
printf 'ratio start-up %d.%02d goal<=2.5\n' $((taken / empty)) $((taken * 100 / empty % 100))
