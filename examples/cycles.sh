#!/usr/bin/env bash
# Plugs the GPIO adapter in and unplugs it under processes: bash examples/cycles.sh [CYCLES [SEED]]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

mvn -B -q -Dmaven.test.skip=true package -pl cdev-gate,cdev-gate-fuse,examples

java=${JAVA_HOME:+$JAVA_HOME/bin/}java
# shellcheck source=java-flags.sh
source examples/java-flags.sh
# shellcheck disable=SC2046 # the flags are words
exec "$java" $(java_flags "$java") -Dorg.slf4j.simpleLogger.defaultLogLevel=warn \
  -cp 'examples/target/classes:examples/target/lib/*' org.cdevgate.examples.cycles.PlugCycles "$@"
