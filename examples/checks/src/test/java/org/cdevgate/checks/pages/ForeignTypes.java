package org.cdevgate.checks.pages;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Types of the JDK, by their simple names. */
final class ForeignTypes {
    private static final List<String> PACKAGES =
            List.of(
                    "java.lang",
                    "java.util",
                    "java.util.concurrent",
                    "java.util.concurrent.atomic",
                    "java.util.concurrent.locks",
                    "java.util.function",
                    "java.lang.invoke",
                    "java.lang.ref",
                    "java.lang.management",
                    "java.io",
                    "java.net",
                    "java.nio",
                    "java.nio.channels",
                    "java.nio.charset",
                    "java.nio.file",
                    "java.nio.file.attribute",
                    "java.time",
                    "sun.misc");

    private ForeignTypes() {}

    private static Optional<Class<?>> find(String name) {
        return PACKAGES.stream()
                .<Class<?>>map(each -> load(each + "." + name))
                .filter(Objects::nonNull)
                .findFirst();
    }

    private static Class<?> load(String name) {
        try {
            return Class.forName(name, false, ClassLoader.getSystemClassLoader());
        } catch (ClassNotFoundException e) {
            return null;
        }
    }

    static boolean has(String name) {
        return find(name).isPresent();
    }

    static boolean hasMember(String name, String member) {
        return find(name).filter(type -> hasMember(type, member)).isPresent();
    }

    private static boolean hasMember(Class<?> type, String member) {
        if (type == null) {
            return false;
        }
        return Arrays.stream(type.getDeclaredMethods()).anyMatch(m -> m.getName().equals(member))
                || Arrays.stream(type.getDeclaredFields()).anyMatch(f -> f.getName().equals(member))
                || Arrays.stream(type.getDeclaredClasses())
                        .anyMatch(c -> c.getSimpleName().equals(member))
                || hasMember(type.getSuperclass(), member)
                || Arrays.stream(type.getInterfaces()).anyMatch(above -> hasMember(above, member));
    }
}
