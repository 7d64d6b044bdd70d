package org.cdevgate.gate.stress.fray;

import java.nio.ByteBuffer;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.front.Caller;
import org.cdevgate.gate.stress.fray.Basin.Sleep;

/**
 * Cases about a call that sleeps in another device's verb while its own device is removed. Each
 * method is one schedule of it, on new devices.
 */
public final class NestedCases {
    private NestedCases() {}

    /** A device whose read takes an item of another one, its supplier. */
    private static final class Consumer implements FileOperations {
        private final Actors actors;
        private final Basin supplier;
        private final OpenFile atSupplier;
        private final Sleep sleep;
        private volatile boolean inside;
        private volatile boolean off;
        final FopsGate gate;

        Consumer(Actors actors, Basin supplier, Sleep sleep) {
            this.actors = actors;
            this.supplier = supplier;
            this.atSupplier = supplier.open();
            this.sleep = sleep;
            gate = FopsGate.builder("consumer", this).onTeardown(this::tearDown).build();
        }

        private void tearDown() {
            actors.require(!inside, "the consumer was torn down while its call slept elsewhere");
            off = true;
        }

        @Override
        public int read(OpenFile file, ByteBuffer dst, long position, Call call)
                throws ErrnoException {
            inside = true;
            actors.require(!off, "a call used the consumer after its teardown");
            try {
                return supplier.take(atSupplier, sleep);
            } finally {
                inside = false;
            }
        }

        /** Takes an item; false if the removal ended the sleep. */
        boolean takeOne() {
            try {
                OpenFile file = gate.front().open(0, Caller.local());
                return gate.front().read(file, ByteBuffer.allocate(1), 0, Caller.local()) == 1;
            } catch (ErrnoException e) {
                actors.require(
                        e.errno() == Errno.ENODEV.number() && gate.isRemoving(),
                        "a live consumer answered " + e);
                return false;
            }
        }
    }

    /**
     * The call of the one that leaves sleeps parked, the supplier's own reader without a thread.
     */
    public static void parkedInAnother() {
        nested(Sleep.PARKED, Sleep.WITHOUT_THREAD);
    }

    /** The other way round. */
    public static void requestInAnother() {
        nested(Sleep.WITHOUT_THREAD, Sleep.PARKED);
    }

    /**
     * A call of the consumer's and a reader of the supplier's sleep in the supplier for one item,
     * each alone, and the consumer is removed: its call comes back, with an item or without, and
     * the supplier serves its own reader as if nothing had been.
     */
    private static void nested(Sleep ofTheCall, Sleep ofTheReader) {
        Actors actors = new Actors();
        Basin supplier = new Basin(actors);
        Consumer consumer = new Consumer(actors, supplier, ofTheCall);
        OpenFile file = supplier.open();
        actors.with(
                        "caller",
                        () -> {
                            if (consumer.takeOne()) {
                                supplier.add(); // it took the reader's: here is one more
                            }
                        })
                .with(
                        "reader",
                        () ->
                                actors.require(
                                        supplier.takeOne(file, ofTheReader),
                                        "a reader of the supplier, which stays, was sent away"))
                .with("waker", supplier::add)
                .with(
                        "remover",
                        () -> {
                            consumer.gate.unregisterSync();
                            actors.require(consumer.off, "a remover came back before the teardown");
                        })
                .run();
        actors.require(supplier.items() == 0, "items are left, and all have ended");
    }
}
