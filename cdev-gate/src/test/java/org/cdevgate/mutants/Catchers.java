package org.cdevgate.mutants;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Lets what is to see mutants look at the library, whole or broken. For any thread. */
final class Catchers implements AutoCloseable {
    /**
     * How often a test may miss a mutant: some need two threads to meet, and on a busy machine
     * these may not.
     */
    private static final int LOOKS = 5;

    /** For a scenario on the library as it is; on an idle machine each takes some ten seconds. */
    private static final long WHOLE_LIMIT_SECONDS = 900;

    /** A scenario that takes so many times longer than on the library as it is does not end. */
    private static final int TIMES_LONGER = 5;

    private static final Pattern PASSED =
            Pattern.compile("(model|anomalies): .*[1-9][0-9]* passed, 0 failed.*");

    private final Path tests;
    private final Path agent;
    private final String modelPath;
    private final Path logs;
    private final List<TestJvm> jvms = new ArrayList<>();
    private final Map<Mutant.Catcher, Long> wholeSeconds = new ConcurrentHashMap<>();
    private final BlockingQueue<TestJvm> free;

    /**
     * For one module.
     *
     * @param tests where the packages of its tests' classes begin
     * @param testPath the class path of its tests, with its own classes
     * @param agent the jar of model checker and anomalies
     * @param modelPath their class path, with the module's classes
     * @param logs a folder for what they print
     * @param most how many look at a time
     */
    Catchers(Path tests, String testPath, Path agent, String modelPath, Path logs, int most) {
        this.tests = tests;
        this.agent = agent;
        this.modelPath = modelPath;
        this.logs = logs;
        free = new ArrayBlockingQueue<>(most);
        for (int i = 0; i < most; i++) {
            jvms.add(new TestJvm(testPath, logs.resolve("tests-" + i + ".txt").toFile()));
        }
        free.addAll(jvms);
    }

    /**
     * What they saw.
     *
     * @param isWrong whether something is
     * @param what in a line
     */
    record Seen(boolean isWrong, String what) {}

    /**
     * Lets one look.
     *
     * @param broken classes that stand in for the library's own, or null
     * @param name of the log of a scenario
     * @throws IllegalStateException if it could not look
     */
    Seen look(Mutant.Catcher catcher, Path broken, String name)
            throws IOException, InterruptedException {
        if (catcher.kind() != Mutant.Catcher.Kind.TEST) {
            return lookInScenario(catcher, broken, logs.resolve(name + ".txt"));
        }
        String test = testNamed(catcher.what());
        TestJvm jvm = free.take();
        try {
            Seen seen = jvm.run(broken, test);
            for (int i = 1; i < LOOKS && broken != null && !seen.isWrong(); i++) {
                seen = jvm.run(broken, test);
            }
            return seen;
        } finally {
            free.add(jvm);
        }
    }

    private Seen lookInScenario(Mutant.Catcher catcher, Path broken, Path log)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("@" + System.getProperty("cdevgate.jvm.args"));
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-Dslf4j.internal.verbosity=ERROR"));
        String path = broken == null ? modelPath : broken + File.pathSeparator + modelPath;
        if (catcher.kind() == Mutant.Catcher.Kind.MODEL) {
            command.addAll(List.of("-javaagent:" + agent, "-cp", path));
            command.add("org.cdevgate.gate.stress.model.ModelCheck");
        } else {
            command.addAll(List.of("-javaagent:" + agent + "=anomalies", "-cp", path));
            command.add("org.cdevgate.gate.stress.anomaly.Anomalies");
        }
        command.add(catcher.what());
        long limit =
                broken == null
                        ? WHOLE_LIMIT_SECONDS
                        : TIMES_LONGER * wholeSeconds.getOrDefault(catcher, WHOLE_LIMIT_SECONDS);
        long start = System.nanoTime();
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        boolean ended;
        try {
            ended = process.waitFor(limit, TimeUnit.SECONDS);
        } finally {
            process.destroyForcibly();
        }
        process.waitFor();
        if (broken == null) {
            long took = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start);
            wholeSeconds.put(catcher, took + 1);
        }
        List<String> lines = Files.readString(log, StandardCharsets.UTF_8).lines().toList();
        for (String line : lines) {
            if (line.contains("FAILED: ")) {
                return new Seen(true, line);
            }
        }
        if (!ended) {
            return new Seen(true, "it does not end");
        }
        if (lines.isEmpty() || !PASSED.matcher(lines.get(lines.size() - 1)).matches()) {
            throw new IllegalStateException("the scenario did not run, see " + log);
        }
        return new Seen(false, lines.get(lines.size() - 1));
    }

    /** Its name with the package, which the list leaves out: test classes have one name each. */
    private String testNamed(String test) throws IOException {
        int dot = test.indexOf('.');
        String simple = dot < 0 ? test : test.substring(0, dot);
        List<Path> found;
        try (Stream<Path> all = Files.walk(tests)) {
            found = all.filter(each -> each.endsWith(simple + ".class")).toList();
        }
        if (found.size() != 1) {
            throw new IllegalStateException(
                    "there are " + found.size() + " test classes " + simple + " in " + tests);
        }
        String file = tests.relativize(found.get(0)).toString();
        String name = file.substring(0, file.length() - ".class".length()).replace('/', '.');
        return dot < 0 ? name : name + "#" + test.substring(dot + 1);
    }

    @Override
    public void close() {
        jvms.forEach(TestJvm::close);
    }
}
