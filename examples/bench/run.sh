#!/usr/bin/env bash
# Measures round trips: the device server of this project next to C servers, in turn.
# docs/performance.md tells the method. Nothing is left behind but target/ folders.
#
#   bash examples/bench/run.sh
#
#   --help   prints this
#
# In the environment:
#   ALTERNATIONS  rounds, each a run against every server (21; fewer than 9 prove nothing)
#   CALLS         timed calls in each run (1500: many short runs see more of the scheduler's moods)
set -euo pipefail
# shellcheck source=build.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/build.sh"
read_arguments 0 "$@"
alternations=$(number_of ALTERNATIONS 21)
calls=$(number_of CALLS 1500)
need_java

operations=(null-ioctl read-8 poll read-4k read-128k write-4k write-128k open-close)
small=(null-ioctl read-8 poll)
servers=(raw libfuse jnr-fuse cdev-gate cdev-gate-no-spin)

# A server that is stuck holds its clients so that not even SIGKILL frees them; its own end does.
server_seconds=900
client_seconds=30

# Starts server $1 on a folder of its own; the rest is its command. It ends with its stdin.
start() {
  local name=$1
  shift
  mkdir "$work/$name"
  timeout --foreground -s KILL "$server_seconds" "$@" "$work/$name" \
    <"$work/stdin" >"$work/$name.out" 2>"$work/$name.err" 9>&- &
  guards+=($!)
  await_ready "$name" $!
}

await_ready() {
  local tries
  for ((tries = 0; tries < 300; tries++)); do
    ! grep -qx ready "$work/$1.out" || return 0
    kill -0 "$2" 2>/dev/null || break
    sleep 0.1
  done
  cat "$work/$1.err" >&2
  fail "the server $1 did not start"
}

# Lets every thread of every server run on the processors $1 only.
place_servers() {
  local guard pid
  for guard in "${guards[@]}"; do
    for pid in $(pgrep -P "$guard"); do
      taskset -a -p -c "$1" "$pid" >/dev/null
    done
  done
}

# Prints "median mean" in nanoseconds of operation $1 on server $2: $3 calls to warm up, $4 timed, by
# each of $5 threads, on the processors $6.
client() {
  timeout --foreground -s KILL "$client_seconds" taskset -c "$6" \
    "$target/c/roundtrip" "$1" "$work/$2/null0" "$3" "$4" "$5" 9>&- ||
    { cat "$work/$2.err" >&2; fail "the client failed: $1 on $2"; }
}

# The JVMs compile what runs often: all operations in turn, so that none is optimised for alone.
warm_up() {
  local round operation server
  for round in 1 2 3; do
    for operation in "${operations[@]}"; do
      for server in jnr-fuse cdev-gate cdev-gate-no-spin; do
        client "$operation" "$server" 0 7000 1 "$everywhere" >/dev/null
      done
    done
  done
}

# One round: a run against each server, for each operation of $3...; $1 names the placement, $2 is
# the number of threads; each server comes first, second and last equally often.
round() {
  local where=$1 threads=$2 operation i server result part
  shift 2
  for operation; do
    part=1
    [[ $operation != *128k ]] || part=5
    for ((i = 0; i < ${#servers[@]}; i++)); do
      server=${servers[(number + i) % ${#servers[@]}]}
      result=$(client "$operation" "$server" $((calls / 10)) $((calls / part / threads)) \
        "$threads" "$processors")
      echo "$where $threads $operation $server $result"
    done
  done
}

# Where client and server run: wherever the scheduler puts them; each on its own processor; both on
# the same. Placements follow each other within a round, as the servers do.
measure() {
  for ((number = 0; number < alternations; number++)); do
    processors=$everywhere
    place_servers "$everywhere"
    round free 1 "${operations[@]}"
    round free 4 "${operations[@]}"
    place_servers 0
    processors=0
    round same 1 "${small[@]}"
    if ((many)); then
      processors=1
      round apart 1 "${small[@]}"
    fi
  done
}

# All that runs, in a process group of its own: servers, then clients against them.
measure_all() {
  local name tries
  guards=()
  mkfifo "$work/stdin"
  exec 9<>"$work/stdin"
  start raw "$target/c/raw_server"
  start libfuse "$target/c/libfuse_server"
  start jnr-fuse "${ours[@]}" org.cdevgate.bench.JnrFuseServer
  start cdev-gate "${ours[@]}" org.cdevgate.bench.NullServer
  start cdev-gate-no-spin "${ours[@]}" org.cdevgate.bench.NullServer --no-spin
  warm_up
  measure >"$target/roundtrip.txt"
  exec 9>&- # the end of the servers' stdin
  for ((tries = 0; tries < 100; tries++)); do
    [[ $(jobs -pr) ]] || break
    sleep 0.1
  done
}

build_bench roundtrip raw_server libfuse_server

everywhere=0-$(($(nproc --all) - 1))
many=$(($(nproc --all) > 1))
make_work_folder
ours=("$java" "${java_flags[@]}" -Djava.io.tmpdir="$work" -cp "$jar")
in_group measure_all
"$java" -cp "$jar" org.cdevgate.bench.Report "$target/roundtrip.txt" "$target/roundtrip.json"
