#!/usr/bin/env bash
# Measures memory: nodes, open files, sleeping calls, garbage per request; and plugging and round
# trips beside much else. docs/performance.md tells the method.
#
#   bash examples/bench/scale.sh [KIND...]
#
# A KIND is nodes, files, requests, threadless, parked, plug or beside; without one it measures all.
#
#   --help   prints this
set -euo pipefail
# shellcheck source=build.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/build.sh"
read_arguments 100 "$@"
all=(nodes files requests threadless parked plug beside)
kinds=("${arguments[@]}")
((${#kinds[@]})) || kinds=("${all[@]}")
for kind in "${kinds[@]}"; do
  [[ " ${all[*]} " == *" $kind "* ]] || fail "unknown kind '$kind'; there are ${all[*]}"
done
need_java
build_bench roundtrip removal_clients hold_open
make_work_folder

measure() {
  local kind
  for kind in "${kinds[@]}"; do
    timeout --foreground -s KILL 300 "$java" "${java_flags[@]}" -XX:+UseSerialGC -Xms256m -Xmx256m \
      -XX:+AlwaysPreTouch -Djava.io.tmpdir="$work" -cp "$jar" org.cdevgate.bench.Scale \
      "$target/c" "$kind"
  done | tee "$target/scale.txt"
}
in_group measure

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
