package org.cdevgate.gate.stress.model;

import java.lang.ref.ReferenceQueue;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/**
 * The static fields of the code under test. Those that hold state, arrays among them, get a copy
 * for each run; the field itself keeps what its class gave it in the beginning. The others have to
 * be constants. A field that may be neither is refused, so that new state is not overlooked; only
 * objects of the code's own classes are taken for constants unseen.
 */
final class StaticFields {
    /** Types of fields that hold state; {@link #copy} knows each. */
    private static final Set<String> STATE =
            Set.of(
                    "java/util/concurrent/atomic/AtomicBoolean",
                    "java/util/concurrent/atomic/AtomicInteger",
                    "java/util/concurrent/atomic/AtomicLong",
                    "java/util/concurrent/atomic/AtomicReference",
                    "java/util/concurrent/ConcurrentHashMap",
                    "java/util/concurrent/ConcurrentLinkedQueue",
                    "java/util/concurrent/locks/ReentrantLock",
                    "java/lang/ThreadLocal",
                    "java/lang/ref/ReferenceQueue");

    /** Types of the JDK that hold none. */
    private static final Set<String> CONSTANTS =
            Set.of(
                    "java/lang/String",
                    "java/lang/Class",
                    "java/lang/invoke/MethodHandle",
                    "java/lang/invoke/VarHandle",
                    "java/util/concurrent/atomic/AtomicLongFieldUpdater",
                    "java/time/Duration",
                    "java/util/regex/Pattern");

    /** What List.of, Set.of and Map.of make. */
    private static final String UNCHANGEABLE = "java.util.ImmutableCollections$";

    /** Fields that do not change from run to run, or not in what a run sees of them. */
    private static final Set<String> SAME_IN_ALL_RUNS =
            Set.of(
                    "org/cdevgate/gate/diagnostics/internal/FlightEvents.registered", // no recorder
                    "org/cdevgate/gate/accounting/CallRecord.frames", // set once
                    "org/cdevgate/gate/OpenFile.NO_DESTRUCTOR", // does nothing
                    "org/cdevgate/gate/Verbs.NO_DATA", // has no room
                    "org/cdevgate/gate/SleepTimer.TIMER", // nobody sleeps for a limited time
                    "org/cdevgate/gate/ParkedSleep.TIME", // nobody stands on it
                    "org/cdevgate/internal/SlowStep.CLOCK", // nothing takes long in a run
                    "org/cdevgate/internal/Publications.COUNTS", // by gates, new ones in each run
                    "org/cdevgate/devres/DevresDebug.current"); // nobody switches it on

    private final Map<String, Integer> numbers = new HashMap<>();
    private final Map<String, String> unknown = new HashMap<>();

    /**
     * A class declares a static field.
     *
     * @throws IllegalStateException if it can hold state that nobody would take back
     */
    void declared(String owner, String name, String descriptor, int access) {
        Type type = Type.getType(descriptor);
        if (SAME_IN_ALL_RUNS.contains(owner + "." + name)) {
            return;
        }
        if ((access & Opcodes.ACC_FINAL) == 0) {
            throw mayHoldState(owner + "." + name, type.getClassName());
        }
        if (type.getSort() == Type.OBJECT
                && type.getInternalName().startsWith("java/")
                && !holdsState(descriptor)
                && !CONSTANTS.contains(type.getInternalName())) {
            unknown.put(owner + "." + name, type.getClassName());
        }
    }

    /** Whether a field of this type is to be read from {@link RunState}. */
    boolean holdsState(String descriptor) {
        Type type = Type.getType(descriptor);
        return type.getSort() == Type.ARRAY
                || (type.getSort() == Type.OBJECT && STATE.contains(type.getInternalName()));
    }

    /** The number under which {@link RunState} has a field. */
    int number(String owner, String name) {
        return numbers.computeIfAbsent(
                owner + "." + name, field -> RunState.register(() -> copy(field, read(field))));
    }

    /**
     * Looks at the values of fields whose type does not tell enough.
     *
     * @throws IllegalStateException if one is not a constant
     */
    void check() {
        // A copy: to look may load further classes.
        Map.copyOf(unknown)
                .forEach(
                        (field, type) -> {
                            Object value = read(field);
                            if (value == null
                                    || !value.getClass().getName().startsWith(UNCHANGEABLE)) {
                                throw mayHoldState(field, type);
                            }
                        });
    }

    private static Object read(String field) {
        int dot = field.lastIndexOf('.');
        try {
            Class<?> owner = Class.forName(field.substring(0, dot).replace('/', '.'));
            Field declared = owner.getDeclaredField(field.substring(dot + 1));
            declared.setAccessible(true);
            return declared.get(null);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("static field " + field + " cannot be read", e);
        }
    }

    private static Object copy(String field, Object value) {
        if (value.getClass().isArray()) {
            int length = Array.getLength(value);
            Object copy = Array.newInstance(value.getClass().getComponentType(), length);
            System.arraycopy(value, 0, copy, 0, length);
            return copy;
        }
        if (value instanceof AtomicBoolean held) {
            return new AtomicBoolean(held.get());
        }
        if (value instanceof AtomicInteger held) {
            return new AtomicInteger(held.get());
        }
        if (value instanceof AtomicLong held) {
            return new AtomicLong(held.get());
        }
        if (value instanceof AtomicReference<?> held) {
            return new AtomicReference<Object>(held.get());
        }
        if (value instanceof ConcurrentHashMap<?, ?> held) {
            return new ConcurrentHashMap<Object, Object>(held);
        }
        if (value instanceof ConcurrentLinkedQueue<?> held) {
            return new ConcurrentLinkedQueue<Object>((Collection<?>) held);
        }
        if (value instanceof ReentrantLock held) {
            return new ReentrantLock(held.isFair());
        }
        if (value instanceof ReferenceQueue) {
            return new ReferenceQueue<Object>();
        }
        if (value.getClass() == ThreadLocal.class) { // one that begins with null
            return new ThreadLocal<Object>();
        }
        throw mayHoldState(field, value.getClass().getName());
    }

    private static IllegalStateException mayHoldState(String field, String type) {
        return new IllegalStateException(
                "static field "
                        + field.replace('/', '.')
                        + " of type "
                        + type
                        + " may hold state that one run leaves to the next; tell StaticFields what"
                        + " it is");
    }
}
