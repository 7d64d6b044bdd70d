package org.cdevgate.fuse.explore;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * Runs one scenario under many schedules, until the first that fails: first with each thread held
 * up at each point, then with several things by chance.
 */
final class ScheduleExplorer {
    /** How a scenario's class is made and its method run: {@code end} follows what it does. */
    static final String END = "end";

    private static final int LEARNING_RUNS = 12;
    private static final long REAL_NANOS = TimeUnit.SECONDS.toNanos(60);

    /**
     * What came of it.
     *
     * @param finding null if there is none
     */
    record Result(int runs, long steps, String finding) {}

    private final Constructor<?> maker;
    private final Method scenario;
    private final Method end;
    private final SharedFields sharedFields = new SharedFields();
    private final World.Buffers buffers = new World.Buffers();
    private int runs;
    private long steps;
    private String finding;

    /**
     * @param className of the scenario, loaded by {@code loader}
     */
    ScheduleExplorer(ModelLoader loader, String className, String method)
            throws ReflectiveOperationException {
        Class<?> type = Class.forName(className, true, loader);
        maker = type.getDeclaredConstructor();
        maker.setAccessible(true);
        scenario = type.getDeclaredMethod(method);
        scenario.setAccessible(true);
        end = type.getSuperclass().getDeclaredMethod(END);
        end.setAccessible(true);
    }

    /**
     * Explores.
     *
     * @param most how many runs, or fewer if the time is over
     * @param deadline on {@link System#nanoTime}
     * @param seed for what is left to chance
     */
    Result explore(int most, long deadline, long seed) {
        Random random = new Random(seed);
        int choices = learn(random);
        Stalls plain = new Stalls(List.of());
        if (finding == null) {
            run(plain);
        }
        int points = plain.points();
        List<Strategy> single = new ArrayList<>();
        for (int timeLimits : Stalls.TIME_LIMITS) {
            for (int at = 0; at < points; at++) {
                single.add(new Stalls(List.of(new Stalls.Stall(at, timeLimits))));
            }
        }
        // If they are too many, spread over all.
        int stride = 1 + (int) (3L * single.size() / (2L * most));
        for (int i = (int) (seed % stride);
                i < single.size() && goesOn(most, deadline);
                i += stride) {
            run(single.get(i));
        }
        while (goesOn(most, deadline)) {
            int number = 1 + random.nextInt(3);
            run(
                    switch (random.nextInt(3)) {
                        case 0 -> new Priorities(random, number, choices);
                        case 1 -> Deviations.random(random, number, choices);
                        default -> Stalls.random(random, number + 1, points);
                    });
        }
        return new Result(runs, steps, finding);
    }

    /** Learns which fields are shared; returns how many choices there are. */
    private int learn(Random random) {
        Deviations plain = new Deviations(List.of());
        run(plain);
        int choices = plain.choices();
        for (int i = 0; i < LEARNING_RUNS && finding == null; i++) {
            run(new Priorities(random, 3, choices));
        }
        sharedFields.endOfLearning();
        return choices;
    }

    private boolean goesOn(int most, long deadline) {
        return finding == null && runs < most && System.nanoTime() - deadline < 0;
    }

    private void run(Strategy strategy) {
        sharedFields.newRun();
        World world = new World(strategy, sharedFields, buffers);
        finding = world.run(this::perform, REAL_NANOS);
        runs++;
        steps += world.steps();
        if (finding == null) {
            buffers.giveBack();
        }
    }

    private void perform() {
        try {
            Object instance = maker.newInstance();
            scenario.invoke(instance);
            end.invoke(instance);
        } catch (InvocationTargetException e) {
            throw new IllegalStateException("the scenario failed", e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("a scenario that cannot be run", e);
        }
    }
}
