package org.cdevgate.gate.stress;

import java.util.concurrent.atomic.AtomicInteger;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.front.Caller;

/** A device that counts how often its files are opened, released and destroyed. */
final class Tap implements FileOperations {
    final FopsGate gate = FopsGate.of("tap", this);
    final AtomicInteger opens = new AtomicInteger();
    final AtomicInteger releases = new AtomicInteger();
    final AtomicInteger destructors = new AtomicInteger();

    /** Written by the destructor and no volatile: who reads 1 is ordered after it. */
    int destroyed;

    @Override
    public int open(OpenFile file, Call call) {
        opens.incrementAndGet();
        file.setPrivateData("water", this::destroy);
        return 0;
    }

    @Override
    public void release(OpenFile file, Call call) {
        releases.incrementAndGet();
    }

    private void destroy(String data) {
        destructors.addAndGet(releases.get()); // 0 if it comes before release
        destroyed++;
    }

    OpenFile openLocally() {
        try {
            return gate.front().open(0, Caller.local());
        } catch (ErrnoException e) {
            throw new AssertionError(e);
        }
    }
}
