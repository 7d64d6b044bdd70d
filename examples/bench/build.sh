# Sourced by the benchmarks that have servers or clients in C: checks the machine, and builds.

bench=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$bench/../.." && pwd)
target=$bench/target
java=${JAVA_HOME:+$JAVA_HOME/bin/}java

fail() { echo "bench: $*" >&2; exit 1; }

check_machine() {
  local missing=()
  command -v gcc >/dev/null || missing+=(gcc libc6-dev)
  command -v pkg-config >/dev/null || missing+=(pkg-config)
  pkg-config --exists fuse3 2>/dev/null || missing+=(libfuse3-dev)
  command -v fusermount3 >/dev/null || missing+=(fuse3)
  command -v taskset >/dev/null || missing+=(util-linux)
  command -v mvn >/dev/null || missing+=(maven)
  command -v "$java" >/dev/null || missing+=(openjdk-17-jdk-headless)
  # For jnr-fuse, which binds the older library.
  ldconfig -p 2>/dev/null | grep 'libfuse\.so\.2 ' >/dev/null || missing+=(libfuse2)
  ((${#missing[@]} == 0)) || fail "missing Debian packages: ${missing[*]}"
  (exec 3<>/dev/fuse) 2>/dev/null || fail "/dev/fuse cannot be opened by $(id -un)"
}

# Builds the jar and the C programs $@.
build() {
  local fuse_flags name
  check_machine
  (cd "$root" && mvn -B -q -Dmaven.test.skip=true package -pl examples/bench -am >&2)
  mkdir -p "$target/c"
  read -ra fuse_flags < <(pkg-config --cflags --libs fuse3)
  for name; do
    gcc -std=gnu11 -O2 -Wall -Wextra -Werror "$bench/src/main/c/$name.c" -o "$target/c/$name" \
      -pthread "${fuse_flags[@]}"
  done
}

# Prints those of the flags that this JVM takes without a complaint.
known_flags() {
  local flag said
  for flag in "$@"; do
    if said=$("$java" "$flag" -version 2>&1) && [[ $said != *WARNING* ]]; then
      echo "$flag"
    fi
  done
}

mapfile -t java_flags < <(known_flags \
  --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow)
