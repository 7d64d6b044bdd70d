package org.cdevgate.fuse.faults.attack;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.cdevgate.fuse.faults.Limits;

/**
 * The client that has nothing to do with an attack (bystander.c). How long it waits at most is
 * measured, and judged by nobody; a wrong answer, or none, is a violation.
 */
final class Bystander {
    private static final String LIMIT = Long.toString(Limits.ANSWER.toSeconds());
    private static final String PROBES = "3";

    private final Attacker process;
    private long stall;
    private long noise;
    private String slowest = "nothing";

    private Bystander(Attacker process) {
        this.process = process;
    }

    /**
     * Starts it; returns when it has been answered.
     *
     * @param command with its node
     */
    static Bystander start(List<String> command) throws IOException, InterruptedException {
        Bystander bystander = new Bystander(new Attacker(with(command, LIMIT)));
        bystander.process.awaitReady();
        return bystander;
    }

    /** Whether a new client is answered, some times; says why not. */
    static void probe(List<String> command, Consumer<String> violations)
            throws IOException, InterruptedException {
        Bystander probe = new Bystander(new Attacker(with(command, LIMIT, PROBES)));
        probe.collect(violations);
    }

    private static List<String> with(List<String> command, String... more) {
        List<String> all = new ArrayList<>(command);
        all.addAll(List.of(more));
        return all;
    }

    /** Ends it and tells what it saw. */
    void end(Consumer<String> violations) throws InterruptedException {
        if (!process.end()) {
            violations.accept("the bystander's call has no answer, and it does not end");
        }
        collect(violations);
    }

    private void collect(Consumer<String> violations) throws InterruptedException {
        boolean complete = false;
        for (String line; (line = process.nextLine()) != null; ) {
            String[] words = line.split(" ", 3);
            switch (words[0]) {
                case "stall" -> {
                    stall = Long.parseLong(words[1]);
                    slowest = words[2];
                }
                case "noise" -> noise = Long.parseLong(words[1]);
                case "calls" -> complete = true;
                case "ready" -> {}
                default -> violations.accept("the bystander: " + line);
            }
        }
        if (!complete && !process.kill()) {
            violations.accept("the bystander cannot be killed");
        }
    }

    /** Its longest call, in ms. */
    long stallMillis() {
        return TimeUnit.NANOSECONDS.toMillis(stall);
    }

    @Override
    public String toString() {
        return "bystander's longest stall %d ms (%s), of which the machine itself makes up to %d ms"
                .formatted(stallMillis(), slowest, TimeUnit.NANOSECONDS.toMillis(noise));
    }
}
