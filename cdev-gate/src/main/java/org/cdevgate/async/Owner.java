package org.cdevgate.async;

import java.util.Objects;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.device.BoundCaller;
import org.cdevgate.device.BoundDevice;
import org.cdevgate.gate.DriverAction;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.Hold;
import org.cdevgate.internal.StackRoom;
import org.jspecify.annotations.Nullable;

/**
 * Whose a timer or a work queue is: a binding, whose managed resources end it, or a gate, whose
 * removal waits for what was begun.
 */
interface Owner {
    /** Something that was queued or set; each is ended once. */
    @FunctionalInterface
    interface Claim {
        /** It has run, or was taken back. */
        void end();
    }

    /** What is run. */
    @FunctionalInterface
    interface Body {
        /**
         * Runs it.
         *
         * @param bound a proof if the owner is a binding; null if it is a gate
         */
        void run(@Nullable BoundDevice bound) throws Exception;

        /** Of a function that needs the proof, for an owner that gives proofs. */
        static Body withProof(BoundCaller.Function<Exception> function) {
            return bound -> function.run(Objects.requireNonNull(bound, "bound"));
        }
    }

    /**
     * Allows something to be queued or set.
     *
     * @param what by its text, for reports
     * @param onRemoval runs when the owner's removal begins, if it has not ended: to take back what
     *     is set for later. Not for a binding, which ends timers and queues themselves
     * @return null if the owner is going
     */
    @Nullable Claim claim(Object what, Runnable onRemoval);

    /** Runs something that was claimed, on this thread; not if its owner is gone. */
    void run(Claim claim, Body body) throws Exception;

    /**
     * Refuses to wait for the end of what this thread is in.
     *
     * @throws org.cdevgate.gate.removal.SelfRemovalException if it is in something of this timer or
     *     queue
     */
    void checkNotInside(String method);

    /** The timer or queue has ended before its owner, which forgets it. */
    void ended();

    /** Whether its functions get a proof that a device is bound. */
    boolean givesProofs();

    /** How long a wait for its end may take until it is reported, in nanoseconds. */
    long slowNanos();

    /** A binding's. */
    static Owner of(BoundCaller caller) {
        return new Binding(caller);
    }

    /** A gate's. */
    static Owner of(FopsGate gate, String name) {
        return new Gate(gate, name);
    }

    /** The calls enter by a caller of the binding's. */
    final class Binding implements Owner {
        private static final Claim NOTHING = () -> {};

        private final BoundCaller caller;

        private Binding(BoundCaller caller) {
            this.caller = caller;
        }

        @Override
        public Claim claim(Object what, Runnable onRemoval) {
            return NOTHING;
        }

        @Override
        public void run(Claim claim, Body body) throws Exception {
            caller.<Exception>tryRun(body::run);
        }

        @Override
        public void checkNotInside(String method) {
            caller.checkNotInside(method);
        }

        @Override
        public void ended() {
            caller.shut();
        }

        @Override
        public boolean givesProofs() {
            return true;
        }

        @Override
        public long slowNanos() {
            return caller.slowDrain().toNanos();
        }

        @Override
        public String toString() {
            return caller.toString();
        }
    }

    /**
     * Each claim is a hold of the gate, and what runs is a part of its work. So no removal ends
     * before it, a report names it, and whoever removes the device from inside is told so.
     */
    final class Gate implements Owner {
        private final FopsGate gate;

        /** Tells who is inside this timer or queue, and not only inside the device. */
        private final FopsGate own;

        private Gate(FopsGate gate, String name) {
            this.gate = gate;
            this.own = FopsGate.of(name, new FileOperations() {});
        }

        private static final class Held implements Claim {
            private @Nullable Hold hold; // null only in claim()

            @Override
            public void end() {
                Hold taken = hold;
                if (taken != null) {
                    taken.close();
                }
            }

            void run(DriverAction part) throws Exception {
                Objects.requireNonNull(hold, "hold").run(part);
            }
        }

        @Override
        public @Nullable Claim claim(Object what, Runnable onRemoval) {
            StackRoom.requireToLink(); // so that it can be ended in a frame that is not deeper
            Held held = new Held(); // first: with the hold taken nothing may fail
            try {
                held.hold = gate.hold(what.toString(), onRemoval::run);
                return held;
            } catch (ErrnoException e) {
                return null; // ENODEV, its only one
            }
        }

        @Override
        public void run(Claim claim, Body body) throws Exception {
            ((Held) claim).run(() -> own.<Exception>tryRun(() -> body.run(null)));
        }

        @Override
        public void checkNotInside(String method) {
            own.checkNotInside(method);
        }

        @Override
        public void ended() {
            own.unregisterSync();
        }

        @Override
        public boolean givesProofs() {
            return false;
        }

        @Override
        public long slowNanos() {
            return gate.slowDrain().toNanos();
        }

        @Override
        public String toString() {
            return own.name() + " of " + gate.name();
        }
    }
}
