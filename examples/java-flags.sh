# Sourced by the scripts that start a JVM on the FUSE server.

# Prints the flags that newer JDKs want for native access and Unsafe; older ones refuse or complain
# about them.
java_flags() {
  local version
  version=$("$1" -XshowSettings:properties -version 2>&1 |
    sed -n 's/^ *java\.specification\.version = //p')
  local flags=
  if [ "${version%%.*}" -ge 22 ]; then
    flags="--enable-native-access=ALL-UNNAMED"
  fi
  if [ "${version%%.*}" -ge 23 ]; then
    flags="$flags --sun-misc-unsafe-memory-access=allow"
  fi
  printf '%s' "$flags"
}
