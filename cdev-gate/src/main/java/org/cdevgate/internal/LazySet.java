package org.cdevgate.internal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A concurrent set that takes no memory before its first element, for what most of ten thousand
 * devices never have. Its elements are seen as those of a {@link ConcurrentHashMap}: once added, by
 * whoever learns of the addition.
 */
public final class LazySet<E> {
    private static final VarHandle SET;

    static {
        try {
            SET = MethodHandles.lookup().findVarHandle(LazySet.class, "set", Set.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private volatile @Nullable Set<E> set;

    /** False if it was there already. */
    public boolean add(E element) {
        Set<E> made = set;
        while (made == null) {
            Set<E> ours = ConcurrentHashMap.newKeySet();
            SET.compareAndSet(this, null, ours);
            made = set; // of several first ones one has won
        }
        return made.add(element);
    }

    /** False if it was not there. */
    public boolean remove(E element) {
        Set<E> made = set;
        return made != null && made.remove(element);
    }

    /** How many there are now. */
    public int size() {
        return elements().size();
    }

    /** The elements now; iterating shows later changes or not. */
    public Set<E> elements() {
        Set<E> made = set;
        return made == null ? Set.of() : made;
    }

    /** {@link #elements()} as a stream. */
    public Stream<E> stream() {
        return elements().stream();
    }
}
