package org.cdevgate.gate.stress.proposals;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import org.cdevgate.gate.stress.design.Design;
import org.cdevgate.gate.stress.design.ModelDevice;
import org.cdevgate.gate.stress.design.ModelDriver;
import org.cdevgate.gate.stress.design.ModelFile;
import org.cdevgate.gate.stress.design.NotModelledException;
import org.cdevgate.gate.stress.design.Op;

/**
 * misc_sync: misc devices whose file operations all run under the one mutex that also guards the
 * list of misc devices; each looks its device up anew by the minor number.
 *
 * <p><b>Breaks promise 13</b>: a read that sleeps holds the mutex, so calls and removals of all
 * other misc devices wait for it; its author says that it "could easily lead to hung tasks if any
 * file operation slept". <b>Breaks promise 8</b>: a file that was opened before the removal finds
 * the next device that gets its minor number.
 *
 * <p>Besides, the removal cannot set a flag before it has the mutex, so there is nothing that it
 * could wake a sleeper for (1, 5), a call that calls its own kind, or removes its device, waits for
 * itself (9, 11), and a release after the removal finds no device to release (7). It covers read,
 * ioctl, poll and release only.
 */
final class MiscSyncCdev implements ModelDevice {
    /** The list of all misc devices and its mutex. */
    static final class Misc implements Design {
        /** misc_mtx. The kernel's mutex cannot be taken twice by one thread, so no Lock. */
        private final Semaphore mutex = new Semaphore(1);

        /** misc_list, guarded by the mutex. */
        private final Map<Integer, MiscSyncCdev> devices = new HashMap<>();

        @Override
        public String name() {
            return "misc_sync";
        }

        @Override
        public ModelDevice register(int minor, ModelDriver driver) {
            MiscSyncCdev device = new MiscSyncCdev(this, minor, driver);
            mutex.acquireUninterruptibly();
            try {
                if (devices.putIfAbsent(minor, device) != null) {
                    throw new IllegalStateException("minor " + minor + " is taken");
                }
            } finally {
                mutex.release();
            }
            return device;
        }
    }

    private final Misc misc;
    private final int minor;
    private final ModelDriver driver;
    private final AtomicBoolean removed = new AtomicBoolean();
    private volatile boolean deregistered;

    private MiscSyncCdev(Misc misc, int minor, ModelDriver driver) {
        this.misc = misc;
        this.minor = minor;
        this.driver = driver;
    }

    /** An open file knows its inode, and by that a minor number. */
    private record File(Misc misc, int minor) implements ModelFile {
        /** misc_sync_read() and the others; interrupted only where a scenario ends a deadlock. */
        @Override
        public int call(Op op) {
            if (op == Op.WRITE) {
                throw new NotModelledException("write");
            }
            try {
                misc.mutex.acquire();
            } catch (InterruptedException e) {
                return ProposalAnswers.EINTR;
            }
            try {
                MiscSyncCdev found = misc.devices.get(minor);
                return found == null
                        ? ProposalAnswers.ENODEV
                        : ProposalAnswers.of(found.driver, op, found, this);
            } finally {
                misc.mutex.release();
            }
        }

        /** misc_sync_release() */
        @Override
        public void close() {
            misc.mutex.acquireUninterruptibly();
            try {
                MiscSyncCdev found = misc.devices.get(minor);
                if (found != null) {
                    found.driver.release(this);
                }
            } finally {
                misc.mutex.release();
            }
        }
    }

    @Override
    public ModelFile open() {
        misc.mutex.acquireUninterruptibly();
        try {
            return misc.devices.containsKey(minor) ? new File(misc, minor) : null;
        } finally {
            misc.mutex.release();
        }
    }

    @Override
    public boolean isRemoving() {
        return deregistered;
    }

    /** misc_deregister(), and what the driver frees. */
    @Override
    public void remove() throws InterruptedException {
        if (!removed.compareAndSet(false, true)) {
            throw new NotModelledException("a second misc_deregister()");
        }
        driver.wake();
        misc.mutex.acquire();
        try {
            misc.devices.remove(minor, this);
            deregistered = true;
        } finally {
            misc.mutex.release();
        }
        driver.tearDown();
    }
}
