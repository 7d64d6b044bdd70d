#!/usr/bin/env bash
# Builds and runs the benchmark of removals under sleeping processes, next to a C server that only
# answers as many held requests. docs/performance.md tells the method.
#
#   ROUNDS  counted rounds (9; fewer prove nothing)
set -euo pipefail
bench=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=build.sh
source "$bench/build.sh"

build held_server removal_clients
# In a process group of its own, with a limit: what hangs is killed with all its children.
exec timeout -s KILL 600 "$java" "${java_flags[@]}" -cp "$target/benchmarks.jar" \
  org.cdevgate.bench.RemovalUnderLoad "$target/c" "${ROUNDS:-9}" "$target/removal.json"
