#!/usr/bin/env bash
# Explores a Python program with a bug, then the same program without it: a run for each call that it
# makes of its device, with the device unplugged there.
#
#   bash examples/explore.sh [--no-install]
#
#   --no-install   only names the packages that are missing
#   --help         prints this
#
# Installs what is missing, as root or by sudo, and builds what is not built yet. Ends with the line
# "cli: broken found, mended clean" and exits with 0 if so, else with 1.
set -euo pipefail
# shellcheck source=../cdev-gate/scripts/common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../cdev-gate/scripts/common.sh"
# shellcheck source=../cdev-gate/scripts/packages.sh
source cdev-gate/scripts/packages.sh
read_arguments 0 "$@"
need_packages "${needed_packages[@]}" util-linux:unshare mount:mount python3:python3
need_java
build cdev-gate-fuse/cli/target/built cdev-gate cdev-gate-fuse cdev-gate-fuse/drivers cdev-gate-fuse/cli
export JAVA_HOME=${java%/bin/java} PATH=$PWD/cdev-gate-fuse/cli/bin:$PATH

# Runs a command as a reader would type it, and shows it.
explore() {
  printf '$ %s\n' "$*"
  in_group "$@"
}
program() {
  explore cdev-gate explore --device sensor0=script=examples/programs/sensor.dialogue --patience 1s \
    -- python3 "examples/programs/$1" /dev/sensor0
}

code=0
program sensor.py || code=$?
((code == 1)) || { printf 'cli: the bug of sensor.py was not found: exit status %d\n' "$code" && exit 1; }
program sensor_mended.py || { printf 'cli: sensor_mended.py is not clean\n' && exit 1; }
echo 'cli: broken found, mended clean'
