package org.cdevgate.gate.stress.proposals;

import java.util.concurrent.atomic.AtomicBoolean;
import org.cdevgate.gate.stress.design.ModelDevice;
import org.cdevgate.gate.stress.design.ModelDriver;
import org.cdevgate.gate.stress.design.ModelFile;
import org.cdevgate.gate.stress.design.NotModelledException;
import org.cdevgate.gate.stress.design.Op;

/**
 * The cdev_sync sketch of October 2025: each file operation runs with a device's rw_semaphore held
 * for reading and fails if {@code revoked} is set; cdev_sync_revoke() takes the semaphore for
 * writing and sets {@code revoked} then.
 *
 * <p><b>Breaks promises 1, 5 and 11</b>, because the flag comes after the wait. A call that sleeps
 * cannot learn of the removal, however often it is woken, and the removal waits for it. New calls
 * do not fail, they queue behind the remover. A call that enters again, as a verb that calls
 * another verb of its device does, queues behind a remover that waits for that very call.
 *
 * <p>The sketch shows open and leaves the others to the same pattern; release is not guarded.
 */
final class SyncCdev implements ModelDevice {
    private final ModelDriver driver;
    private final RwSemaphore sem = new RwSemaphore();
    private final AtomicBoolean removed = new AtomicBoolean();
    private volatile boolean revoked;

    SyncCdev(ModelDriver driver) {
        this.driver = driver;
    }

    private final class File implements ModelFile {
        @Override
        public int call(Op op) {
            if (!enter()) {
                return ProposalAnswers.EINTR;
            }
            try {
                return revoked
                        ? ProposalAnswers.ENODEV
                        : ProposalAnswers.of(driver, op, SyncCdev.this, this);
            } finally {
                sem.upRead();
            }
        }

        @Override
        public void close() {
            driver.release(this);
        }
    }

    private boolean enter() {
        try {
            sem.downRead();
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }

    /** cdev_sync_open() */
    @Override
    public ModelFile open() {
        if (!enter()) {
            return null;
        }
        try {
            return revoked ? null : new File();
        } finally {
            sem.upRead();
        }
    }

    @Override
    public boolean isRemoving() {
        return revoked;
    }

    /**
     * The wake-up can only come before cdev_sync_revoke(): after it there is nobody left to wake.
     */
    @Override
    public void remove() throws InterruptedException {
        if (!removed.compareAndSet(false, true)) {
            throw new NotModelledException("a second cdev_sync_revoke()");
        }
        driver.wake();
        revoke();
        driver.tearDown();
    }

    /** cdev_sync_revoke() */
    private void revoke() throws InterruptedException {
        sem.downWrite();
        try {
            revoked = true;
        } finally {
            sem.upWrite();
        }
    }
}
