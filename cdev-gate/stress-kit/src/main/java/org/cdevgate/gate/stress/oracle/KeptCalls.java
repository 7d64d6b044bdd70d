package org.cdevgate.gate.stress.oracle;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.ConcurrentModificationException;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.cdevgate.gate.Call;

/**
 * Finds calls that an object of the driver's keeps: walks its fields, and what they refer to, as
 * far as that is the driver's own, an array or a collection of the JDK's. It may miss one that is
 * hidden deeper, and what is behind a module's wall.
 */
final class KeptCalls {
    /** So that a driver with a large table costs no more than a call of the workload. */
    private static final int MOST_OBJECTS = 2_000;

    private record Reached(Object object, String path) {}

    private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Deque<Reached> toDo = new ArrayDeque<>();
    private final List<String> found = new ArrayList<>();

    private KeptCalls() {}

    /**
     * Where calls are kept.
     *
     * @param root may be null
     * @return paths such as {@code Keypad.lastCall}; empty if there are none
     */
    static List<String> in(Object root) {
        KeptCalls search = new KeptCalls();
        search.reach(root, root == null ? "" : root.getClass().getSimpleName());
        while (!search.toDo.isEmpty() && search.seen.size() < MOST_OBJECTS) {
            search.walk(search.toDo.remove());
        }
        return search.found;
    }

    private void reach(Object object, String path) {
        if (object instanceof Call) {
            found.add(path);
        } else if (object != null && !isLeaf(object.getClass()) && seen.add(object)) {
            toDo.add(new Reached(object, path));
        }
    }

    /**
     * What cannot lead to a call by the driver's doing: the library's and the kit's objects too.
     */
    private static boolean isLeaf(Class<?> type) {
        if (type.isArray()) {
            return type.getComponentType().isPrimitive();
        }
        String name = type.getPackageName();
        return type.isEnum()
                || type == Resource.class
                || name.equals("org.cdevgate.gate")
                || name.equals("org.cdevgate.internal")
                || name.equals("org.cdevgate.gate.stress.workload");
    }

    private void walk(Reached reached) {
        Object object = reached.object();
        if (object instanceof Object[] array) {
            for (int i = 0; i < array.length; i++) {
                reach(Array.get(array, i), reached.path() + "[]");
            }
        } else if (isOfTheJdk(object.getClass())) {
            walkJdk(object, reached.path());
        } else {
            walkFields(object, reached.path());
        }
    }

    private static boolean isOfTheJdk(Class<?> type) {
        ClassLoader loader = type.getClassLoader();
        return loader == null || loader == ClassLoader.getPlatformClassLoader();
    }

    private void walkJdk(Object object, String path) {
        try {
            if (object instanceof Map<?, ?> map) {
                map.forEach(
                        (key, value) -> {
                            reach(key, path + "[]");
                            reach(value, path + "[]");
                        });
            } else if (object instanceof Collection<?> collection) {
                collection.forEach(element -> reach(element, path + "[]"));
            } else if (object instanceof AtomicReference<?> reference) {
                reach(reference.get(), path);
            }
        } catch (ConcurrentModificationException e) {
            // A timer of the driver's is at it: what was seen so far counts, and the removal of the
            // next device looks again.
        }
    }

    private void walkFields(Object object, String path) {
        for (Class<?> type = object.getClass();
                type != null && !isOfTheJdk(type);
                type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                if (!field.getType().isPrimitive()) {
                    reach(valueOf(field, object), path + "." + field.getName());
                }
            }
        }
    }

    /** Null also for what may not be read. */
    private static Object valueOf(Field field, Object object) {
        try {
            field.setAccessible(true);
            return field.get(Modifier.isStatic(field.getModifiers()) ? null : object);
        } catch (InaccessibleObjectException | IllegalAccessException e) {
            return null; // in a module that does not open its package to the kit
        }
    }
}
