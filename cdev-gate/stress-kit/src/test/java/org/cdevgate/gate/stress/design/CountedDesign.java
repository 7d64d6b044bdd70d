package org.cdevgate.gate.stress.design;

import java.util.HashSet;
import java.util.Set;

/**
 * A count of the calls, a flag and a lock, as one would write it first: correct, and with what the
 * gate has besides left out. It sleeps in its own way, on queues of the driver's.
 */
public final class CountedDesign implements Design {
    @Override
    public String name() {
        return "count and flag";
    }

    @Override
    public ModelDevice register(int minor, ModelDriver driver) {
        return new Device(driver);
    }

    private static final class Device implements ModelDevice {
        private final ModelDriver driver;

        // Guarded by this.
        private final Set<File> open = new HashSet<>();
        private int inside;
        private boolean removing;
        private boolean removed;

        Device(ModelDriver driver) {
            this.driver = driver;
        }

        private final class File implements ModelFile {
            @Override
            public int call(Op op) {
                if (!enter()) {
                    return Cast.ENODEV;
                }
                try {
                    return driver.call(op, Device.this, this);
                } catch (InterruptedException e) {
                    return -4; // EINTR
                } finally {
                    leave();
                }
            }

            @Override
            public void close() {
                synchronized (Device.this) {
                    if (removing || !open.remove(this)) {
                        return; // the remover releases it
                    }
                    inside++;
                }
                try {
                    driver.release(this);
                } finally {
                    leave();
                }
            }
        }

        private synchronized boolean enter() {
            if (removing) {
                return false;
            }
            inside++;
            return true;
        }

        private synchronized void leave() {
            inside--;
            notifyAll();
        }

        @Override
        public synchronized ModelFile open() {
            if (removing) {
                return null;
            }
            File file = new File();
            open.add(file);
            return file;
        }

        @Override
        public synchronized boolean isRemoving() {
            return removing;
        }

        @Override
        public void remove() throws InterruptedException {
            boolean first;
            synchronized (this) {
                first = !removing;
                removing = true;
            }
            if (first) {
                driver.wake();
                synchronized (this) {
                    while (inside > 0) {
                        wait();
                    }
                }
                open.forEach(driver::release);
                driver.tearDown();
                synchronized (this) {
                    removed = true;
                    notifyAll();
                }
            } else {
                synchronized (this) {
                    while (!removed) {
                        wait();
                    }
                }
            }
        }
    }
}
