#!/usr/bin/env bash
# Runs real programs on the drivers of the examples: bash examples/real-programs.sh [NAME...]
# A name, such as evtest, picks those whose test has it in its own. Installs what is missing if it
# may. Ends with "real programs: N run, N failed"; exits non-zero unless all passed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# A package of Debian's and a program in it, by which to see whether it is there.
programs=(evtest:evtest socat:socat ffmpeg:ffmpeg i2c-tools:i2cget gcc:gcc libc6-dev:/usr/include/stdio.h
  util-linux-extra:hwclock util-linux:hwclock diffutils:cmp coreutils:dd)
export PATH=$PATH:/usr/sbin:/sbin

has() {
  case $1 in
  /*) [ -e "$1" ] ;;
  *) command -v "$1" >/dev/null ;;
  esac
}

install_missing() {
  local each missing=()
  for each in "${programs[@]}"; do
    has "${each#*:}" && continue
    # hwclock has moved: it is in util-linux itself in older releases.
    [ "${each%%:*}" = util-linux ] && continue
    missing+=("${each%%:*}")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    echo "missing: install ${missing[*]} (names of Debian's packages)" >&2
    exit 2
  fi
  echo "installing ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  # A download that fails is tried again: ffmpeg comes with a hundred packages.
  { apt-get -o Acquire::Retries=3 update -q &&
    apt-get -o Acquire::Retries=3 install -q -y --no-install-recommends "${missing[@]}"; } \
    >"$log" 2>&1 || { tail -n 20 "$log"; exit 2; }
}

target=examples/target
mkdir -p "$target"
log=$target/real-programs.txt
install_missing

mvn -B -q -DskipTests package -pl cdev-gate,cdev-gate-fuse,examples >"$log" 2>&1 ||
  { cat "$log"; exit 2; }

java=${JAVA_HOME:+$JAVA_HOME/bin/}java
# shellcheck source=java-flags.sh
source examples/java-flags.sh
# shellcheck disable=SC2046,SC2086 # the flags are words
exec "$java" $(java_flags "$java") ${REAL_PROGRAMS_FLAGS-} \
  -Dorg.slf4j.simpleLogger.defaultLogLevel=warn \
  -cp "$target/test-classes:$target/classes:$target/test-lib/*" \
  org.cdevgate.examples.programs.RunRealPrograms "$@"
