#!/usr/bin/env bash
# Sourced after common.sh: the packages of Debian and Ubuntu that the project's commands need, each
# with a program or file in it by which to see whether it is there, and how they are installed.
#
#   --help   prints this

# To build and to mount.
needed_packages=(openjdk-17-jdk-headless:java openjdk-17-jdk-headless:javac maven:mvn fuse3:fusermount3)

# The tests compile C clients, watch and debug processes, and read through other programs.
# shellcheck disable=SC2034 # for others
test_packages=(gcc:gcc libc6-dev:/usr/include/stdio.h gdb:gdb mount:mount procps:ps strace:strace
  util-linux:unshare busybox:busybox pv:pv rust-coreutils:/usr/bin/coreutils python3:python3
  socat:socat evtest:evtest i2c-tools:i2cget bsdutils:script)

# Administrators' programs are not on everybody's PATH.
export PATH=$PATH:/usr/sbin:/sbin

# need_packages PACKAGE:PROGRAM...: installs what is missing, or ends with its names.
need_packages() {
  local missing why
  find_missing "$@"
  ((${#missing[@]} == 0)) || install_packages "${missing[@]}" ||
    fail "${missing[*]} missing, and $why: apt-get install ${missing[*]} as root"
}

# want_packages WHAT PACKAGE:PROGRAM...: installs what is missing, or tells that WHAT goes without it.
want_packages() {
  local what=$1 missing why
  shift
  find_missing "$@"
  ((${#missing[@]} == 0)) || install_packages "${missing[@]}" ||
    say "$what without ${missing[*]}, since $why: apt-get install ${missing[*]} as root"
}

# Prints the names of packages.
names_of() { printf '%s\n' "${@%%:*}" | sort -u; }

# Sets missing to the names of those whose program is not there.
find_missing() {
  local each
  missing=()
  for each; do
    [[ " ${missing[*]} " != *" ${each%%:*} "* ]] && ! has "$each" || continue
    missing+=("${each%%:*}")
  done
}

has() {
  case $1 in
    *:/*) [[ -e ${1#*:} ]] ;;
    openjdk-*) [[ ${JAVA_HOME-} ]] || command -v "${1#*:}" >/dev/null ;; # need_java looks closer
    *) command -v "${1#*:}" >/dev/null ;;
  esac
}

# install_packages NAME...: tells what it installs, and does it. If it may not it sets why.
install_packages() {
  local as=()
  if [[ ${options[--no-install]-} ]]; then
    why='--no-install was given'
    return 1
  fi
  command -v apt-get >/dev/null || { why='there is no apt-get here'; return 1; }
  if [[ $(id -u) != 0 ]]; then
    command -v sudo >/dev/null || { why='only root may install packages'; return 1; }
    as=(sudo -n)
    # It asks for a password here, where there is a terminal to ask on.
    if [[ -t 0 ]]; then sudo -v; else sudo -n -v 2>/dev/null; fi ||
      { why='sudo does not let you install packages'; return 1; }
  fi
  say "installing $*"
  make_work_folder
  # A download that fails is tried again.
  in_group "${as[@]}" env DEBIAN_FRONTEND=noninteractive sh -c '
    apt-get -o Acquire::Retries=3 update -q &&
      apt-get -o Acquire::Retries=3 install -q -y --no-install-recommends "$@"' sh "$@" \
    >"$work/apt.txt" 2>&1 ||
    { tail -n 20 "$work/apt.txt" >&2; fail "could not be installed: $*"; }
}

if [[ ${script-} == '' ]]; then
  # shellcheck source=common.sh
  source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"
  read_arguments 0 "$@"
  fail "does nothing by itself; other scripts source it"
fi
