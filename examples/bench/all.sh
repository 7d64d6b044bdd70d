#!/usr/bin/env bash
# Measures every goal of docs/performance.md: round trips, removals, memory, the gate alone. Prints
# their tables, and at the end the line of each goal. Leave the machine alone meanwhile.
set -euo pipefail
bench=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
output=$bench/target/all.txt

mkdir -p "$bench/target"
: >"$output"
unmeasured=()
for part in run removal scale gate; do
  printf '\n== %s.sh\n\n' "$part"
  bash "$bench/$part.sh" | tee -a "$output" || unmeasured+=("$part.sh")
done

printf '\n== goals: name, measured, limit (smaller is better)\n\n'
grep -E '^(ratio|memory|allocation) .* goal<=' "$output"
((${#unmeasured[@]} == 0)) || { echo "bench: could not measure: ${unmeasured[*]}" >&2; exit 1; }
