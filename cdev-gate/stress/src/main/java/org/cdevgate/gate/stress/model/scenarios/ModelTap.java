package org.cdevgate.gate.stress.model.scenarios;

import java.util.concurrent.atomic.AtomicInteger;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.GateBuilder;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.front.Caller;

/** A device that counts how often its files are opened, released and their data destroyed. */
final class ModelTap implements FileOperations {
    private final Witness witness;
    private final AtomicInteger opens = new AtomicInteger();
    private final AtomicInteger releases = new AtomicInteger();
    private final AtomicInteger destructors = new AtomicInteger();
    private final boolean late;
    private volatile boolean off;
    final FopsGate gate;

    ModelTap(Witness witness) {
        this(witness, false);
    }

    private ModelTap(Witness witness, boolean late) {
        this.witness = witness;
        this.late = late;
        GateBuilder builder = FopsGate.builder("tap", this).onTeardown(this::tearDown);
        gate = (late ? builder.lateRelease() : builder).build();
    }

    /** One whose files are released by the last close, be it after the removal. */
    static ModelTap withLateRelease(Witness witness) {
        return new ModelTap(witness, true);
    }

    @Override
    public int open(OpenFile file, Call call) {
        opens.incrementAndGet();
        file.setPrivateData("water", this::destroy);
        return 0;
    }

    @Override
    public void release(OpenFile file, Call call) {
        witness.require(late || !off, "a file was released after the teardown");
        witness.require(releases.incrementAndGet() == 1, "one open file was released twice");
    }

    private void destroy(String data) {
        witness.require(!off, "private data were destroyed after the teardown");
        witness.require(late || releases.get() == 1, "private data were destroyed before release");
        witness.require(destructors.incrementAndGet() == 1, "private data were destroyed twice");
    }

    private void tearDown() {
        checkAllDestroyed("in the teardown");
        off = true;
    }

    OpenFile open() {
        try {
            return gate.front().open(0, Caller.local());
        } catch (ErrnoException e) {
            throw new IllegalStateException("a new device refuses its first open", e);
        }
    }

    int opens() {
        return opens.get();
    }

    /**
     * A promise about each file that was opened: it is released, and its data are destroyed.
     *
     * @param moment for people: when it must hold
     */
    void checkAllReleased(String moment) {
        witness.require(releases.get() == opens.get(), moment + ": a file is not released");
        checkAllDestroyed(moment);
    }

    /** The part of it that a removal keeps also where release is late. */
    void checkAllDestroyed(String moment) {
        witness.require(late || releases.get() == opens.get(), moment + ": a file is not released");
        witness.require(destructors.get() == opens.get(), moment + ": data are not destroyed");
    }
}
