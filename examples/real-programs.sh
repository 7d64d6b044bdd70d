#!/usr/bin/env bash
# Runs real programs on the drivers of cdev-gate-fuse/drivers.
#
#   bash examples/real-programs.sh [NAME...]
#
# A NAME, such as evtest, picks those whose test has it in its own. Builds what is not built yet, and
# installs programs that are missing if it may.
#
#   --help   prints this
#
# Ends with "real programs: N run, N failed"; exits with 0 if some ran and all passed. Words in
# REAL_PROGRAMS_FLAGS go to the JVM.
set -euo pipefail
# shellcheck source=../cdev-gate/scripts/common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../cdev-gate/scripts/common.sh"
read_arguments 1000 "$@"
tests=examples/src/test/java/org/cdevgate/examples/programs
for name in "${arguments[@]}"; do
  [[ $name =~ ^[[:alnum:]]+$ && $(find "$tests" -iname "*$name*IT.java") ]] ||
    fail "no test has '$name' in its name; there are $(cd "$tests" && echo *IT.java)"
done
need_java

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
  [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null ||
    fail "missing: install ${missing[*]} (names of Debian's packages)"
  say "installing ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  # A download that fails is tried again: ffmpeg comes with a hundred packages.
  in_group sh -c 'apt-get -o Acquire::Retries=3 update -q &&
    apt-get -o Acquire::Retries=3 install -q -y --no-install-recommends "$@"' sh "${missing[@]}" \
    >"$log" 2>&1 || { tail -n 20 "$log" >&2; fail "could not be installed: ${missing[*]}"; }
}

make_work_folder
log=$work/apt.txt
install_missing
build_options=(-DskipTests)
build examples/target/built-with-tests cdev-gate cdev-gate-fuse cdev-gate-fuse/drivers examples

# shellcheck disable=SC2086 # the flags are words
in_group "$java" "${java_flags[@]}" -Djava.io.tmpdir="$work" ${REAL_PROGRAMS_FLAGS-} \
  -Dorg.slf4j.simpleLogger.defaultLogLevel=warn \
  -cp 'examples/target/test-classes:examples/target/classes:examples/target/test-lib/*' \
  org.cdevgate.examples.programs.RunRealPrograms "${arguments[@]}"
