#!/usr/bin/env bash
# Removes a device under four processes, and tells what each of them got.
#
#   bash examples/demo.sh [--hold | --picture FILE] [--no-install]
#
#   --picture FILE   draws the removal too, as SVG for a browser
#   --hold           keeps a mount instead, to be used from another shell and unplugged from this one
#   --no-install     only names the packages that are missing
#   --help           prints this
#
# Installs a JDK, Maven and fuse3 if they are missing, as root or by sudo, and builds what is not
# built yet. Exits with 0 if each process got what the contract says, else with 1.
set -euo pipefail
# shellcheck source=../cdev-gate/scripts/common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../cdev-gate/scripts/common.sh"
# shellcheck source=../cdev-gate/scripts/packages.sh
source cdev-gate/scripts/packages.sh
read_arguments 0 "$@"
[[ ! ${options[--hold]-} || ! ${options[--picture]-} ]] || fail '--hold and --picture: give one of them'
need_packages "${needed_packages[@]}"
need_java
build examples/target/built cdev-gate cdev-gate-fuse cdev-gate-fuse/drivers examples
make_work_folder

how=in_group what=()
if [[ ${options[--hold]-} ]]; then
  how=with_stdin what=(--hold)
elif [[ ${options[--picture]-} ]]; then
  picture=${options[--picture]}
  [[ $picture == /* ]] || picture=$called_from/$picture
  what=(--picture "$picture")
fi
$how "$java" "${java_flags[@]}" -Djava.io.tmpdir="$work" \
  -Dorg.slf4j.simpleLogger.defaultLogLevel=warn -cp 'examples/target/classes:examples/target/lib/*' \
  org.cdevgate.examples.demo.RemovalDemo "${what[@]}"
