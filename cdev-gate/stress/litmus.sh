#!/usr/bin/env bash
# Tries the gate's lock-free steps under a weak memory model; docs/stress.md says what it asks.
#
#   bash cdev-gate/stress/litmus.sh [OPTION...] [PART OF A TEST'S NAME]
#
#   --help   prints this
#
# Needs a C++ compiler, g++ or what CXX names, and the headers of Relacy: apt-get install g++
# relacy-dev. Takes some seconds, most of them to compile. Ends with "litmus: N passed, N failed,
# twins caught N of N"; exits with 0 if all passed and every twin was caught, with 2 if it cannot
# begin, else with 1.
set -u -o pipefail
# shellcheck source=../../cdev-gate/scripts/common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../../cdev-gate/scripts/common.sh"
read_arguments 1 "$@"

source=cdev-gate/stress/litmus/litmus.cpp
target=cdev-gate/stress/litmus/target
compiler=${CXX:-g++}
command -v "$compiler" >/dev/null ||
  fail "there is no C++ compiler '$compiler': apt-get install g++, or set CXX to one"
echo '#include <relacy/relacy.hpp>' | "$compiler" -x c++ -std=c++11 -E - >/dev/null 2>&1 ||
  fail "$compiler finds no relacy/relacy.hpp: apt-get install relacy-dev"

mkdir -p "$target"
if [[ ! $target/litmus -nt $source ]]; then
  # To its name only when it is whole. Without warnings: the headers have some.
  in_group "$compiler" -std=c++11 -O1 -w -o "$target/litmus.new" "$source" &&
    mv "$target/litmus.new" "$target/litmus" || fail "$source cannot be compiled"
fi
in_group "$target/litmus" "${arguments[@]}"
