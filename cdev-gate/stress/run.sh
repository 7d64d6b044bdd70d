#!/usr/bin/env bash
# Runs the jcstress tests of the gate and its soak; docs/stress.md says what they ask.
#
#   bash cdev-gate/stress/run.sh [--long] [--soak SECONDS] [jcstress arguments, such as
#       -t TwoRemovers, which leave out the soak]
#
# Ends with "stress: N passed, N failed"; exits non-zero unless all passed.
set -u -o pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd) || exit 2
target=$root/cdev-gate/stress/target
jar=$target/jcstress.jar
results=$target/stress
log=$results/log.txt
java=java
[ -n "${JAVA_HOME:-}" ] && java=$JAVA_HOME/bin/java

mode=(-m default -iters 1 -time 300 -f 1 -fsm 0)
long=false
soak_seconds=12
if [ "${1:-}" = --long ]; then
    long=true
    mode=(-m default)
    soak_seconds=1200
    shift
fi
if [ "${1:-}" = --soak ]; then
    soak_seconds=${2:-}
    if ! [[ $soak_seconds =~ ^[1-9][0-9]*$ ]]; then
        echo "--soak '$soak_seconds': give a number of seconds, 1 or more" >&2
        exit 2
    fi
    shift 2
fi

sources=("$root/pom.xml" "$root/cdev-gate/pom.xml" "$root/cdev-gate/src/main"
    "$root/cdev-gate/stress/pom.xml" "$root/cdev-gate/stress/src")
if [ ! -f "$jar" ] || [ -n "$(find "${sources[@]}" -type f -newer "$jar" -print -quit)" ]; then
    echo "building $jar"
    # Some Maven resets the terminal's colours even when it prints nothing.
    if ! (cd "$root" && mvn -B -q -DskipTests package -pl cdev-gate,cdev-gate/stress) 2>&1 |
        sed $'s/\033\\[[0-9;]*m//g'; then
        echo "stress: 0 passed, 1 failed"
        exit 1
    fi
fi

# Flags that some JDK does not know are left out there.
known() {
    local flag flags=()
    for flag in "$@"; do
        if "$java" -XX:+UnlockDiagnosticVMOptions "$flag" -version >/dev/null 2>&1; then
            flags+=("$flag")
        fi
    done
    echo "${flags[@]}"
}
# shellcheck disable=SC2207 # one flag per word
host=($(known --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow))
if ! $long; then
    # One set of flags instead of jcstress's six: optimized code, instructions moved at random.
    mode+=(-jvmArgs "-XX:+UnlockDiagnosticVMOptions $(known -XX:-TieredCompilation \
        -XX:+StressLCM -XX:+StressGCM -XX:+StressIGVN -XX:+StressCCP \
        --sun-misc-unsafe-memory-access=allow)")
fi

rm -rf "$results"
mkdir -p "$results"
echo "running; what jcstress prints is in $log"
(cd "$results" && "$java" ${host[@]+"${host[@]}"} -jar "$jar" \
    "${mode[@]}" -sc false -af NONE -r "$results/report" "$@") >"$log" 2>&1
status=$?

# The summary's sections: "Failed tests: 2 matching test results." or "Failed tests: No matches."
matching() {
    sed -n "s/^ *$1 tests: \([0-9][0-9]*\) matching.*/\1/p" "$log" | tail -n 1 | grep . || echo 0
}
passed=$(($(matching Interesting) + $(matching "All remaining")))
failed=$(($(matching Failed) + $(matching Error)))
if [ "$status" -ne 0 ] && [ "$failed" -eq 0 ] || [ "$((passed + failed))" -eq 0 ]; then
    echo "jcstress itself failed with status $status:"
    tail -n 20 "$log"
    failed=$((failed + 1))
elif [ "$failed" -ne 0 ]; then
    sed -n '/^RUN RESULTS:/,$p' "$log"
fi

# The soak: one more test, whose last line tells its seed.
soak() {
    local printed=$results/soak.txt
    echo "soaking for $soak_seconds s; what it prints is in $printed"
    # No logger is on the class path, which is no news here.
    if "$java" -Dslf4j.internal.verbosity=ERROR -cp "$jar" \
        org.cdevgate.gate.stress.soak.Soak --seconds "$soak_seconds" \
        >"$printed" 2>&1; then
        passed=$((passed + 1))
        tail -n 1 "$printed"
    else
        failed=$((failed + 1))
        grep -v '^ *[0-9][0-9]*  ' "$printed" # without the counts
    fi
}
[ "$#" -eq 0 ] && soak

echo "stress: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
