package org.cdevgate.gate.stress.proposals;

import java.util.concurrent.atomic.AtomicBoolean;
import org.cdevgate.gate.stress.design.ModelDevice;
import org.cdevgate.gate.stress.design.ModelDriver;
import org.cdevgate.gate.stress.design.ModelFile;
import org.cdevgate.gate.stress.design.NotModelledException;
import org.cdevgate.gate.stress.design.Op;

/**
 * cdev_register_queued of January 2021: each call of a driver's operation is counted by a
 * percpu_ref, which cdev_del() kills and waits for. The counting itself is right.
 *
 * <p><b>Breaks promise 3</b>: it has open and ioctl ("other ops like mmap() can be added later"). A
 * driver that has a read puts its own operations into the file at open, as always, and such a read
 * is counted by nobody: cdev_del() returns while it is inside. There is no release either.
 *
 * <p>Besides, it wakes no sleepers (5): cdev_del() is one step.
 */
final class QueuedCdev implements ModelDevice {
    private final ModelDriver driver;
    private final PercpuRef active = new PercpuRef();
    private final AtomicBoolean deleted = new AtomicBoolean();

    QueuedCdev(ModelDriver driver) {
        this.driver = driver;
    }

    private final class File implements ModelFile {
        /** All but ioctl are of the driver's own file operations. */
        @Override
        public int call(Op op) {
            return op == Op.IOCTL ? ioctl() : ProposalAnswers.of(driver, op, QueuedCdev.this, this);
        }

        /** cdev_queued_ioctl() */
        private int ioctl() {
            if (!active.tryGetLive()) {
                return ProposalAnswers.ENXIO;
            }
            try {
                return ProposalAnswers.of(driver, Op.IOCTL, QueuedCdev.this, this);
            } finally {
                active.put();
            }
        }

        /** Of the driver's own file operations. */
        @Override
        public void close() {
            driver.release(this);
        }
    }

    /** cdev_queued_open() */
    @Override
    public ModelFile open() {
        if (!active.tryGetLive()) {
            return null;
        }
        try {
            return new File();
        } finally {
            active.put();
        }
    }

    @Override
    public boolean isRemoving() {
        return active.isDead();
    }

    /** cdev_del(), and what the driver frees. */
    @Override
    public void remove() throws InterruptedException {
        if (!deleted.compareAndSet(false, true)) {
            throw new NotModelledException("a second cdev_del()");
        }
        active.kill();
        driver.wake();
        active.awaitNone();
        driver.tearDown();
    }
}
