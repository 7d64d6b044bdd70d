package org.cdevgate.cli;

import org.cdevgate.fuse.libc.Libc;
import org.slf4j.LoggerFactory;

/** Has JNR-FFI make its calls beside the rest of the start, of which it is the longest part. */
final class NativeCalls {
    private NativeCalls() {}

    /** Begins; who needs a call waits for it by itself. */
    static void load() {
        Thread loader =
                new Thread(
                        () -> {
                            try {
                                Libc.errno();
                            } catch (LinkageError e) {
                                // Who needs a call meets the same, and tells the user.
                                LoggerFactory.getLogger(NativeCalls.class).debug("no calls", e);
                            }
                        },
                        "native calls");
        loader.setDaemon(true);
        loader.start();
    }
}
