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

# A stage has two functions: run_STAGE only runs it, what it prints goes to a file in $results;
# judge_STAGE reads that, adds to passed, failed, caught and twins, and tells on the terminal what a
# reader wants to know.

# together STAGE...: runs them beside each other.
together() {
  local each
  for each; do
    "run_$each" &
  done
  wait
}

# judge WHAT LOG FORM: by the last line of a program, which says how many passed and failed, and how
# many twins it caught of how many if it has any. Else it did not come to its end.
judge() {
  local line
  line=$(tail -n 1 "$2")
  if [[ $line =~ $3 ]]; then
    passed=$((passed + BASH_REMATCH[1]))
    failed=$((failed + BASH_REMATCH[2]))
    caught=$((caught + ${BASH_REMATCH[3]:-0}))
    twins=$((twins + ${BASH_REMATCH[4]:-0}))
    grep -e '^twin caught' -e '^TWIN NOT CAUGHT' -e 'FAILED: ' "$2"
    return 0
  fi
  echo "the $1 did not come to its end:"
  tail -n 20 "$2"
  failed=$((failed + 1))
  return 1
}

# The wrong designs, each in its forced interleaving, and the same on correct gates.
run_scenarios() {
  # No logger is on the class path, which is no news here.
  "$java" -ea:org.cdevgate.gate... -Dslf4j.internal.verbosity=ERROR -cp "$jar" \
    org.cdevgate.gate.stress.WrongDesigns >"$results/scenarios.txt" 2>&1
}

judge_scenarios() {
  judge scenarios "$results/scenarios.txt" \
    '^scenarios: ([0-9]+) passed, ([0-9]+) failed, twins caught ([0-9]+) of ([0-9]+)$'
}

# An Error at one allocation or call after the other.
run_anomalies() {
  "$java" -ea:org.cdevgate.gate... -XX:TieredStopAtLevel=1 -Dslf4j.internal.verbosity=ERROR \
    "-javaagent:$agent=anomalies" -cp "$agent:$target/lib/*" \
    org.cdevgate.gate.stress.anomaly.Anomalies >"$results/anomalies.txt" 2>&1
}

judge_anomalies() {
  ! judge anomalies "$results/anomalies.txt" \
    '^anomalies: [0-9]+ points in [0-9]+ scenarios, ([0-9]+) passed, ([0-9]+) failed$' ||
    tail -n 1 "$results/anomalies.txt"
}

# The model checker, as two processes: each uses one processor at a time. When it goes on changes
# nothing of what it finds, so it takes what others leave.
run_model() {
  local share length=--short
  ! $long || length=--long
  for share in 1 2; do
    nice -n 19 "$java" "${model_flags[@]}" "-javaagent:$agent" -cp "$agent:$target/lib/*" \
      org.cdevgate.gate.stress.model.ModelCheck $length --share $share/2 \
      >"$results/model-$share.txt" 2>&1 &
  done
  wait
}

judge_model() {
  local share
  for share in 1 2; do
    judge "model checker" "$results/model-$share.txt" \
      '^model: ([0-9]+) passed, ([0-9]+) failed, twins caught ([0-9]+) of ([0-9]+)$'
  done
}

# Prints the flag that lets jcstress find a JDK whose java refuses biased locking. Where java knows
# it, as JDK 17 does, jcstress runs each test with and without, which doubles its time; it is off
# unless asked for since JDK 15 (JEP 374), and asking for it is left to the long mode.
without_biased_locking() {
  local home entry jdk
  "$java" -XX:+UseBiasedLocking -version >/dev/null 2>&1 || return
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

# Sets what jcstress is started with: jcstress_host, the flags of its own JVM, and jcstress_mode.
prepare_jcstress() {
  local flag
  jcstress_host=("${java_flags[@]}")
  jcstress_mode=(-m default)
  ! $long || return 0
  make_work_folder
  flag=$(without_biased_locking)
  jcstress_host+=(${flag:+"$flag"})
  # One set of flags instead of jcstress's six: optimized code, instructions moved at random. A
  # JVM that starts costs more than its test: a heap that is not touched before its use and states
  # made by the 1,280 instead of the 10,240, for their size to be known, halve that. The serial
  # collector's barriers have no StoreLoad in them that might stand in for ours.
  jcstress_mode+=(-f 1 -fsm 0 -pth false -strideCount 4
    -jvmArgs "-XX:+UseSerialGC -XX:+UnlockDiagnosticVMOptions -XX:-TieredCompilation \
      -XX:+StressLCM -XX:+StressGCM -XX:+StressIGVN -XX:+StressCCP $(grep -v '^#' "$jvm_args" |
      tr '\n' ' ')")
}

# jcstress_to LOG ARGUMENT...: with its own report beside the log. It leaves files where it is
# started.
jcstress_to() {
  local log=$1
  shift
  (cd "$results" && exec "$java" "${jcstress_host[@]}" -jar ../jcstress.jar -sc false -af NONE -v \
    -r "$(basename "${log%.txt}")" "${jcstress_mode[@]}" "$@") >"$log" 2>&1
}

# All jcstress tests, or those that were asked for.
run_jcstress() {
  local time=()
  $long || time=(-iters 1 -time 50)
  jcstress_to "$results/jcstress.txt" "${time[@]}" "${jcstress_arguments[@]}"
  echo $? >"$results/jcstress.status"
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

# Those whose name ends in Twin are broken twins: interesting is what they must show, except for
# those that are only argued, which no count has.
argued='\.PlainExitStoreTwin$'
judge_jcstress() {
  local log=$results/jcstress.txt status twin
  status=$(cat "$results/jcstress.status")
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
  in_group jcstress_to "$log" -iters 10 -time 1000 -t "$1\$"
  tests_in Interesting "$log" | grep -qx "$1"
}

# The soak: one more test, whose last line tells its seed.
run_soak() {
  "$java" -ea:org.cdevgate.gate... -Dslf4j.internal.verbosity=ERROR -cp "$jar" \
    org.cdevgate.gate.stress.soak.Soak --seconds "$soak_seconds" >"$results/soak.txt" 2>&1
  echo $? >"$results/soak.status"
}

judge_soak() {
  if [ "$(cat "$results/soak.status")" -eq 0 ]; then
    passed=$((passed + 1))
    tail -n 1 "$results/soak.txt"
  else
    failed=$((failed + 1))
    grep -v '^ *[0-9][0-9]*  ' "$results/soak.txt" # without the counts
  fi
}

build "$target/built" cdev-gate cdev-gate/stress-kit cdev-gate/stress
rm -rf "$results"
mkdir -p "$results"
agent=$(echo $target/cdev-gate-stress-*.jar)
model_flags=("${java_flags[@]}")
$long || model_flags+=(-XX:TieredStopAtLevel=1)
prepare_jcstress

# Beside each other, because each leaves processors idle: the first three while they wait, jcstress
# while its JVMs start.
if [ ${#jcstress_arguments[@]} -eq 0 ]; then
  echo "playing scenarios, letting calls fail one by one and soaking for $soak_seconds s; what they" \
    "print is in $results/{scenarios,anomalies,soak}.txt"
  in_group together scenarios anomalies soak
  judge_scenarios
  judge_anomalies
  judge_soak
  echo "running jcstress and exploring interleavings; what they print is in" \
    "$results/{jcstress,model-*}.txt"
  in_group together jcstress model
  judge_model
else
  echo "running jcstress; what it prints is in $results/jcstress.txt"
  in_group together jcstress
fi
judge_jcstress
finish
