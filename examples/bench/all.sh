#!/usr/bin/env bash
# Measures every goal of docs/performance.md: round trips, removals, memory, the gate alone. Prints
# their tables, and at the end the line of each goal. Leave the machine alone meanwhile.
#
#   bash examples/bench/all.sh
#
#   --help   prints this
#
# 8 to 10 minutes. Exits with 1 if something could not be measured.
set -euo pipefail
# shellcheck source=build.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/build.sh"
read_arguments 0 "$@"
need_java
output=$target/all.txt

mkdir -p "$target"
: >"$output"

measure_part() { bash "$bench/$1.sh" | tee -a "$output"; }

unmeasured=()
for part in run removal scale gate; do
  printf '\n== %s.sh\n\n' "$part"
  in_group measure_part "$part" || unmeasured+=("$part.sh")
done

printf '\n== goals: name, measured, limit (smaller is better)\n\n'
grep -E '^(ratio|memory|allocation) .* goal<=' "$output" || true
((${#unmeasured[@]} == 0)) || { say "could not measure: ${unmeasured[*]}"; exit 1; }
