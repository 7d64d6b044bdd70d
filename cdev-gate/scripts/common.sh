#!/usr/bin/env bash
# Sourced by every script of the project: its options, the JDK, the build, and an end that leaves no
# process, mount or folder behind. The script is in the project's root from then on, so that paths
# are relative and may lie below a folder of any name: a class path can hold no ':'.
#
# The comment at the head of a script is what --help prints, and its options are read against it: a
# line "#   --name   text" is an option, "#   --name N   text" one with a value. N stands for a whole
# number from 1, S for one from 0, anything else for a word.
#
#   --help   prints this

jvm_args=cdev-gate/scripts/jvm.args

# What was called, as its user may call it from the root.
script=$(readlink -f -- "$0")
head=$script
called_from=$PWD
CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.."
script=${script#"$(pwd -P)/"}
unset CDPATH

fail() {
  printf '%s: %s\n' "$script" "$*" >&2
  exit 2
}

# Prints on stderr: stdout is for results.
say() { printf '%s: %s\n' "$script" "$*" >&2; }

usage() { sed -n '1d; /^#/!q; s/^# \{0,1\}//; p' "$head"; }

# read_arguments MOST "$@": checks them against the script's head. Sets the map options, arguments to
# the words that are no options, MOST at most, and given to the options as they came. After -- all
# are words.
read_arguments() {
  local most=$1 name value form help=
  declare -gA options=() forms=()
  declare -ga arguments=() given=()
  shift
  while IFS= read -r form; do
    [[ $form =~ ^\ \ (-[-a-z]+)(\ ([A-Z]+))?(\ \ |$) ]] || continue
    forms[${BASH_REMATCH[1]}]=${BASH_REMATCH[3]}
  done < <(usage)
  [[ ${forms[--help]+known} ]] || fail "the comment at its head does not tell of --help"
  while (($#)); do
    name=$1
    shift
    case $name in
      --) arguments+=("$@") && break ;;
      --*=*) value=${name#*=} name=${name%%=*} ;;
      -?*) unset value ;;
      *) arguments+=("$name") && continue ;;
    esac
    [[ ${forms[$name]+known} ]] ||
      fail "unknown option $name; there are $(printf '%s\n' "${!forms[@]}" | sort | tr '\n' ' ')"
    form=${forms[$name]}
    if [[ ! $form ]]; then
      [[ ! -v value ]] || fail "$name takes no value, but has '$value'"
      [[ $name != --help ]] || help=yes
      options[$name]=yes
      given+=("$name")
      continue
    fi
    if [[ ! -v value ]]; then
      (($#)) || fail "$name wants a value: $name $form; --help tells more"
      value=$1
      shift
    fi
    case $form in
      N) check_number "$name" "$value" 1 ;;
      S) check_number "$name" "$value" 0 ;;
    esac
    options[$name]=$value
    given+=("$name" "$value")
    unset value
  done
  ((${#arguments[@]} <= most)) ||
    fail "unknown argument '${arguments[most]}'; --help tells what there is"
  [[ ! $help ]] || { usage; exit 0; }
}

# check_number NAME VALUE LEAST
check_number() {
  [[ $2 =~ ^(0|[1-9][0-9]{0,8})$ ]] && (($2 >= $3)) ||
    fail "$1 '$2': give a whole number from $3 to 999999999"
}

# Sets java, by JAVA_HOME or else the PATH, and java_flags: what it is started with, and where a JVM
# that starts others finds the same.
need_java() {
  local said version remedy='a JDK of version 17 or newer (apt-get install openjdk-17-jdk-headless)'
  if [[ ${JAVA_HOME-} ]]; then
    [[ $JAVA_HOME == /* ]] || JAVA_HOME=$called_from/$JAVA_HOME
    java=$JAVA_HOME/bin/java
    [[ -f $java && -x $java ]] ||
      fail "JAVA_HOME is '$JAVA_HOME', and there is no bin/java in it: set it to the folder of" \
        "$remedy, or unset it"
    [[ -x ${java%java}javac ]] ||
      fail "JAVA_HOME is '$JAVA_HOME', and there is no bin/javac in it: set it to the folder of" \
        "$remedy, or unset it"
  else
    java=$(command -v java) || fail "there is no java on the PATH: install $remedy, or set JAVA_HOME"
    command -v javac >/dev/null ||
      fail "there is no javac on the PATH, only a java: install $remedy, or set JAVA_HOME"
  fi
  said=$("$java" -XshowSettings:properties -version 2>&1) ||
    fail "$java cannot be run: $(tail -n 1 <<<"$said"); install $remedy"
  version=$(sed -n 's/^ *java\.specification\.version = //p' <<<"$said")
  version=${version%%.*} # 1.8 is 1
  [[ $version =~ ^[0-9]+$ ]] || fail "$java does not tell its version: install $remedy"
  ((version >= 17)) ||
    fail "$java is too old, by its java.specification.version $version: install $remedy and set" \
      "JAVA_HOME to it"
  java_flags=("@$PWD/$jvm_args" "-Dcdevgate.jvm.args=$PWD/$jvm_args")
}

# build STAMP MODULE...: makes the modules, unless that was done since their sources were changed;
# STAMP, in a target folder, tells when. Says what it makes meanwhile. build_options are Maven's.
build() {
  local stamp=$1 module sources=(pom.xml) modules
  shift
  for module; do
    sources+=("$module/pom.xml" "$module/src")
  done
  [[ ! -f $stamp || $(find "${sources[@]}" -type f -newer "$stamp" -print -quit) ]] || return 0
  command -v mvn >/dev/null || fail "there is no mvn on the PATH: apt-get install maven"
  modules=$(IFS=, && echo "$*")
  say "building ${modules//,/, }; the first time takes a minute or more"
  make_work_folder
  : >"$work/built" # before Maven looks: what changes meanwhile is built the next time
  in_group make_modules "$modules" ||
    { grep -a '^\[ERROR\]' "$work/maven.txt" >&2 || tail -n 30 "$work/maven.txt" >&2
      fail "the build of $modules failed"; }
  mkdir -p "${stamp%/*}"
  mv "$work/built" "$stamp"
}

# Maven's output is kept; of it each module is told, and that it loads down. A build that takes less
# than a minute is over before optimized code pays off.
make_modules() {
  set -o pipefail
  export MAVEN_OPTS="-XX:TieredStopAtLevel=1 -XX:+UseSerialGC ${MAVEN_OPTS-}"
  mvn -B "${build_options[@]}" package -pl "$1" 2>&1 | tee "$work/maven.txt" | tell_progress >&2
}

tell_progress() {
  local line loads=
  # With nothing of it at hand, Maven loads down for minutes. Some awk would keep lines back.
  while IFS= read -r line; do
    if [[ $line =~ \[INFO\]\ Building\ ([^\ ]+).*\ (\[[0-9]+/[0-9]+\])$ ]]; then
      say "${BASH_REMATCH[1]} ${BASH_REMATCH[2]}"
    elif [[ ! $loads && $line == *'] Downloading from '* ]]; then
      loads=yes
      say "loading down what the build needs"
    fi
  done
}
build_options=(-Dmaven.test.skip=true)

# A process group that is running, or whose children perhaps are.
group=
# Of this run: for everything temporary, mounts too. Empty as long as it is not needed.
work=

# Others may pass through it: what is in it has rights of its own.
make_work_folder() {
  [[ ! $work ]] || return 0
  work=$(mktemp -d "${TMPDIR:-/tmp}/cdev-gate-XXXXXX") || fail "no temporary folder can be made"
  chmod 711 "$work"
  export CDEV_GATE_WORK=$work # by which its processes are found
}

# in_group COMMAND...: runs a command or function in a process group of its own, so that nothing it
# started outlives it, or a signal to this script.
in_group() {
  local status=0
  set -m
  "$@" </dev/null &
  group=$!
  set +m
  wait "$group" || status=$?
  end_group
  return $status
}

# with_stdin COMMAND...: runs it in the script's own process group, as what reads a terminal must be.
# It hears of Ctrl-C by itself.
with_stdin() {
  local status=0
  (trap - INT && exec "$@") <&0 &
  child=$!
  wait "$child" || status=$?
  child=
  return $status
}
child=

# Ends what is running: asks, waits, kills.
end_group() {
  local each tries
  for each in ${group:+"-$group"} ${child:+"$child"}; do
    kill -TERM -- "$each" 2>/dev/null || continue
    for ((tries = 0; tries < 200; tries++)); do
      kill -0 -- "$each" 2>/dev/null || break
      sleep 0.05
    done
    kill -KILL -- "$each" 2>/dev/null || true
  done
  group= child=
}

clean_up() {
  local status=$? mount
  trap '' INT TERM HUP # once begun it ends
  end_group
  [[ $work ]] || return $status
  kill_leftovers
  while IFS= read -r mount; do
    umount -l -- "$mount" 2>/dev/null || fusermount3 -u -z -- "$mount" 2>/dev/null || true
  done < <(mounts_below "$(readlink -f -- "$work")")
  rm -rf --one-file-system -- "$work"
  return $status
}

# Kills what has left its group, or outlived the process that would have ended it.
kill_leftovers() {
  local each
  for each in $(grep -lazxF "CDEV_GATE_WORK=$work" /proc/[0-9]*/environ 2>/dev/null); do
    each=${each#/proc/}
    kill -KILL "${each%/environ}" 2>/dev/null || true
  done
}

# Prints the mount points below a folder, the last first.
mounts_below() {
  local point
  while read -r _ _ _ _ point _; do
    point=$(printf '%b' "$point") # \040 is a blank
    [[ $point != "$1"/* ]] || printf '%s\n' "$point"
  done </proc/self/mountinfo | tac
}

# Ends as the signal would have ended it, so that the caller knows.
end_by_signal() {
  clean_up || true
  trap - EXIT "$1"
  kill -s "$1" $$
}

trap clean_up EXIT
for signal in INT TERM HUP; do
  # shellcheck disable=SC2064 # now
  trap "end_by_signal $signal" "$signal"
done

# A JVM takes the names of files for what the locale says.
if [[ $(LC_ALL=C pwd -P | LC_ALL=C tr -d ' -~\n') && $(locale charmap 2>/dev/null) != UTF-8 ]]; then
  export LC_ALL=C.UTF-8
fi

if [[ $script == cdev-gate/scripts/common.sh ]]; then
  read_arguments 0 "$@"
  fail "does nothing by itself; other scripts source it"
fi
