package org.cdevgate.gate;

import java.util.concurrent.Callable;

/**
 * What a web application does on a thread of its container's pool; loaded by a loader of its own.
 */
public final class LoaderGuest implements Callable<Integer> {
    @Override
    public Integer call() throws Exception {
        WaitQueue queue = new WaitQueue("never");
        FopsGate gate =
                Reading.gate(
                        "device",
                        (file, call) -> {
                            call.await(
                                    queue,
                                    () -> false,
                                    1,
                                    java.util.concurrent.TimeUnit.MICROSECONDS);
                            return 1;
                        });
        gate.exit(gate.enter());
        OpenFile file = Answers.open(gate);
        int read = Answers.read(file);
        gate.front().close(file);
        gate.unregisterSync();
        try {
            gate.exit(gate.enter());
            throw new AssertionError("it is removed");
        } catch (org.cdevgate.abi.ErrnoException e) {
            return read;
        }
    }
}
