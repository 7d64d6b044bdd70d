package org.cdevgate.gate.stress.design;

import java.util.concurrent.atomic.AtomicInteger;
import org.cdevgate.abi.Errno;
import org.cdevgate.gate.stress.script.Script;

/** What the scenarios share: places to stop at, drivers, and what they find out first. */
final class Cast {
    private static final AtomicInteger MINOR = new AtomicInteger();

    static final int ENODEV = -Errno.ENODEV.number();

    static final String CALLER = "caller";
    static final String REMOVER = "remover";

    static final String INSIDE = "inside the driver";
    static final String IN_RELEASE = "in the driver's release";
    static final String IN_TEARDOWN = "in the teardown";

    private Cast() {}

    /** A number of its own for each device: a scenario that ends early leaves one registered. */
    static int minor() {
        return MINOR.incrementAndGet();
    }

    /** An actor that removes the device. */
    static void remover(Script script, String name, ModelDevice device) {
        script.actor(
                name,
                () -> {
                    try {
                        device.remove();
                    } catch (InterruptedException e) {
                        // The scenario has seen enough and ends a wait that nothing else would.
                    }
                });
    }

    /** Opens a device that is there. */
    static ModelFile open(ModelDevice device) {
        ModelFile file = device.open();
        if (file == null) {
            throw new IllegalStateException("a registered device refuses to be opened");
        }
        return file;
    }

    /** Whether the design has an operation. */
    static boolean models(Design design, Op op) throws InterruptedException {
        ModelDevice device = design.register(minor(), new ModelDriver() {});
        try {
            open(device).call(op);
            return true;
        } catch (NotModelledException e) {
            return false;
        } finally {
            device.remove();
        }
    }

    /**
     * The operation to ask with: one that the design protects, which is seen from its answer after
     * a removal, because whether it protects each is a question of its own.
     */
    static Op op(Design design) {
        Op unprotected = null;
        try {
            for (Op op : Op.values()) {
                if (models(design, op)) {
                    ModelDevice device = design.register(minor(), new ModelDriver() {});
                    ModelFile file = open(device);
                    device.remove();
                    if (file.call(op) < 0) {
                        return op;
                    }
                    unprotected = unprotected == null ? op : unprotected;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
        if (unprotected == null) {
            throw new NotModelledException("an operation");
        }
        return unprotected;
    }

    /** A driver that can be stopped, and looks then whether its device is still there. */
    static class StoppedDriver implements ModelDriver {
        final Script script;
        final AtomicInteger releases = new AtomicInteger();
        final AtomicInteger teardowns = new AtomicInteger();
        volatile boolean tornDown;
        volatile boolean releasedAfterTeardown;

        /** What was done after the teardown; null if nothing was. */
        volatile String tooLate;

        StoppedDriver(Script script) {
            this.script = script;
        }

        @Override
        public int call(Op op, ModelDevice device, ModelFile file) throws InterruptedException {
            script.at(INSIDE);
            use("a " + op);
            return 0;
        }

        void use(String what) {
            if (tornDown) {
                tooLate = what + " used the device after its teardown";
            }
        }

        @Override
        public void release(ModelFile file) {
            releasedAfterTeardown |= tornDown;
            script.at(IN_RELEASE);
            use("a release");
            releases.incrementAndGet();
        }

        @Override
        public void tearDown() {
            teardowns.incrementAndGet();
            script.at(IN_TEARDOWN);
            tornDown = true;
        }
    }
}
