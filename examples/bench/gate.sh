#!/usr/bin/env bash
# Measures the gate alone: enter and exit by one thread, by two and by more, next to their floor and
# to other designs, and the removal of an idle, a busy and a sleeping gate. docs/performance.md tells
# the method. About four minutes.
#
#   bash examples/bench/gate.sh
#
#   --help   prints this
set -euo pipefail
# shellcheck source=build.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/build.sh"
read_arguments 0 "$@"
need_java
build_bench
make_work_folder
in_group "$java" -Djava.io.tmpdir="$work" -cp "$jar" org.cdevgate.bench.GateReport "$target/gate.json"
