package org.cdevgate.gate.stress.proposals;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

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
 * could wake a sleeper for (1, 5), and it covers read, ioctl, poll and release only (3).
 */
final class MiscSyncCdev implements Cdev {
    // misc_mtx. The kernel's mutex cannot be taken twice by one thread; no scenario does that.
    private static final ReentrantLock MUTEX = new ReentrantLock();

    // misc_list, guarded by the mutex.
    private static final Map<Integer, MiscSyncCdev> DEVICES = new HashMap<>();

    private final int minor;
    private final Driver driver;
    private volatile boolean deregistered;

    MiscSyncCdev(int minor, Driver driver) {
        this.minor = minor;
        this.driver = driver;
        MUTEX.lock();
        try {
            if (DEVICES.putIfAbsent(minor, this) != null) {
                throw new IllegalStateException("minor " + minor + " is taken");
            }
        } finally {
            MUTEX.unlock();
        }
    }

    /** An open file knows its inode, and by that a minor number. */
    private record File(int minor) implements Descriptor {
        @Override
        public int read() {
            MUTEX.lock();
            try {
                MiscSyncCdev found = DEVICES.get(minor);
                return found == null ? Answers.ENODEV : Answers.read(found.driver, found, this);
            } finally {
                MUTEX.unlock();
            }
        }

        @Override
        public int ioctl() {
            MUTEX.lock();
            try {
                MiscSyncCdev found = DEVICES.get(minor);
                return found == null ? Answers.ENODEV : found.driver.ioctl();
            } finally {
                MUTEX.unlock();
            }
        }
    }

    @Override
    public Descriptor open() {
        MUTEX.lock();
        try {
            return DEVICES.containsKey(minor) ? new File(minor) : null;
        } finally {
            MUTEX.unlock();
        }
    }

    @Override
    public boolean isRemoving() {
        return deregistered;
    }

    /** misc_deregister(), and what the driver frees. */
    @Override
    public void remove() throws InterruptedException {
        driver.wake();
        MUTEX.lockInterruptibly();
        try {
            DEVICES.remove(minor, this);
            deregistered = true;
        } finally {
            MUTEX.unlock();
        }
        driver.tearDown();
    }
}
