package org.cdevgate.gate.stress.workload;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.calls.Verb;

/**
 * What a run has done to each verb that its driver has: calls that came to the driver, calls that
 * were seen asleep, and calls that were asleep when the removal of their device began. A run that
 * has too little of it has shown nothing. Safe for any thread.
 *
 * <p>Whether a call is asleep is seen from its thread's state, so a driver that waits in a busy
 * loop is not seen to sleep; that it is not woken is found all the same.
 */
public final class Exercise {
    /** Less may be a thread that parked for a moment on a lock. */
    private static final int CERTAINLY_SLEEPS = 10;

    private final Counts counts;
    private final Set<Verb> sleeping;
    private final Set<Verb> implemented = EnumSet.noneOf(Verb.class); // guarded by itself

    Exercise(Counts counts, Set<Verb> sleeping) {
        this.counts = counts;
        this.sleeping = sleeping;
    }

    // told by the run

    void driver(FileOperations driver) {
        Set<Verb> verbs = implementedBy(driver.getClass());
        synchronized (implemented) {
            implemented.addAll(verbs);
        }
    }

    void called(Verb verb, long times) {
        counts.add(calls(verb), times);
    }

    void seenAsleep(String verb) {
        counts.add(verb + ": seen asleep");
    }

    void asleepAtRemoval(String verb) {
        counts.add(verb + ": asleep at a removal");
    }

    // asked at its end

    /** The verbs that the driver has, in the order of {@link Verb}. */
    public List<Verb> implemented() {
        synchronized (implemented) {
            return List.copyOf(implemented);
        }
    }

    private static String calls(Verb verb) {
        return verb + ": came to the driver";
    }

    /** Calls of a verb that came to the driver, of devices that are removed. */
    public long callsOf(Verb verb) {
        return counts.of(calls(verb));
    }

    /** How often a call of a verb was seen asleep. */
    public long seenAsleep(Verb verb) {
        return counts.of(verb + ": seen asleep");
    }

    /** Calls of a verb that were asleep when the removal of their device began. */
    public long asleepAtRemoval(Verb verb) {
        return counts.of(verb + ": asleep at a removal");
    }

    /** What is missing, each with its remedy; empty if it was enough. */
    List<String> lacks() {
        List<String> lacks = new ArrayList<>();
        for (Verb verb : implemented()) {
            if (callsOf(verb) == 0) {
                lacks.add(verb + " was never called; run longer, or on an idler machine");
            } else if (asleepAtRemoval(verb) == 0 && seenAsleep(verb) >= CERTAINLY_SLEEPS) {
                lacks.add(verb + " sleeps, and no removal met it asleep; run longer");
            }
        }
        for (Verb verb : sleeping) {
            if (asleepAtRemoval(verb) == 0) {
                lacks.add(
                        verb
                                + " slept never; run longer, or let the factory make devices on"
                                + " which it has to wait (no data, no space)");
            }
        }
        return lacks;
    }

    /** The verbs that a class overrides. */
    static Set<Verb> implementedBy(Class<? extends FileOperations> driver) {
        Set<Verb> verbs = EnumSet.noneOf(Verb.class);
        for (Method method : FileOperations.class.getMethods()) {
            if (!Modifier.isStatic(method.getModifiers()) && isOverridden(method, driver)) {
                verbs.add(Verb.valueOf(method.getName().toUpperCase(Locale.ROOT)));
            }
        }
        return verbs;
    }

    private static boolean isOverridden(Method method, Class<?> driver) {
        try {
            return driver.getMethod(method.getName(), method.getParameterTypes())
                            .getDeclaringClass()
                    != FileOperations.class;
        } catch (NoSuchMethodException e) {
            throw new AssertionError(driver + " is a FileOperations and inherits " + method, e);
        }
    }
}
