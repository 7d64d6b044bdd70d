#!/usr/bin/env bash
# Builds and runs the measurements of memory: nodes, open files, sleeping calls, garbage per request;
# and of plugging and of round trips beside much else. docs/performance.md tells the method.
#
#   scale.sh [KIND...]  nodes files requests threadless parked plug beside; all if there is none
set -euo pipefail
bench=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=build.sh
source "$bench/build.sh"

build roundtrip removal_clients hold_open
(($#)) || set -- nodes files requests threadless parked plug beside
for kind; do
  timeout -s KILL 300 "$java" "${java_flags[@]}" -XX:+UseSerialGC -Xms256m -Xmx256m -XX:+AlwaysPreTouch \
    -cp "$target/benchmarks.jar" org.cdevgate.bench.Scale "$target/c" "$kind"
done | tee "$target/scale.txt"

# The lines "memory|allocation|ratio NAME VALUE [goal<=LIMIT]" as JSON.
awk '
  BEGIN { printf "{\n  \"benchmark\": \"scale\",\n  \"results\": [" }
  /^(memory|allocation|ratio) / {
    goal = $4 == "" ? "null" : substr($4, 7)
    printf "%s\n    {\"kind\": \"%s\", \"name\": \"%s\", \"value\": %s, \"goal\": %s}", comma, $1, $2, $3, goal
    comma = ","
  }
  END { print "\n  ]\n}" }
' "$target/scale.txt" >"$target/scale.json"
