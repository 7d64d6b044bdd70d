#!/usr/bin/env bash
# Builds and runs the benchmarks of the gate alone: enter and exit by one thread, by two and by more,
# next to their floor and to other designs, and the removal of an idle, a busy and a sleeping gate.
# docs/performance.md tells the method. About four minutes.
set -euo pipefail
bench=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$bench/../.." && pwd)
java=java
[[ -z ${JAVA_HOME:-} ]] || java=$JAVA_HOME/bin/java
command -v "$java" >/dev/null || { echo "bench: no JDK; install openjdk-17-jdk-headless" >&2; exit 1; }
command -v mvn >/dev/null || { echo "bench: no Maven; install maven" >&2; exit 1; }

(cd "$root" && mvn -B -q -Dmaven.test.skip=true package -pl examples/bench -am >&2)
exec "$java" -cp "$bench/target/benchmarks.jar" org.cdevgate.bench.GateReport "$bench/target/gate.json"
