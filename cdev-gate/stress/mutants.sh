#!/usr/bin/env bash
# Breaks the library on purpose, in each of the listed ways, and lets its tests look; docs/stress.md
# says which ways and which tests.
#
#   bash cdev-gate/stress/mutants.sh [OPTION...] [PART-OF-A-NAME]
#
#   --quick   without those that the model checker or the anomalies have to find: a JVM for each
#   --help    prints this
#
# With a part of a mutant's name, tries those alone. Builds what is not built yet. Ends with "mutants:
# N caught of N, N argued"; exits with 0 if that is all of them, else with 1.
set -u -o pipefail
# shellcheck source=../../cdev-gate/scripts/common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../../cdev-gate/scripts/common.sh"
read_arguments 1 "$@"
need_java

module=cdev-gate
stress=cdev-gate/stress/target
path=$module/target/test-class-path.txt
build_options=(-DskipTests) # which compiles them
build "$module/target/mutants-built" cdev-gate cdev-gate/stress-kit cdev-gate/stress

# The class path of the tests: Maven knows it.
class_path() {
  mvn -B -q -pl "$module" dependency:build-classpath -Dmdep.includeScope=test \
    -Dmdep.outputFile="${path#"$module/"}"
}
if [[ ! -f $path || $module/pom.xml -nt $path || pom.xml -nt $path ]]; then
  in_group class_path >&2 ||
    fail "Maven does not tell the class path of the tests of $module: see above"
fi

agent=$(echo $stress/cdev-gate-stress-*.jar)
in_group "$java" "${java_flags[@]}" -XX:TieredStopAtLevel=1 \
  -cp "$module/target/test-classes:$module/target/classes:$(<"$path")" \
  org.cdevgate.mutants.Mutants "$module" "$agent" "$agent:$stress/lib/*" \
  ${options[--quick]+--quick} "${arguments[@]}"
