package org.cdevgate.gate.stress.oracle;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Something that a driver owns and has to free: its registers, the buffer of an open file. The
 * driver's author calls {@link #touch()} where the thing is used and {@link #free()} where it is
 * freed, or lets {@link #guard} do both. Reported are a use after it was freed, with both stacks, a
 * second free, and a resource that is not freed when the removal of its device has returned.
 *
 * <p>Nothing is thrown at the driver. Safe for any thread.
 */
public final class Resource {
    private final String name;
    private final DeviceLife life;
    private final Throwable made;
    private final AtomicReference<Throwable> freed = new AtomicReference<>();

    /**
     * @param name what is shown of it; findings are counted by it
     */
    public Resource(String name, DeviceLife life) {
        this.name = name;
        this.life = life;
        this.made = new Throwable();
        life.owns(this);
    }

    /** The driver uses it. */
    public void touch() {
        Throwable free = freed.get();
        if (free != null) {
            report(
                    Finding.Kind.TOUCHED_AFTER_FREE,
                    "was touched after it was freed",
                    "freed",
                    free,
                    "touched");
        } else if (life.isOver()) {
            report(
                    Finding.Kind.TOUCHED_AFTER_FREE,
                    "was touched after the removal had returned",
                    "made",
                    made,
                    "touched");
        }
    }

    /** The driver frees it. */
    public void free() {
        if (freed.compareAndSet(null, new Throwable())) {
            life.freed(this);
        } else {
            report(
                    Finding.Kind.FREED_TWICE,
                    "was freed twice",
                    "freed first",
                    freed.get(),
                    "freed again");
        }
    }

    private void report(
            Finding.Kind kind, String what, String earlier, Throwable then, String later) {
        Throwable now = new Throwable();
        life.findings()
                .report(
                        kind,
                        name,
                        name + " of " + life.name() + " " + what,
                        () -> Stacks.of(earlier, then) + Stacks.of(later, now));
    }

    /**
     * The target behind an interface, with each call counted as a touch, so that a driver which is
     * given its hardware by an interface needs no change. {@code close()} of an {@link
     * AutoCloseable} counts as free.
     *
     * @throws IllegalArgumentException if the type is not an interface, or in a module that does
     *     not open its package to the kit's
     */
    public <T> T guard(Class<T> type, T target) {
        if (!type.isInterface()) {
            throw new IllegalArgumentException(
                    type.getName()
                            + " is not an interface; call touch() and free() in the driver"
                            + " instead");
        }
        for (Method method : type.getMethods()) {
            if (!method.trySetAccessible()) {
                throw new IllegalArgumentException(
                        type.getName()
                                + " is in a module that does not open its package; add \"opens "
                                + type.getPackageName()
                                + " to org.cdevgate.gate.stress;\" or --add-opens, or call touch()"
                                + " and free() in the driver instead");
            }
        }
        Object proxy =
                Proxy.newProxyInstance(
                        type.getClassLoader(),
                        new Class<?>[] {type},
                        (self, method, arguments) -> {
                            boolean closes =
                                    target instanceof AutoCloseable
                                            && method.getName().equals("close")
                                            && method.getParameterCount() == 0;
                            if (closes) {
                                free();
                            } else if (method.getDeclaringClass() != Object.class) {
                                touch();
                            }
                            try {
                                if (method.getDeclaringClass() != Object.class) {
                                    method.setAccessible(true); // the interface may not be public
                                }
                                return method.invoke(target, arguments);
                            } catch (InvocationTargetException e) {
                                throw e.getCause();
                            }
                        });
        return type.cast(proxy);
    }

    String name() {
        return name;
    }

    Throwable made() {
        return made;
    }
}
