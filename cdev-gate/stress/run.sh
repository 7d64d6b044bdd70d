#!/usr/bin/env bash
# Runs the stress suite of the gate; docs/stress.md says what it asks.
#
#   bash cdev-gate/stress/run.sh [OPTION...] [-- ARGUMENT...]
#
#   --long     with all that jcstress has, the model checker and the soak for longer: hours
#   --soak N   soaks for N seconds
#   -t TEST    runs the tests of jcstress whose names have this expression in them, and nothing else
#   --help     prints this
#
# Arguments after -- go to jcstress, and leave out all else. Builds what is not built yet. Ends with
# "stress: N passed, N failed, twins caught N of N"; exits with 0 if all passed and every broken twin
# was caught, else with 1.
set -u -o pipefail
# shellcheck source=../../cdev-gate/scripts/common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../../cdev-gate/scripts/common.sh"
read_arguments 1000 "$@"
need_java

target=cdev-gate/stress/target
jar=$target/jcstress.jar
results=$target/stress
long=false
soak_seconds=6
if [ -n "${options[--long]-}" ]; then
    long=true
    soak_seconds=1200
fi
soak_seconds=${options[--soak]-$soak_seconds}
jcstress_arguments=(${options[-t]+-t "${options[-t]}"} "${arguments[@]}")

# What the stages add to.
passed=0
failed=0
caught=0
twins=0

finish() {
    echo "stress: $passed passed, $failed failed, twins caught $caught of $twins"
    [ "$failed" -eq 0 ] && [ "$caught" -eq "$twins" ]
    exit
}

# jvm ARGUMENT...: runs one until its end, or the script's.
jvm() {
    in_group "$java" "$@"
}

# A stage is a function that adds to passed, failed, caught and twins, and tells on the terminal
# what a reader wants to know; all else goes to a file in $results.

# The wrong designs, each in its forced interleaving, and the same on correct gates. The last line
# of the program is "scenarios: N passed, N failed, twins caught N of N".
scenarios() {
    local log=$results/scenarios.txt line
    # No logger is on the class path, which is no news here.
    jvm -ea:org.cdevgate.gate... -Dslf4j.internal.verbosity=ERROR -cp "$jar" \
        org.cdevgate.gate.stress.WrongDesigns >"$log" 2>&1
    line=$(tail -n 1 "$log")
    local form='^scenarios: ([0-9]+) passed, ([0-9]+) failed, twins caught ([0-9]+) of ([0-9]+)$'
    if [[ $line =~ $form ]]; then
        grep -e '^twin caught: ' -e '^TWIN NOT CAUGHT: ' -e '^FAILED: ' "$log"
        passed=$((passed + BASH_REMATCH[1]))
        failed=$((failed + BASH_REMATCH[2]))
        caught=$((caught + BASH_REMATCH[3]))
        twins=$((twins + BASH_REMATCH[4]))
    else
        echo "the scenarios did not come to their end:"
        tail -n 20 "$log"
        failed=$((failed + 1))
    fi
}

# An Error at one allocation or call after the other. The last line of the program is "anomalies:
# N points in N scenarios, N passed, N failed".
anomalies() {
    local log=$results/anomalies.txt agent line flags=(-XX:TieredStopAtLevel=1)
    agent=$(echo $target/cdev-gate-stress-*.jar)
    jvm "${flags[@]}" -Dslf4j.internal.verbosity=ERROR "-javaagent:$agent=anomalies" \
        -cp "$agent:$target/lib/*" org.cdevgate.gate.stress.anomaly.Anomalies >"$log" 2>&1
    line=$(tail -n 1 "$log")
    local form='^anomalies: [0-9]+ points in [0-9]+ scenarios, ([0-9]+) passed, ([0-9]+) failed$'
    if [[ $line =~ $form ]]; then
        grep -e '^FAILED: ' "$log"
        echo "$line"
        passed=$((passed + BASH_REMATCH[1]))
        failed=$((failed + BASH_REMATCH[2]))
    else
        echo "the anomalies did not come to their end:"
        tail -n 20 "$log"
        failed=$((failed + 1))
    fi
}

# The model checker, as two processes: it uses one processor at a time. The last line of each is
# "model: N passed, N failed, twins caught N of N".
model() {
    local agent share log line flags=(-XX:TieredStopAtLevel=1) mode=()
    $long && flags=() mode=(--long)
    # shellcheck disable=SC2207 # one flag per word
    flags+=("${java_flags[@]}" $(known_flags -XX:+EnableDynamicAgentLoading))
    agent=$(echo $target/cdev-gate-stress-*.jar)
    in_group explore "$agent"
    local form='^model: ([0-9]+) passed, ([0-9]+) failed, twins caught ([0-9]+) of ([0-9]+)$'
    for share in 1 2; do
        log=$results/model-$share.txt
        line=$(tail -n 1 "$log")
        if [[ $line =~ $form ]]; then
            grep -e '^twin caught ' -e '^TWIN NOT CAUGHT ' -e '^model: FAILED: ' "$log"
            passed=$((passed + BASH_REMATCH[1]))
            failed=$((failed + BASH_REMATCH[2]))
            caught=$((caught + BASH_REMATCH[3]))
            twins=$((twins + BASH_REMATCH[4]))
        else
            echo "the model checker did not come to its end:"
            tail -n 20 "$log"
            failed=$((failed + 1))
        fi
    done
}

# Both shares of the model checker, with the flags and the mode of model.
explore() {
    local share
    for share in 1 2; do
        "$java" "${flags[@]}" "-javaagent:$1" -cp "$1:$target/lib/*" \
            org.cdevgate.gate.stress.model.ModelCheck "${mode[@]}" --share $share/2 \
            >"$results/model-$share.txt" 2>&1 &
    done
    wait
}

# Prints the flag that lets jcstress find a JDK whose java refuses biased locking. Where java knows
# it, as JDK 17 does, jcstress runs each test with and without, which doubles its time; it is off
# unless asked for since JDK 15 (JEP 374), and asking for it is left to the long mode.
without_biased_locking() {
    local home entry jdk
    [ -n "$(known_flags -XX:+UseBiasedLocking)" ] || return
    home=$("$java" -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java\.home = //p')
    jdk=$work/jdk
    mkdir -p "$jdk/bin"
    for entry in "$home"/*; do
        [ "${entry##*/}" = bin ] || ln -sfn "$entry" "$jdk/"
    done
    cat >"$jdk/bin/java" <<END
#!/usr/bin/env bash
for flag; do
    [ "\$flag" = -XX:+UseBiasedLocking ] && exit 1
done
exec $(printf %q "$home/bin/java") "\$@"
END
    chmod +x "$jdk/bin/java"
    echo "-Djava.home=$jdk"
}

# run_jcstress LOG MODE... [-t TEST]: jcstress with its own report beside the log.
run_jcstress() {
    local log=$1
    shift
    local host=("${java_flags[@]}") flag
    if ! $long; then
        make_work_folder
        flag=$(without_biased_locking)
        host+=(${flag:+"$flag"})
    fi
    in_group jcstress_beside "$results" "${host[@]}" -jar ../jcstress.jar \
        -sc false -af NONE -v -r "$(basename "${log%.txt}")" "$@" >"$log" 2>&1
}

# It leaves its files where it is started.
jcstress_beside() {
    cd "$1" && shift && exec "$java" "$@"
}

# tests_in SECTION LOG: the names in a section of jcstress's summary: Interesting, Failed, Error or
# "All remaining".
tests_in() {
    sed -n '/^RUN RESULTS:/,$p' "$2" | awk -v section="$1" '
        / tests: / { inside = index($0, "  " section " tests:") == 1 }
        inside && $2 ~ /^\[.*\]$/ { print $3 }' | sort -u
}

count() {
    grep -c . || true
}

# All jcstress tests. Those whose name ends in Twin are broken twins: interesting is what they must
# show, except for those that are only argued, which no count has.
argued='\.PlainExitStoreTwin$'
jcstress() {
    local log=$results/jcstress.txt status twin
    local mode=(-m default)
    if ! $long; then
        # One set of flags instead of jcstress's six: optimized code, instructions moved at random.
        # A JVM that starts costs more than its test: a heap that is not touched before its use and
        # states made by the 2,560 instead of the 10,240, for their size to be known, halve that.
        # The serial collector's barriers have no StoreLoad in them that might stand in for ours.
        mode+=(-iters 1 -time 200 -f 1 -fsm 0 -pth false -strideCount 8
            -jvmArgs "-XX:+UseSerialGC -XX:+UnlockDiagnosticVMOptions $(known_flags \
                -XX:-TieredCompilation -XX:+StressLCM -XX:+StressGCM -XX:+StressIGVN \
                -XX:+StressCCP | tr '\n' ' ') ${java_flags[*]}")
    fi
    run_jcstress "$log" "${mode[@]}" "$@"
    status=$?

    local wrong interesting fine
    interesting=$(tests_in Interesting "$log")
    fine=$(tests_in "All remaining" "$log")
    wrong=$(
        tests_in Failed "$log"
        tests_in Error "$log"
    )
    local good bad
    good=$(printf '%s\n' "$interesting" "$fine" | grep -v 'Twin$' | count)
    bad=$(printf '%s\n' "$wrong" | count)
    if [ "$bad" -ne 0 ]; then
        sed -n '/^RUN RESULTS:/,/^  All remaining tests:/p' "$log"
    elif [ "$status" -ne 0 ] || [ -z "$interesting$fine" ]; then
        echo "jcstress itself failed with status $status:"
        tail -n 20 "$log"
        bad=1
    fi
    passed=$((passed + good))
    failed=$((failed + bad))

    for twin in $(printf '%s\n' "$interesting" "$fine" | grep 'Twin$'); do
        if [[ $twin =~ $argued ]]; then
            grep -qx "$twin" <<<"$interesting" && echo "twin caught, not counted: $twin"
            continue
        fi
        twins=$((twins + 1))
        if grep -qx "$twin" <<<"$interesting" || caught_alone "$twin"; then
            echo "twin caught: $twin"
            caught=$((caught + 1))
        else
            echo "TWIN NOT CAUGHT: $twin"
        fi
    done
}

# A twin that needs two processors at once gets more time, for the sake of a busy machine.
caught_alone() {
    local log=$results/alone.txt
    run_jcstress "$log" -m default -iters 5 -time 1000 -t "$1\$"
    tests_in Interesting "$log" | grep -qx "$1"
}

# The soak: one more test, whose last line tells its seed.
soak() {
    local printed=$results/soak.txt
    echo "soaking for $soak_seconds s; what it prints is in $printed"
    if jvm -ea:org.cdevgate.gate... -Dslf4j.internal.verbosity=ERROR -cp "$jar" \
        org.cdevgate.gate.stress.soak.Soak --seconds "$soak_seconds" \
        >"$printed" 2>&1; then
        passed=$((passed + 1))
        tail -n 1 "$printed"
    else
        failed=$((failed + 1))
        grep -v '^ *[0-9][0-9]*  ' "$printed" # without the counts
    fi
}

build_options=(-DskipTests)
build "$target/built" cdev-gate cdev-gate/stress-kit cdev-gate/stress
rm -rf "$results"
mkdir -p "$results"
if [ ${#jcstress_arguments[@]} -eq 0 ]; then
    scenarios
    echo "letting calls fail one by one; what it prints is in $results/anomalies.txt"
    anomalies
    echo "exploring interleavings; the model checker's lines are in $results/model-*.txt"
    model
fi
echo "running jcstress; what it prints is in $results/jcstress.txt"
jcstress "${jcstress_arguments[@]}"
if [ ${#jcstress_arguments[@]} -eq 0 ]; then
    soak
fi
finish
