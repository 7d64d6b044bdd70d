#!/usr/bin/env bash
# Runs real programs on the drivers of cdev-gate-fuse/drivers.
#
#   bash examples/real-programs.sh [--no-install] [NAME...]
#
# A NAME, such as evtest, picks those whose test has it in its own. Builds what is not built yet, and
# installs programs that are missing, as root or by sudo.
#
#   --no-install   only names the packages that are missing
#   --help         prints this
#
# Ends with "real programs: N run, N failed"; exits with 0 if some ran and all passed. Words in
# REAL_PROGRAMS_FLAGS go to the JVM.
set -euo pipefail
# shellcheck source=../cdev-gate/scripts/common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../cdev-gate/scripts/common.sh"
# shellcheck source=../cdev-gate/scripts/packages.sh
source cdev-gate/scripts/packages.sh
read_arguments 1000 "$@"
tests=examples/src/test/java/org/cdevgate/examples/programs
for name in "${arguments[@]}"; do
  [[ $name =~ ^[[:alnum:]]+$ && $(find "$tests" -iname "*$name*IT.java") ]] ||
    fail "no test has '$name' in its name; there are $(cd "$tests" && echo *IT.java)"
done
need_java

programs=(evtest:evtest socat:socat ffmpeg:ffmpeg i2c-tools:i2cget gcc:gcc libc6-dev:/usr/include/stdio.h
  util-linux-extra:hwclock diffutils:cmp coreutils:dd)
need_packages "${programs[@]}"
build_options=(-DskipTests)
build examples/target/built-with-tests cdev-gate cdev-gate-fuse cdev-gate-fuse/drivers examples

# shellcheck disable=SC2086 # the flags are words
in_group "$java" "${java_flags[@]}" -Djava.io.tmpdir="$work" ${REAL_PROGRAMS_FLAGS-} \
  -Dorg.slf4j.simpleLogger.defaultLogLevel=warn \
  -cp 'examples/target/test-classes:examples/target/classes:examples/target/test-lib/*' \
  org.cdevgate.examples.programs.RunRealPrograms "${arguments[@]}"
