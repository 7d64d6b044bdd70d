package org.cdevgate.gate.stress.proposals;

import java.util.concurrent.atomic.AtomicBoolean;
import org.cdevgate.gate.stress.design.ModelDevice;
import org.cdevgate.gate.stress.design.ModelDriver;
import org.cdevgate.gate.stress.design.ModelFile;
import org.cdevgate.gate.stress.design.Op;

/**
 * The kernel's "revocable" as it was merged in January 2026, before it was left out of the build: a
 * driver guards each use of its resource with revocable_try_access() and
 * revocable_withdraw_access(), on a handle of the open file.
 *
 * <p><b>Breaks promise 12</b>. The handle keeps the index of the reader ({@code rev->idx =
 * srcu_read_lock()}), and threads that share an open file share the handle: a second reader
 * overwrites the first one's index, which then leaves under an index that it did not enter. The
 * revocation waits for ever for a reader that has gone ("can cause the SRCU synchronisation in
 * revocable_provider_revoke() to never complete"), or, with three threads, does not wait for one
 * that is there.
 *
 * <p>Besides, it guards what the driver thinks of guarding (3), and knows no sleepers (5).
 */
final class RevocableCdev implements ModelDevice {
    private final ModelDriver driver;
    private final Srcu srcu = new Srcu();
    private final AtomicBoolean revoked = new AtomicBoolean();

    /** {@code rp->res}; null once it is revoked. */
    private volatile ModelDriver resource;

    RevocableCdev(ModelDriver driver) {
        this.driver = driver;
        resource = driver;
    }

    /** An open file with its {@code struct revocable}. */
    private final class File implements ModelFile {
        private volatile int idx;

        /** revocable_try_access() */
        private ModelDriver tryAccess() {
            idx = srcu.readLock();
            return resource;
        }

        /** revocable_withdraw_access(), which the macros call also after a failed access. */
        private void withdrawAccess() {
            srcu.readUnlock(idx);
        }

        @Override
        public int call(Op op) {
            ModelDriver accessed = tryAccess();
            try {
                return accessed == null
                        ? ProposalAnswers.ENODEV
                        : ProposalAnswers.of(accessed, op, RevocableCdev.this, this);
            } finally {
                withdrawAccess();
            }
        }

        /** Of the driver's own file operations, as always. */
        @Override
        public void close() {
            driver.release(this);
        }
    }

    @Override
    public ModelFile open() {
        return new File();
    }

    @Override
    public boolean isRemoving() {
        return resource == null;
    }

    /** revocable_provider_revoke(), which returns at once if that was done, and the freeing. */
    @Override
    public void remove() throws InterruptedException {
        if (!revoked.compareAndSet(false, true)) {
            return;
        }
        resource = null;
        driver.wake();
        srcu.synchronize();
        driver.tearDown();
    }
}
