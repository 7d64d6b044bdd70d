package org.cdevgate.mutants;

import java.net.URL;
import java.net.URLClassLoader;
import java.util.Arrays;

/**
 * Loads the library and its tests anew, some classes of it changed: so that each mutant has static
 * state of its own, in a JVM that is warm.
 */
final class BrokenLoader extends URLClassLoader {
    private static final String LIBRARY = "org.cdevgate.";
    private static final String COMMAND = "org.cdevgate.mutants.";

    /**
     * For one mutant.
     *
     * @param folders with the library's classes; of two of the same name the first counts
     */
    BrokenLoader(URL... folders) {
        super(
                "broken",
                Arrays.copyOf(folders, folders.length),
                BrokenLoader.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!name.startsWith(LIBRARY) || name.startsWith(COMMAND)) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            if (loaded == null) {
                loaded = findClass(name);
            }
            if (resolve) {
                resolveClass(loaded);
            }
            return loaded;
        }
    }

    @Override
    public URL getResource(String name) {
        URL own = findResource(name);
        return own != null ? own : super.getResource(name);
    }
}
