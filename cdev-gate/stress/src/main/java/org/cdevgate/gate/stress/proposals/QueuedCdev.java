package org.cdevgate.gate.stress.proposals;

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
final class QueuedCdev implements Cdev {
    private final Driver driver;
    private final PercpuRef active = new PercpuRef();

    QueuedCdev(Driver driver) {
        this.driver = driver;
    }

    private final class File implements Descriptor {
        /** Of the driver's own file operations. */
        @Override
        public int read() {
            return Answers.read(driver, QueuedCdev.this, this);
        }

        /** cdev_queued_ioctl() */
        @Override
        public int ioctl() {
            if (!active.tryGetLive()) {
                return Answers.ENXIO;
            }
            try {
                return driver.ioctl();
            } finally {
                active.put();
            }
        }
    }

    /** cdev_queued_open() */
    @Override
    public Descriptor open() {
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
        active.kill();
        driver.wake();
        active.awaitNone();
        driver.tearDown();
    }
}
