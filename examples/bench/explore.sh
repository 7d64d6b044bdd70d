#!/usr/bin/env bash
# Measures what exploring a program costs: the runs of `cdev-gate explore`, next to running the bare
# program as often on the same device, where nothing goes wrong. The program makes 20 calls, in C and
# in Python. docs/explore.md tells the method.
#
#   bash examples/bench/explore.sh
#
#   --help   prints this
#
# ROUNDS in the environment: counted rounds (5). Needs the command to be built, gcc and python3.
set -euo pipefail
# shellcheck source=build.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/build.sh"
read_arguments 0 "$@"
rounds=$(number_of ROUNDS 5)
make_work_folder
gate=$(dirname -- "${BASH_SOURCE[0]}")/../../cdev-gate-fuse/cli/bin/cdev-gate

cat >"$work/calls.c" <<'END'
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

int main(void)
{
	char byte;
	int fd = open("/dev/d0", O_RDONLY);

	for (int i = 0; i < 19; i++)
		if (read(fd, &byte, 1) != 1) {
			perror("read");
			return 1;
		}
	return 0;
}
END
gcc -O1 -o "$work/calls" "$work/calls.c"
cat >"$work/calls.py" <<'END'
import os

fd = os.open("/dev/d0", os.O_RDONLY)
for _ in range(19):
    os.read(fd, 1)
END

# The time of the runs at points, their devices made and removed, in milliseconds; and their number.
explored() {
  "$gate" explore --device d0=zero --report "$work/explored.json" -- "$@" >/dev/null
  awk -F'[:,]' '/^  "runMillis"/ { millis = $2 } /^  "points"/ { points = $2 }
                END { print millis, points }' "$work/explored.json"
}

# $1 runs one after the other by a shell, in milliseconds.
bare() {
  # shellcheck disable=SC2016
  "$gate" run --device d0=zero --report "$work/run.json" -- sh -c '
    runs=$1 file=$2; shift 2
    begin=$(date +%s%N)
    while [ "$runs" -gt 0 ]; do
      "$@" >/dev/null 2>&1 </dev/null || :
      runs=$((runs - 1))
    done
    echo $((($(date +%s%N) - begin) / 1000)) >"$file"' sh "$1" "$work/bare" "${@:2}"
  awk '{ print $1 / 1000 }' "$work/bare"
}

for program in "$work/calls" "$(command -v /usr/bin/python3 || command -v python3) $work/calls.py"; do
  for ((round = 0; round < rounds; round++)); do
    # shellcheck disable=SC2086
    read -r millis runs < <(explored $program)
    # shellcheck disable=SC2086
    printf '%s %s %s\n' "$millis" "$(bare "$runs" $program)" "$runs"
  done | awk -v name="$(basename -- "${program##* }")" '{ print $1 / $2, $1 / $3, $2 / $3, $3, name }' |
    sort -n | awk '{ line[NR] = $0 }
      END {
        split(line[int((NR + 1) / 2)], middle, " ")
        printf "%-9s %d runs: explored %.1f ms a run, bare %.1f ms a run\n",
               middle[5], middle[4], middle[2], middle[3]
        printf "ratio explore/%s %.2f goal<=1.3\n", middle[5], middle[1]
      }'
done
