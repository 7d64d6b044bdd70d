#!/usr/bin/env bash
# Explores the gate's schedules with Fray; docs/stress.md says what it asks.
#
#   bash cdev-gate/stress/fray.sh [--long] [part of a case's name]
#
# Needs a JDK 25 on Linux and x86-64: JAVA_HOME, or the first one below /usr/lib/jvm. Gets Fray
# through Maven, and makes a run-time image with Fray in it, once, which takes a minute or two; both
# are kept in cdev-gate/stress/fray/target. Ends with "fray: N cases, N schedules, N failed, twins
# caught N of N"; exits non-zero unless all cases passed and every twin was caught.
set -u -o pipefail

usage() { sed -n '2,/^set /s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; }

args=()
for arg; do
    case $arg in
        --help | -h) usage && exit ;;
        --long) args+=("$arg") ;;
        -*)
            echo "fray.sh: unknown option $arg; --help tells the known ones" >&2
            exit 2
            ;;
        *) args+=("$arg") ;;
    esac
done

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd) || exit 2
here=$root/cdev-gate/stress/fray
folder=$here/target
wanted=25 # the JDK whose classes this Fray knows how to change

if [ "$(uname -sm)" != "Linux x86_64" ]; then
    echo "fray.sh: this is $(uname -sm); Fray's agent is for Linux x86_64 here" >&2
    exit 2
fi

# Prints the version of a JDK, such as 25; nothing if there is none.
version_of() {
    [ -x "$1/bin/javac" ] && [ -x "$1/bin/jlink" ] &&
        "$1/bin/java" -XshowSettings:properties -version 2>&1 |
        sed -n 's/^ *java\.specification\.version = //p'
}

jdk=
for home in "${JAVA_HOME:-}" /usr/lib/jvm/*; do
    if [ -n "$home" ] && [ "$(version_of "$home")" = $wanted ]; then
        jdk=$home
        break
    fi
done
if [ -z "$jdk" ]; then
    echo "fray.sh: needs a JDK $wanted with jlink, and there is none in /usr/lib/jvm; JAVA_HOME is" \
        "${JAVA_HOME:-not set}${JAVA_HOME:+, version $(version_of "$JAVA_HOME")}" >&2
    echo "fray.sh: install one, or set JAVA_HOME to it" >&2
    exit 2
fi

# Maven, without the colours that some reset even when they print nothing.
maven() {
    (cd "$root" && JAVA_HOME=$jdk mvn -B -q "$@") 2>&1 | sed $'s/\033\\[[0-9;]*m//g'
}

maven -DskipTests compile -pl cdev-gate/stress -am || exit 1
if ! [ "$folder/got" -nt "$here/pom.xml" ]; then
    echo "getting Fray"
    rm -rf "$folder/lib" "$folder/jvmti"
    maven -f "$here/pom.xml" package || exit 1
    touch "$folder/got"
fi

made_of="$jdk $("$jdk/bin/java" --version | tail -n 1) $(cd "$folder/lib" && echo fray-core-*)"
if [ "$made_of" != "$(cat "$folder/java/made-of" 2>/dev/null)" ]; then
    echo "making a run-time image with Fray in it; that takes a minute or two"
    jars=$(printf '%s\n' "$folder"/lib/*.jar | grep -v -e -agent- | tr '\n' ':')
    rm -rf "$folder/java" "$folder/java.new"
    if ! "$jdk/bin/jlink" "-J-javaagent:$(echo "$folder"/lib/fray-instrumentation-jdk-*.jar)" \
        "-J--module-path=$jars" -J--add-modules=org.pastalab.fray.instrumentation.jdk \
        "-J--class-path=$jars" "--output=$folder/java.new" \
        --add-modules=java.base,java.instrument,java.logging,java.management,java.rmi,jdk.jfr,jdk.management,jdk.unsupported \
        --fray-instrumentation \
        >"$folder/jlink.txt" 2>&1; then
        echo "fray.sh: jlink of $jdk cannot make the image:" >&2
        cat "$folder/jlink.txt" >&2
        exit 1
    fi
    echo "$made_of" >"$folder/java.new/made-of"
    mv "$folder/java.new" "$folder/java"
fi

classes=$root/cdev-gate/stress/target/classes:$root/cdev-gate/stress-kit/target/classes
classes=$classes:$root/cdev-gate/target/classes:$(echo "$folder"/lib/slf4j-api-*.jar)
exec "$jdk/bin/java" -cp "$classes" org.cdevgate.gate.stress.fray.FrayCommand \
    "$folder" "$root/cdev-gate/src/main/java" "$classes" ${args[@]+"${args[@]}"}
