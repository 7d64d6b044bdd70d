package org.cdevgate.fuse.explore;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** All scenarios, by names such as {@code Polls.aPollerHearsOfData}. */
final class ScenarioList {
    private static final String PACKAGE = ScenarioList.class.getPackageName() + ".scenarios.";
    private static final List<String> CLASSES =
            List.of("Interrupts", "HandOvers", "Monitors", "Polls", "Ends");

    private ScenarioList() {}

    static List<String> names(ModelLoader loader) throws ReflectiveOperationException {
        List<String> names = new ArrayList<>();
        for (String name : CLASSES) {
            Stream.of(Class.forName(PACKAGE + name, false, loader).getDeclaredMethods())
                    .filter(method -> method.isAnnotationPresent(Explored.class))
                    .sorted(Comparator.comparing(Method::getName))
                    .forEach(method -> names.add(name + "." + method.getName()));
        }
        return names;
    }

    /**
     * Explores a scenario.
     *
     * @param runs how many schedules, or fewer if they take more than the seconds
     */
    static ScheduleExplorer.Result explore(
            ModelLoader loader, String name, int runs, int seconds, long seed)
            throws ReflectiveOperationException {
        int dot = name.indexOf('.');
        return new ScheduleExplorer(
                        loader, PACKAGE + name.substring(0, dot), name.substring(dot + 1))
                .explore(runs, System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds), seed);
    }
}
