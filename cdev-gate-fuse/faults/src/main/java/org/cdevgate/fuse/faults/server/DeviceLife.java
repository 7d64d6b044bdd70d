package org.cdevgate.fuse.faults.server;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.Verb;

/**
 * The books on one device: which verbs are inside, which files are open. Tells of each verb outside
 * the device's life, each release that is one too many or too few. Keeps its own count and asks the
 * library nothing.
 *
 * <p>Life: <em>registered</em> → {@link #tearDown} → <em>torn down</em>. All methods may be called
 * by any thread.
 */
final class DeviceLife {
    private final String name;
    private final boolean lateRelease;
    private final Consumer<String> violations;
    private final AtomicInteger inside = new AtomicInteger();
    private final Map<OpenFile, FileLife> files = new ConcurrentHashMap<>();
    private volatile boolean tornDown;

    private static final class FileLife {
        final AtomicInteger inside = new AtomicInteger();
        final AtomicInteger releases = new AtomicInteger();
        final AtomicInteger destructions = new AtomicInteger();
    }

    /**
     * @param lateRelease whether release may come after the teardown
     * @param violations gets a line for each
     */
    DeviceLife(String name, boolean lateRelease, Consumer<String> violations) {
        this.name = name;
        this.lateRelease = lateRelease;
        this.violations = violations;
    }

    /** The driver is entered. */
    void enter(Verb verb, OpenFile file) {
        inside.incrementAndGet();
        boolean late = lateRelease && verb == Verb.RELEASE;
        if (tornDown && !late) {
            violation(verb + " entered the driver after the teardown");
        }
        FileLife life = files.get(file);
        if (verb == Verb.OPEN) {
            return;
        }
        if (life == null) {
            violation(verb + " of a file that was never opened: " + file);
            return;
        }
        int others = life.inside.getAndIncrement();
        if (verb == Verb.RELEASE) {
            if (others != 0) {
                violation("release beside " + others + " other calls of the file");
            }
        } else if (life.releases.get() != 0) {
            violation(verb + " after release of the file");
        }
    }

    /** The driver is left. */
    void exit(Verb verb, OpenFile file) {
        FileLife life = files.get(file);
        if (verb != Verb.OPEN && life != null) {
            life.inside.decrementAndGet();
        }
        inside.decrementAndGet();
    }

    /** An open is about to succeed. */
    void opened(OpenFile file) {
        if (files.put(file, new FileLife()) != null) {
            violation("a file was opened twice: " + file);
        }
    }

    /** The driver's release runs. */
    void released(OpenFile file) {
        FileLife life = files.get(file);
        if (life != null && life.releases.incrementAndGet() != 1) {
            violation("release for the second time");
        }
    }

    /** The destructor of the file's private data runs. */
    void destructed(OpenFile file) {
        FileLife life = files.get(file);
        if (life == null) {
            violation("a destructor of a file that was never opened");
        } else if (life.destructions.incrementAndGet() != 1) {
            violation("a destructor for the second time");
        }
    }

    /** The device's teardown runs. */
    void tearDown() {
        if (tornDown) {
            violation("the teardown ran twice");
        }
        checkDrained("the teardown began");
        tornDown = true;
    }

    /** A remover came back with "removed". */
    void removed() {
        if (!tornDown) {
            violation("a removal returned before the teardown");
        }
        checkDrained("a removal returned");
    }

    private void checkDrained(String when) {
        int calls = inside.get();
        if (calls != 0 && !lateRelease) {
            violation(when + " with " + calls + " calls in the driver");
        }
        for (FileLife life : files.values()) {
            if (life.releases.get() != 1 && !lateRelease) {
                violation(when + " with a file released " + life.releases + " times");
            }
            if (life.destructions.get() != 1) {
                violation(when + " with a destructor run " + life.destructions + " times");
            }
        }
    }

    /** Whether each opened file was released. */
    boolean isEachReleased() {
        return files.values().stream().allMatch(life -> life.releases.get() >= 1);
    }

    /** At the end of everything. */
    void end() {
        for (FileLife life : files.values()) {
            if (life.releases.get() != 1 || life.destructions.get() != 1) {
                violation(
                        "at the end a file was released "
                                + life.releases
                                + " times, its destructor ran "
                                + life.destructions
                                + " times");
            }
        }
        if (inside.get() != 0) {
            violation("at the end " + inside + " calls are in the driver");
        }
    }

    private void violation(String what) {
        violations.accept("device " + name + ": " + what);
    }
}
