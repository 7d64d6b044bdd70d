package org.cdevgate.internal;

import java.util.List;
import java.util.Objects;

/** Checks of arguments that a line of its own cannot make. Pure functions. */
public final class Arguments {
    private Arguments() {}

    /**
     * A copy of a list that has neither to be null nor to contain null.
     *
     * @param name of the argument
     * @return cannot be changed
     * @throws NullPointerException names the argument, and the index of an element: {@code
     *     gates[1]}
     */
    public static <T> List<T> elements(List<? extends T> list, String name) {
        int index = 0;
        for (T each : Objects.requireNonNull(list, name)) {
            if (each == null) {
                throw new NullPointerException(name + "[" + index + "]");
            }
            index++;
        }
        return List.copyOf(list);
    }
}
