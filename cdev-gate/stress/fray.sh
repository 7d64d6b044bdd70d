#!/usr/bin/env bash
# Explores the gate's schedules with Fray; docs/stress.md says what it asks.
#
#   bash cdev-gate/stress/fray.sh [OPTION...] [PART OF A CASE'S NAME]
#
#   --long   with fifty times as many schedules: hours
#   --help   prints this
#
# Needs a JDK 25 on Linux and x86-64: JAVA_HOME, the one on the PATH, or the first one below
# /usr/lib/jvm. Builds what is not built yet, gets Fray through Maven and makes a run-time image with
# Fray in it, once, which takes a minute or two; both are kept in cdev-gate/stress/fray/target. Ends
# with "fray: N cases, N schedules, N failed, twins caught N of N"; exits with 0 if all cases passed
# and every twin was caught, with 2 if it cannot begin, else with 1.
set -u -o pipefail
# shellcheck source=../../cdev-gate/scripts/common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../../cdev-gate/scripts/common.sh"
read_arguments 1 "$@"
need_java

pom=cdev-gate/stress/fray/pom.xml
folder=cdev-gate/stress/fray/target
stress=cdev-gate/stress/target
wanted=25 # the JDK whose classes this Fray knows how to change

[[ $(uname -sm) == "Linux x86_64" ]] ||
  fail "this is $(uname -sm); Fray's agent is for Linux x86_64 here"

# property NAME JAVA: prints a property of a JVM.
property() {
  "$2" -XshowSettings:properties -version 2>&1 | sed -n "s/^ *${1//./\\.} = //p"
}

# Sets java to that of a JDK whose classes Fray knows.
need_wanted_java() {
  local each
  for each in "$java" /usr/lib/jvm/*/bin/java; do
    if [[ -x ${each%java}jlink && -x ${each%java}javac &&
      $(property java.specification.version "$each") == "$wanted" ]]; then
      java=$each
      return
    fi
  done
  fail "needs a JDK $wanted with jlink, and there is none below /usr/lib/jvm; $java is of version" \
    "$(property java.specification.version "$java"): install one, or set JAVA_HOME to it"
}

# run_told LOG COMMAND...: what it prints goes there, and is shown if it fails.
run_told() {
  local log=$1
  shift
  in_group "$@" >"$log" 2>&1 || {
    cat "$log" >&2
    fail "$1 failed"
  }
}

get_fray() {
  [[ ! $folder/got -nt $pom ]] || return 0
  say "getting Fray"
  # With the marks of what was unpacked, or it would not be unpacked again.
  rm -rf "$folder/lib" "$folder/jvmti" "$folder/dependency-maven-plugin-markers" "$folder/got"
  run_told "$folder/maven.txt" mvn -B -q -f "$pom" package
  touch "$folder/got"
}

make_image() {
  local fray=("$folder"/lib/fray-core-*.jar) made_of jars
  made_of="$(readlink -f -- "$java") $(property java.runtime.version "$java") ${fray[0]##*/}"
  [[ $made_of != "$(cat "$folder/java/made-of" 2>/dev/null)" ]] || return 0
  say "making a run-time image with Fray in it; that takes a minute or two"
  jars=$(printf '%s\n' "$folder"/lib/*.jar | grep -v -e -agent- | tr '\n' ':')
  rm -rf "$folder/java" "$folder/java.new"
  run_told "$folder/jlink.txt" "${java%java}jlink" \
    "-J-javaagent:$(printf '%s\n' "$folder"/lib/fray-instrumentation-jdk-*.jar)" \
    "-J--module-path=$jars" -J--add-modules=org.pastalab.fray.instrumentation.jdk \
    "-J--class-path=$jars" "--output=$folder/java.new" \
    --add-modules=java.base,java.instrument,java.logging,java.management,java.rmi,jdk.jfr,jdk.management,jdk.unsupported \
    --fray-instrumentation
  printf '%s\n' "$made_of" >"$folder/java.new/made-of"
  mv "$folder/java.new" "$folder/java"
}

need_wanted_java
build "$stress/built" cdev-gate cdev-gate/stress-kit cdev-gate/stress
mkdir -p "$folder"
get_fray
make_image

# Not all of the suite's: Fray brings other versions of what the model checker uses.
classes=$(printf '%s:' "$stress"/cdev-gate-stress-*.jar "$stress"/lib/{cdev-gate,jspecify}-*.jar)
classes+=$(printf '%s\n' "$folder"/lib/slf4j-api-*.jar)
in_group "$java" "${java_flags[@]}" -cp "$classes" org.cdevgate.gate.stress.fray.FrayCommand \
  "$folder" cdev-gate/src/main/java "$classes" "${given[@]}" "${arguments[@]}"
