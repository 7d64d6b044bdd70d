#!/usr/bin/env bash
# Measures removals under sleeping processes, next to a C server that only answers as many held
# requests. docs/performance.md tells the method.
#
#   bash examples/bench/removal.sh
#
#   --help   prints this
#
# ROUNDS in the environment: counted rounds (9; fewer prove nothing).
set -euo pipefail
# shellcheck source=build.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/build.sh"
read_arguments 0 "$@"
rounds=$(number_of ROUNDS 9)
need_java
build_bench held_server removal_clients
make_work_folder
# With a limit: what hangs is killed with all its children.
in_group timeout -s KILL 600 "$java" "${java_flags[@]}" -Djava.io.tmpdir="$work" -cp "$jar" \
  org.cdevgate.bench.RemovalUnderLoad "$target/c" "$rounds" "$target/removal.json"
