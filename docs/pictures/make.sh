#!/usr/bin/env bash
# Draws the pictures of docs/architecture.md: packages.svg and modules.svg from the compiled classes,
# as jdeps reads them, each other one from the text file of its name.
#
#   bash docs/pictures/make.sh [OPTION...]
#
#   --help   prints this
#
# Needs Maven; compiles what is not compiled yet. Exits with 0 if all are drawn. PicturesTest, a part
# of mvn verify, fails when a picture is out of date.
set -euo pipefail
# shellcheck source=../../cdev-gate/scripts/common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../../cdev-gate/scripts/common.sh"
read_arguments 0 "$@"
command -v mvn >/dev/null || fail "there is no mvn on the PATH: apt-get install maven"

in_group mvn -B -q test -pl examples/checks -am -Dtest=PicturesTest \
  -Dsurefire.failIfNoSpecifiedTests=false -Dcdevgate.pictures.write=true
