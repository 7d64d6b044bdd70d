#!/usr/bin/env bash
# Builds the demonstration and runs it: bash examples/demo.sh [--hold]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

mvn -B -q -Dmaven.test.skip=true package -pl cdev-gate,cdev-gate-fuse,examples

java=${JAVA_HOME:+$JAVA_HOME/bin/}java
# shellcheck source=java-flags.sh
source examples/java-flags.sh
flags=$(java_flags "$java")
# shellcheck disable=SC2086 # the flags are words
exec "$java" $flags -Dcdevgate.jvm.flags="$flags" -Dorg.slf4j.simpleLogger.defaultLogLevel=warn \
  -cp 'examples/target/classes:examples/target/lib/*' org.cdevgate.examples.demo.RemovalDemo "$@"
