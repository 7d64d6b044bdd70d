#!/usr/bin/env bash
# Plugs the GPIO adapter in and unplugs it under processes, again and again.
#
#   bash examples/cycles.sh [CYCLES [SEED]]
#
# CYCLES is a number from 3, 10000 by default. A SEED chooses what is random.
#
#   --help   prints this
#
# Builds what is not built yet. Ends with "cycles: N cycles, N violations, ..."; exits with 0 if there
# was none, else with 1.
set -euo pipefail
# shellcheck source=../cdev-gate/scripts/common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../cdev-gate/scripts/common.sh"
read_arguments 2 "$@"
[[ ! ${arguments[0]+given} ]] || check_number CYCLES "${arguments[0]}" 3
[[ ! ${arguments[1]+given} ]] || check_number SEED "${arguments[1]}" 0
need_java
build examples/target/built cdev-gate cdev-gate-fuse cdev-gate-fuse/drivers examples
make_work_folder

in_group "$java" "${java_flags[@]}" -Djava.io.tmpdir="$work" \
  -Dorg.slf4j.simpleLogger.defaultLogLevel=warn -cp 'examples/target/classes:examples/target/lib/*' \
  org.cdevgate.examples.cycles.PlugCycles "${arguments[@]}"
