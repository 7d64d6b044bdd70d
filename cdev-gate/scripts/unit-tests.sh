#!/usr/bin/env bash
# Compiles one module, with what it depends on, and runs its unit tests: the loop between two edits.
#
#   bash cdev-gate/scripts/unit-tests.sh [OPTION...] [MODULE [TEST]]
#
#   --all    also the tests that are left out otherwise: those that take longest
#   --help   prints this
#
# MODULE is a folder, cdev-gate if none is given. TEST is a class of its tests, with or without a
# pattern: RemovalOrderTest, 'Removal*', RemovalOrderTest#aMethod. Works offline: run mvn -B verify
# once before. Runs no integration test, no check of the format and no other module's tests, and with
# the JVM's quick compiler alone, so before a commit mvn -B verify is still to be run. What tests
# print is in the module's target/surefire-reports. Exits with 0 if all passed.
set -euo pipefail
# shellcheck source=common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

# They try thousands of schedules, fill a heap, start Flight Recorder, or end a stack at each depth.
slow=(ColdStartTest EndOfTheStackTest ExploreTest FlightEventsTest MemoryTest RemovalAnswersTest
  RemovalTimelineTest ThreadGraphTest)

read_arguments 2 "$@"
module=${arguments[0]-cdev-gate}
module=${module%/}
test=${arguments[1]-}
[[ -f $module/pom.xml && -d $module/src ]] ||
  fail "there is no module '$module'; there are$(sed -n 's|.*<module>\(.*\)</module>| \1|p' pom.xml | tr -d '\n')"
command -v mvn >/dev/null || fail "there is no mvn on the PATH: apt-get install maven"

# All by their full names, so that Maven finds none of them in the modules that this one depends on.
names_of_tests() {
  local name
  [[ -d $module/src/test/java ]] || return 0
  while IFS= read -r name; do
    name=${name#"$module"/src/test/java/}
    name=${name%.java}
    [[ ! ${options[--all]-} && " ${slow[*]} " == *" ${name##*/} "* ]] || printf '%s,' "${name//\//.}"
  done < <(find "$module/src/test/java" -name '*Test.java' | sort)
}

flags=(-B -o -q -Dsurefire.failIfNoSpecifiedTests=false)
flags+=(-Dmaven.test.redirectTestOutputToFile=true)
flags+=(-Dtest.jvm.flags='-XX:TieredStopAtLevel=1 -XX:+UseSerialGC')
in_group mvn "${flags[@]}" -pl "$module" -am test-compile surefire:test@default-test \
  -Dtest="${test:-$(names_of_tests)}"
