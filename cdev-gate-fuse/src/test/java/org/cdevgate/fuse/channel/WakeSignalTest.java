package org.cdevgate.fuse.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Field;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The class loaders of one process, as web applications have them. */
class WakeSignalTest {
    /** One more than there are signals to take. */
    private static final int LOADERS = 21;

    @Test
    void manyClassLoadersHaveOneSignal() throws Exception {
        Set<Object> signals = new HashSet<>();
        for (int i = 0; i < LOADERS; i++) {
            Field number =
                    new OwnCopy().loadClass(WakeSignal.class.getName()).getDeclaredField("NUMBER");
            number.setAccessible(true);
            signals.add(number.get(null));
        }
        assertEquals(1, signals.size(), "signals taken: " + signals);
    }

    /** Has classes of this package of its own, and shares the others. */
    private static final class OwnCopy extends ClassLoader {
        private static final String PACKAGE = WakeSignal.class.getPackageName() + ".";

        OwnCopy() {
            super(WakeSignalTest.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith(PACKAGE)) {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                return loaded != null ? loaded : define(name);
            }
        }

        private Class<?> define(String name) throws ClassNotFoundException {
            String file = name.replace('.', '/') + ".class";
            try (InputStream in = getParent().getResourceAsStream(file)) {
                if (in == null) {
                    throw new ClassNotFoundException(name);
                }
                byte[] bytes = in.readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }
}
