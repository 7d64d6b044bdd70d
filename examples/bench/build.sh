#!/usr/bin/env bash
# Sourced by the benchmarks: checks the machine, and builds.
#
#   --help   prints this

# shellcheck source=../../cdev-gate/scripts/common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../../cdev-gate/scripts/common.sh"
bench=examples/bench
target=$bench/target
jar=$target/benchmarks.jar

# For benchmarks that have servers or clients in C.
check_machine() {
  local missing=()
  command -v gcc >/dev/null || missing+=(gcc libc6-dev)
  command -v pkg-config >/dev/null || missing+=(pkg-config)
  pkg-config --exists fuse3 2>/dev/null || missing+=(libfuse3-dev)
  command -v fusermount3 >/dev/null || missing+=(fuse3)
  command -v taskset >/dev/null || missing+=(util-linux)
  # For jnr-fuse, which binds the older library.
  ldconfig -p 2>/dev/null | grep 'libfuse\.so\.2 ' >/dev/null || missing+=(libfuse2)
  ((${#missing[@]} == 0)) || fail "missing Debian packages: ${missing[*]}"
  (exec 3<>/dev/fuse) 2>/dev/null || fail "/dev/fuse cannot be opened by $(id -un)"
}

# Builds the jar and the C programs $@.
build_bench() {
  local fuse_flags name
  (($# == 0)) || check_machine
  build "$target/built" cdev-gate cdev-gate/stress-kit cdev-gate/stress cdev-gate-fuse examples/bench
  (($#)) || return 0
  mkdir -p "$target/c"
  read -ra fuse_flags < <(pkg-config --cflags --libs fuse3)
  for name; do
    gcc -std=gnu11 -O2 -Wall -Wextra -Werror "$bench/src/main/c/$name.c" -o "$target/c/$name" \
      -pthread "${fuse_flags[@]}" || fail "$name cannot be compiled"
  done
}

# number_of VARIABLE DEFAULT: prints what the environment has for it.
number_of() {
  local value=${!1-$2}
  check_number "$1" "$value" 1
  echo "$value"
}

if [[ $script == examples/bench/build.sh ]]; then
  read_arguments 0 "$@"
  fail "does nothing by itself; the benchmarks source it"
fi
