package org.cdevgate.fuse;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the JVM does at its end with something that is being opened, is open, or is gone.
 *
 * <pre>
 *   OPENING ──opened──▶ OPEN ──gone──▶ GONE
 *      └───────────gone────────────────▲
 * </pre>
 *
 * The shutdown hook is there before the opening begins, and waits until it has ended: so whenever
 * the shutdown comes, either nothing is opened any more, or what was opened is closed. A JVM that
 * began its shutdown before refuses the hook, and nothing is opened.
 */
final class ShutdownGuard {
    private static final Logger LOG = LoggerFactory.getLogger(DeviceMount.class);

    private final Thread hook = new Thread(this::atShutdown, "cdev-gate-shutdown");

    // Guarded by this.
    private boolean opening = true;
    private boolean shuttingDown;
    private @Nullable Runnable close; // null: nothing is open

    /**
     * Begins an opening, which {@link #opened} or {@link #gone} must end.
     *
     * @throws IOException if the JVM's shutdown has begun
     */
    ShutdownGuard() throws IOException {
        try {
            Runtime.getRuntime().addShutdownHook(hook);
        } catch (IllegalStateException e) {
            throw new IOException("the JVM is shutting down; nothing is mounted any more", e);
        }
    }

    /**
     * To be asked just before something is opened.
     *
     * @throws IOException if the JVM's shutdown has begun
     */
    synchronized void requireRunning() throws IOException {
        if (shuttingDown) {
            throw new IOException("the JVM is shutting down; nothing is mounted any more");
        }
    }

    /** It is open; a shutdown, which may have begun, closes it by this. */
    synchronized void opened(Runnable closing) {
        close = closing;
        opening = false;
        notifyAll();
    }

    /** It is not open, or not any more. Idempotent. */
    void gone() {
        synchronized (this) {
            close = null;
            opening = false;
            notifyAll();
        }
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            LOG.debug("closed by the shutdown hook or during the shutdown");
        }
    }

    private void atShutdown() {
        Runnable closing;
        synchronized (this) {
            shuttingDown = true;
            while (opening) {
                try {
                    wait(); // mounting has a time limit at each of its steps
                } catch (InterruptedException e) {
                    LOG.debug("an interrupt does not leave a mount behind");
                }
            }
            closing = close;
        }
        if (closing != null) {
            closing.run();
        }
    }
}
