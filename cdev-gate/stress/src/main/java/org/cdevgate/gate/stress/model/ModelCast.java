package org.cdevgate.gate.stress.model;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.cdevgate.gate.stress.model.scenarios.Model;

/** The scenarios that are explored together, by number. The model checker does not look in here. */
final class ModelCast {
    private static List<Supplier<Model>> makers = List.of();
    private static List<Model> models = List.of();
    private static List<Object> samples = List.of();
    private static int running;

    private ModelCast() {}

    /** What is explored next. */
    static synchronized void set(List<Supplier<Model>> newMakers) {
        makers = List.copyOf(newMakers);
        List<Model> made = new ArrayList<>();
        for (Supplier<Model> each : makers) {
            RunState.begin();
            made.add(each.get());
        }
        models = made;
        samples = new ArrayList<>(models);
        samples.addAll(RunState.samples());
    }

    static synchronized int threads(int number) {
        return models.get(number).threads();
    }

    static synchronized List<Object> samples() {
        return samples;
    }

    /** A run begins. */
    static synchronized Model make(int number) {
        running = number;
        RunState.begin();
        return makers.get(number).get();
    }

    /** The scenario whose run began last. */
    static synchronized int running() {
        return running;
    }
}
