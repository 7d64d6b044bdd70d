package org.cdevgate.gate.stress.proposals;

import org.cdevgate.abi.Errno;

/** What a verb answers when it has nothing of the driver's to say. */
final class Answers {
    static final int ENODEV = -Errno.ENODEV.number();
    static final int ENXIO = -Errno.ENXIO.number();
    static final int EINTR = -Errno.EINTR.number();

    private Answers() {}

    /** The driver's read, whose sleep a signal may end. */
    static int read(Driver driver, Cdev device, Cdev.Descriptor file) {
        try {
            return driver.read(device, file);
        } catch (InterruptedException e) {
            return EINTR;
        }
    }
}
