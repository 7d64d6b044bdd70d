#!/usr/bin/env bash
# Explores unmodified programs of Debian's: each is run once for each call that it makes of its
# device, with the device unplugged there.
#
#   bash examples/explored.sh [--write] [--no-install] [NAME...]
#
#   --write        writes the table to docs/explored.md, instead of printing it
#   --no-install   only names the packages that are missing
#   --help         prints this
#
# A NAME, such as evtest, picks the programs that have it in their command. Installs what is missing,
# as root or by sudo, and builds what is not built yet. Ends with "explored: N programs, N points" and
# exits with 0 if each was explored, whatever became of them.
set -euo pipefail
# shellcheck source=../cdev-gate/scripts/common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../cdev-gate/scripts/common.sh"
# shellcheck source=../cdev-gate/scripts/packages.sh
source cdev-gate/scripts/packages.sh
read_arguments 1000 "$@"

# Package, device, program. The image is of 4 KiB, the lines are three; both are in $F.
programs=(
  'coreutils|d0=disk,size=4K|cat /dev/d0'
  'coreutils|d0=disk,size=4K|dd if=/dev/d0 bs=1K'
  'coreutils|d0=disk,size=4K|dd if=$F/image of=/dev/d0 bs=1K conv=notrunc,fsync'
  'coreutils|d0=disk,size=4K|cp /dev/d0 /dev/null'
  'coreutils|d0=disk,size=4K|head -c 2K /dev/d0'
  'coreutils|d0=disk,size=4K|tail -c 1K /dev/d0'
  'coreutils|d0=disk,size=4K|od -A d /dev/d0'
  'coreutils|d0=disk,size=4K|sha256sum /dev/d0'
  'coreutils|d0=script=$F/lines|sort /dev/d0'
  'coreutils|d0=script=$F/lines|wc -l /dev/d0'
  'coreutils|d0=zero|tee /dev/d0'
  'coreutils|ttyUSB0=echo|tail -f /dev/ttyUSB0'
  'rust-coreutils|d0=disk,size=4K|/usr/bin/coreutils cat /dev/d0'
  'rust-coreutils|d0=disk,size=4K|/usr/bin/coreutils dd if=/dev/d0 bs=1K'
  'busybox|d0=disk,size=4K|busybox cat /dev/d0'
  'busybox|d0=disk,size=4K|busybox dd if=/dev/d0 bs=1K'
  'busybox|d0=disk,size=4K|busybox hexdump /dev/d0'
  'diffutils|d0=disk,size=4K|cmp $F/image /dev/d0'
  'pv|d0=disk,size=4K|pv -q /dev/d0'
  'gzip|d0=disk,size=4K|gzip -nc /dev/d0'
  'grep|d0=script=$F/lines|grep -c . /dev/d0'
  'sed|d0=script=$F/lines|sed -n p /dev/d0'
  'mawk|d0=script=$F/lines|mawk {print} /dev/d0'
  'perl-base|d0=script=$F/lines|perl -ne print /dev/d0'
  'python3-minimal|d0=script=$F/lines|/usr/bin/python3 -c for\ line\ in\ open("/dev/d0"):print(line) /dev/d0'
  'socat|ttyUSB0=script=$F/lines|socat -u OPEN:/dev/ttyUSB0,rdonly STDOUT'
  'evtest|input/event9=input|evtest /dev/input/event9'
  'util-linux-extra|rtc9=rtc|hwclock -r -f /dev/rtc9'
  'i2c-tools|i2c-5=i2c|i2cget -y 5 0x50 0'
  'i2c-tools|i2c-5=i2c|i2cdump -y -r 0-3 5 0x50 b'
  'ffmpeg|video9=camera|ffmpeg -v error -f v4l2 -i /dev/video9 -frames 2 -f framemd5 -'
)
needed=()
for each in "${programs[@]}"; do
  package=${each%%|*} command=${each##*|}
  [[ $package == util-linux-extra ]] && continue # older releases have hwclock in util-linux
  needed+=("$package:${command%% *}")
done
need_packages "${needed_packages[@]}" "${needed[@]}" python3:python3
need_java
build cdev-gate-fuse/cli/target/built cdev-gate cdev-gate-fuse cdev-gate-fuse/drivers cdev-gate-fuse/cli
make_work_folder
export JAVA_HOME=${java%/bin/java} PATH=$PWD/cdev-gate-fuse/cli/bin:$PATH LC_ALL=C
head -c 4096 /dev/zero >"$work/image"
printf 'answer one\\n\nanswer two\\n\nanswer three\\n\nend\n' >"$work/lines"

version() { dpkg-query -W -f '${Package} ${Version}' "$1" 2>/dev/null || dpkg-query -W -f '${Package} ${Version}' util-linux; }

number=0
for each in "${programs[@]}"; do
  IFS='|' read -r package device command <<<"$each"
  [[ ${#arguments[@]} -eq 0 ]] || grep -qF "$(printf '%s\n' "${arguments[@]}")" <<<"$command" || continue
  device=${device//'$F'/$work} command=${command//'$F'/$work}
  words=()
  while [[ $command ]]; do # blanks behind a backslash are part of a word
    word=
    while [[ $command =~ ^([^\ \\]*)\\(.)(.*)$ && ${BASH_REMATCH[1]} != *' '* ]]; do
      word+=${BASH_REMATCH[1]}${BASH_REMATCH[2]} command=${BASH_REMATCH[3]}
    done
    word+=${command%% *}
    [[ $command == *' '* ]] && command=${command#* } || command=
    words+=("$word")
  done
  number=$((number + 1))
  printf '%s\n' "$(version "$package")" "$device" >"$work/$number.about"
  say "$number: ${words[*]}"
  code=0
  in_group cdev-gate explore --device "$device" --calls 12 --patience 1s --base-limit 5s \
    --report "$work/$number.json" --input "$work/image" -- "${words[@]}" >/dev/null 2>"$work/$number.err" || code=$?
  ((code <= 1)) || fail "${words[*]} was not explored: $(tail -n 1 "$work/$number.err")"
done
((number > 0)) || fail "no program has '${arguments[*]}' in its command"
in_group python3 examples/explored.py "$work" ${options[--write]+docs/explored.md}
