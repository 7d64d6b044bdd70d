#!/usr/bin/env bash
# Tries the gate's lock-free steps under a weak memory model; docs/stress.md says what it asks.
#
#   bash cdev-gate/stress/litmus.sh [part of a test's name]
#
# Needs a C++ compiler and the headers of Relacy: apt-get install g++ relacy-dev. Takes some
# seconds, most of them to compile. Ends with "litmus: N passed, N failed, twins caught N of N"; exits
# non-zero unless all passed and every twin was caught.
set -u -o pipefail

case ${1:-} in
    --help | -h)
        sed -n '2,/^set /s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
        exit
        ;;
    -*)
        echo "litmus.sh: unknown option $1; --help tells the known ones" >&2
        exit 2
        ;;
esac
if [ $# -gt 1 ]; then
    echo "litmus.sh: takes one part of a test's name, got $# arguments" >&2
    exit 2
fi

here=$(cd "$(dirname "${BASH_SOURCE[0]}")/litmus" && pwd) || exit 2
compiler=${CXX:-g++}
if ! command -v "$compiler" >/dev/null; then
    echo "litmus.sh: there is no $compiler: apt-get install g++, or set CXX to a C++ compiler" >&2
    exit 2
fi
if ! echo '#include <relacy/relacy.hpp>' | "$compiler" -x c++ -std=c++11 -E - >/dev/null 2>&1; then
    echo "litmus.sh: $compiler finds no relacy/relacy.hpp: apt-get install relacy-dev" >&2
    exit 2
fi

mkdir -p "$here/target"
if ! [ "$here/target/litmus" -nt "$here/litmus.cpp" ]; then
    # Without warnings: the headers have some.
    "$compiler" -std=c++11 -O1 -w -o "$here/target/litmus" "$here/litmus.cpp" || exit 1
fi
exec "$here/target/litmus" "$@"
