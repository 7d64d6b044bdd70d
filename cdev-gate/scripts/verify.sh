#!/usr/bin/env bash
# Runs all tests: mvn verify. What takes long has commands of its own.
#
#   bash cdev-gate/scripts/verify.sh [--no-install] [-- MAVEN_ARGUMENT...]
#
# Installs what it lacks, as root or by sudo: a JDK, Maven and fuse3, without which it cannot run,
# and what most FUSE tests need, which are skipped without it.
#
#   --no-install   only names the packages that are missing
#   --help         prints this
set -euo pipefail
# shellcheck source=common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"
# shellcheck source=packages.sh
source cdev-gate/scripts/packages.sh
read_arguments 1000 "$@"
need_packages "${needed_packages[@]}"
want_packages 'tests are skipped' "${test_packages[@]}"
in_group mvn -B verify "${arguments[@]}"
