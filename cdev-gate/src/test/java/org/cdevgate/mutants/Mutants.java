package org.cdevgate.mutants;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/**
 * The command: breaks the library in each of the listed ways and lets what is said to see it look.
 * Nothing counts as seen by what sees something in the whole library too.
 *
 * <pre>
 *   java -cp TESTS org.cdevgate.mutants.Mutants MODULE AGENT MODEL_PATH [--quick] [part of a name]
 * </pre>
 *
 * <p>MODULE is the folder of the module, AGENT the model checker's jar, MODEL_PATH its class path;
 * --quick takes those only that unit tests see. Ends with "mutants: N caught of N, N argued", and
 * exits with 0 if that is all of them, 1 if not, 2 for a wrong argument.
 */
final class Mutants {
    /** Many wait, without using a processor, for what a mutant keeps from coming. */
    private static final int AT_A_TIME =
            Integer.getInteger(
                    "cdevgate.mutants.jobs", 2 * Runtime.getRuntime().availableProcessors());

    private final MutantCompiler compiler;
    private final Catchers catchers;
    private final Path work;

    private int caught;
    private int argued;
    private int all;

    private Mutants(Path module, Path agent, String modelPath) throws IOException {
        Path target = module.resolve("target");
        String testPath = System.getProperty("java.class.path");
        work = target.resolve("mutants");
        deleteAll(work);
        Path logs = Files.createDirectories(work.resolve("logs"));
        compiler = new MutantCompiler(module.resolve("src/main/java"), testPath);
        catchers =
                new Catchers(
                        target.resolve("test-classes"),
                        testPath,
                        agent,
                        modelPath,
                        logs,
                        AT_A_TIME);
    }

    public static void main(String[] args) throws Exception {
        if (args.length < 3) {
            System.err.println("mutants: MODULE AGENT MODEL_PATH [--quick] [part of a name]");
            System.exit(2);
        }
        List<String> choices = new ArrayList<>(List.of(args).subList(3, args.length));
        boolean quick = choices.remove("--quick");
        if (choices.size() > 1 || (!choices.isEmpty() && choices.get(0).startsWith("-"))) {
            System.err.println(
                    "mutants: after the paths come --quick and one part of a name at most");
            System.exit(2);
        }
        Mutants command = new Mutants(Path.of(args[0]), Path.of(args[1]), args[2]);
        command.run(quick, choices.isEmpty() ? "" : choices.get(0));
        if (command.all == 0) {
            System.err.println("mutants: no mutant has \"" + choices.get(0) + "\" in its name");
            System.exit(2);
        }
        System.out.printf(
                "mutants: %d caught of %d, %d argued%n",
                command.caught, command.all, command.argued);
        System.exit(command.caught + command.argued == command.all ? 0 : 1);
    }

    /** One of the list. */
    private record Outcome(boolean isCaught, String line) {}

    private void run(boolean quick, String part) throws Exception {
        List<Mutant> mutants = new ArrayList<>(Mutant.all());
        mutants.removeIf(each -> !each.name().contains(part) || (quick && !each.isQuick()));
        ExecutorService threads = Executors.newFixedThreadPool(AT_A_TIME);
        try {
            Map<Mutant.Catcher, String> blind = lookAtTheWhole(mutants, threads);
            List<Future<Outcome>> outcomes = new ArrayList<>();
            for (int i = 0; i < mutants.size(); i++) {
                Mutant mutant = mutants.get(i);
                String name = String.format("%03d", i + 1);
                outcomes.add(threads.submit(() -> tried(mutant, name, blind)));
            }
            for (int i = 0; i < mutants.size(); i++) {
                Outcome outcome = outcomes.get(i).get();
                all++;
                if (outcome.isCaught) {
                    caught++;
                } else if (outcome.line.startsWith("argued: ")) {
                    argued++;
                }
                System.out.println(outcome.line);
            }
        } finally {
            threads.shutdown();
            catchers.close();
        }
    }

    /** What sees something in the library as it is, or cannot look, and why. */
    private Map<Mutant.Catcher, String> lookAtTheWhole(
            List<Mutant> mutants, ExecutorService threads) throws Exception {
        Map<Mutant.Catcher, Future<String>> looks = new LinkedHashMap<>();
        for (Mutant mutant : mutants) {
            Mutant.Catcher catcher = mutant.catcher();
            if (catcher != null && !looks.containsKey(catcher)) {
                String name = "whole-" + looks.size();
                Callable<String> look =
                        () -> {
                            try {
                                Catchers.Seen seen = catchers.look(catcher, null, name);
                                return seen.isWrong() ? "fails without it: " + seen.what() : null;
                            } catch (IllegalStateException e) {
                                return e.getMessage();
                            }
                        };
                looks.put(catcher, threads.submit(look));
            }
        }
        Map<Mutant.Catcher, String> blind = new LinkedHashMap<>();
        for (Map.Entry<Mutant.Catcher, Future<String>> each : looks.entrySet()) {
            String why = each.getValue().get();
            if (why != null) {
                blind.put(each.getKey(), why);
            }
        }
        return blind;
    }

    private Outcome tried(Mutant mutant, String name, Map<Mutant.Catcher, String> blind)
            throws IOException, InterruptedException {
        Path broken = work.resolve(name);
        try {
            compiler.compile(mutant, broken);
            if (mutant.catcher() == null) {
                return new Outcome(false, "argued: " + mutant.name() + ": " + mutant.argument());
            }
            String why = blind.get(mutant.catcher());
            if (why == null) {
                Catchers.Seen seen = catchers.look(mutant.catcher(), broken, name);
                if (seen.isWrong()) {
                    return new Outcome(
                            true,
                            "caught: %s, by %s: %s"
                                    .formatted(mutant.name(), mutant.catcher(), seen.what()));
                }
                why = seen.what();
            }
            return new Outcome(
                    false,
                    "NOT CAUGHT: %s, by %s: %s".formatted(mutant.name(), mutant.catcher(), why));
        } catch (IllegalStateException e) {
            return new Outcome(false, "NOT TRIED: " + mutant.name() + ": " + e.getMessage());
        }
    }

    private static void deleteAll(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> each = Files.walk(folder)) {
                for (Path file : each.sorted(java.util.Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }
}
