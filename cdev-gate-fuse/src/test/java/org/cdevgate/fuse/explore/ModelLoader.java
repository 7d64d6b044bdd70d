package org.cdevgate.fuse.explore;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Loads the code under test and its scenarios once more, rewritten to be explored. What talks to
 * the system stays outside: it is loaded by the parent, or hollow (see {@link Rewriter#OUTSIDE}).
 */
final class ModelLoader extends ClassLoader {
    static final String CODE = "org/cdevgate/";
    private static final String HERE = "org/cdevgate/fuse/explore/";
    private static final String SCENARIOS = HERE + "scenarios/";

    /** Packages that talk to the system. */
    private static final Set<String> SYSTEM =
            Set.of(
                    "org/cdevgate/fuse/channel",
                    "org/cdevgate/fuse/libc",
                    "org/cdevgate/fuse/memory",
                    "org/cdevgate/fuse/mount",
                    "org/cdevgate/fuse/waiting");

    private static final Map<String, byte[]> REWRITTEN = new ConcurrentHashMap<>();

    private final Map<String, byte[]> changed;
    private final Rewriter rewriter = new Rewriter(this::classFile);

    /**
     * @param changed class files, by internal names, in the place of those of the class path
     */
    ModelLoader(Map<String, byte[]> changed) {
        super(ModelLoader.class.getClassLoader());
        this.changed = changed;
    }

    private static boolean isExplored(String name) {
        if (!name.startsWith(CODE)) {
            return false;
        }
        if (name.startsWith(HERE)) {
            return name.startsWith(SCENARIOS);
        }
        return Rewriter.OUTSIDE.contains(name)
                || !SYSTEM.contains(name.substring(0, name.lastIndexOf('/')));
    }

    /** Where threads are switched also between two accesses to memory. */
    private static boolean hasPoints(String name) {
        return name.startsWith("org/cdevgate/fuse/session/")
                || name.startsWith("org/cdevgate/fuse/nodes/");
    }

    private byte[] classFile(String name) {
        byte[] bytes = changed.get(name);
        if (bytes != null) {
            return bytes;
        }
        try (InputStream in = getParent().getResourceAsStream(name + ".class")) {
            return in == null ? null : in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        String internal = name.replace('.', '/');
        if (!isExplored(internal)) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            if (loaded == null) {
                byte[] bytes = rewritten(internal);
                if (bytes == null) {
                    throw new ClassNotFoundException(name);
                }
                loaded = defineClass(name, bytes, 0, bytes.length);
            }
            return loaded;
        }
    }

    private byte[] rewritten(String name) {
        if (changed.containsKey(name)) {
            return rewriter.rewrite(changed.get(name), hasPoints(name));
        }
        return REWRITTEN.computeIfAbsent(
                name,
                key -> {
                    byte[] bytes = classFile(name);
                    return bytes == null ? null : rewriter.rewrite(bytes, hasPoints(name));
                });
    }
}
