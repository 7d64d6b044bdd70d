package org.cdevgate.checks.scripts;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The scripts of the project, copied to a folder, with stand-ins for the programs that take long or
 * need rights. Each stand-in appends its name and arguments to the file {@link #calls()}.
 */
final class Checkout {
    private static final Path PROJECT = Path.of("../..").toAbsolutePath().normalize();

    /** Sourced by others; by themselves they only tell so. */
    private static final List<String> PARTS =
            List.of(
                    "cdev-gate/scripts/common.sh",
                    "cdev-gate/scripts/packages.sh",
                    "examples/bench/build.sh");

    /** Starts the command, which scripts do. */
    private static final String LAUNCHER = "cdev-gate-fuse/cli/bin/cdev-gate";

    /** Builds, then hangs if it is told to, as all of them do. */
    private static final String RECORD =
            """
            #!/bin/bash
            printf -v call '%s\\001' "${0##*/}" "$@"
            printf '%s\\002' "$call" >>"$STAND_IN_CALLS" # at once: others call meanwhile
            hang() {
              sleep 1000 & # a child that a signal to its parent does not end
              for argument; do
                case $argument in -Djava.io.tmpdir=*) mkdir "${argument#*=}/made" ;; esac
              done
              echo started >>"$STAND_IN_STARTED"
              wait
            }
            """;

    private static final Map<String, String> STAND_INS =
            Map.ofEntries(
                    Map.entry(
                            "java",
                            """
                            case " $* " in
                              *" -XshowSettings:properties "*)
                                echo "    java.home = /usr/lib/jvm/none" >&2
                                echo "    java.specification.version = ${STAND_IN_VERSION-25}" >&2 ;;
                              *" -version "*) ;;
                              *) [[ ${STAND_IN_HANGS-} != java ]] || hang "$@" ;;
                            esac
                            """),
                    Map.entry("javac", ""),
                    Map.entry(
                            "mvn",
                            """
                            printf '\\033[0m[INFO] Building cdev-gate 0.1.0-SNAPSHOT      [1/3]\\n'
                            [[ ${STAND_IN_HANGS-} != mvn ]] || hang "$@"
                            [[ ! ${STAND_IN_FAILS-} ]] || { echo '[ERROR] no luck'; exit 1; }
                            """),
                    Map.entry(
                            "gcc",
                            """
                            while [[ $1 != -o ]]; do shift; done
                            printf '#!/bin/bash\necho ready; cat\n' >"$2"
                            chmod +x "$2"
                            """),
                    Map.entry(
                            "g++",
                            """
                            while (($#)) && [[ $1 != -o ]]; do shift; done
                            (($#)) || exit 0 # it was asked for a header
                            [[ ${STAND_IN_HANGS-} != g++ ]] || hang "$@"
                            printf '#!/bin/bash\nprintf "litmus \\002" >>"$STAND_IN_CALLS"\n' >"$2"
                            chmod +x "$2"
                            """),
                    Map.entry(
                            "jlink",
                            """
                            [[ ${STAND_IN_HANGS-} != jlink ]] || hang "$@"
                            for argument; do
                              case $argument in --output=*) mkdir -p "${argument#*=}" ;; esac
                            done
                            """),
                    Map.entry("apt-get", ""),
                    Map.entry("id", "echo 0\n"),
                    Map.entry("pkg-config", "echo -lfuse3\n"),
                    Map.entry("ldconfig", "echo '  libfuse.so.2 (libc6)'\n"),
                    Map.entry("taskset", ""),
                    Map.entry("pgrep", ""));

    private final Path root;
    private final Path tools;
    private final Path temporary;

    /** Copies them to a folder that is not there yet; the stand-ins to one beside it. */
    Checkout(Path root, Path beside) throws IOException {
        this.root = Files.createDirectories(root);
        tools = Files.createDirectories(beside.resolve("tools/bin"));
        temporary = Files.createDirectories(beside.resolve("t e*m:p"));
        for (String each : scripts()) {
            copy(each);
        }
        for (String each : PARTS) {
            copy(each);
        }
        Files.copy(PROJECT.resolve("pom.xml"), root.resolve("pom.xml"));
        for (String each :
                List.of(
                        "cdev-gate",
                        "cdev-gate/stress-kit",
                        "cdev-gate/stress",
                        "cdev-gate/stress/fray",
                        "cdev-gate-fuse",
                        "cdev-gate-fuse/drivers",
                        "cdev-gate-fuse/cli",
                        "cdev-gate-fuse/faults",
                        "examples",
                        "examples/bench")) {
            Files.createDirectories(root.resolve(each).resolve("src"));
            Files.copy(
                    PROJECT.resolve(each).resolve("pom.xml"),
                    root.resolve(each).resolve("pom.xml"));
        }
        copy(LAUNCHER);
        Path jar = root.resolve("cdev-gate-fuse/cli/target/cdev-gate.jar");
        Files.createDirectories(jar.getParent());
        Files.createFile(jar); // the stand-in for mvn makes nothing
        Path programs = root.resolve("examples/src/test/java/org/cdevgate/examples/programs");
        Files.createFile(Files.createDirectories(programs).resolve("EvtestIT.java"));
        for (Map.Entry<String, String> each : STAND_INS.entrySet()) {
            Path file = tools.resolve(each.getKey());
            Files.writeString(file, RECORD + each.getValue());
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }

    private void copy(String script) throws IOException {
        Path to = root.resolve(script);
        Files.createDirectories(to.getParent());
        Files.copy(PROJECT.resolve(script), to, StandardCopyOption.COPY_ATTRIBUTES);
    }

    /** The project itself. */
    static Path project() {
        return PROJECT;
    }

    /** All that a user may call, found by their names. */
    static List<String> scripts() throws IOException {
        try (Stream<Path> files = Files.walk(PROJECT)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> PROJECT.relativize(file).toString())
                    .filter(name -> name.endsWith(".sh") || name.startsWith(".ci/"))
                    .filter(name -> !name.contains("target/") && !PARTS.contains(name))
                    .sorted()
                    .toList();
        }
    }

    /** Those of them that only start what has a stand-in. */
    static List<String> runnable() throws IOException {
        return scripts().stream()
                .filter(name -> !name.startsWith(".ci/") && !name.endsWith("/all.sh"))
                .toList();
    }

    /** Those of them that build and start a JVM. */
    static List<String> launchers() throws IOException {
        List<String> launchers = new ArrayList<>();
        for (String each : runnable()) {
            if (Files.readString(PROJECT.resolve(each)).contains("\nneed_java\n")) {
                launchers.add(each);
            }
        }
        return launchers;
    }

    Path root() {
        return root;
    }

    /** The folder for temporary files that scripts are given; empty again after each. */
    Path temporary() {
        return temporary;
    }

    Path calls() {
        return temporary.resolveSibling("calls");
    }

    /** Has a line for each stand-in that hangs. */
    Path started() {
        return temporary.resolveSibling("started");
    }

    /** What the stand-ins were called with, one per line, without where the checkout is. */
    String callsMade() throws IOException {
        String text = Files.readString(calls(), StandardCharsets.UTF_8);
        return Stream.of(text.split("\002", -1)) // an argument may have several lines
                .filter(call -> !call.startsWith("java\001-XX") && !call.contains("-version"))
                .map(call -> call.replace("\001", " | "))
                .map(call -> call.replaceAll("cdev-gate-[A-Za-z0-9]{6}", "WORK"))
                .collect(Collectors.joining("\n"));
    }

    /**
     * A script, ready to be started: in a session of its own, with no signal ignored, in whatever
     * state this JVM was started.
     */
    ProcessBuilder script(String name, String... arguments) {
        List<String> command =
                Stream.concat(
                                Stream.of(
                                        "setsid",
                                        "env",
                                        "--default-signal=INT,TERM,HUP",
                                        "bash",
                                        root.resolve(name).toString()),
                                Stream.of(arguments))
                        .toList();
        ProcessBuilder builder = new ProcessBuilder(command).directory(temporary.toFile());
        Map<String, String> environment = builder.environment();
        Map<String, String> old = new TreeMap<>(environment);
        environment.clear();
        environment.put("PATH", tools + ":" + old.getOrDefault("PATH", "/usr/bin:/bin"));
        environment.put("HOME", old.getOrDefault("HOME", "/"));
        environment.put("LC_ALL", "C.UTF-8");
        environment.put("TMPDIR", temporary.toString());
        environment.put("STAND_IN_CALLS", calls().toString());
        environment.put("STAND_IN_STARTED", started().toString());
        return builder;
    }
}
