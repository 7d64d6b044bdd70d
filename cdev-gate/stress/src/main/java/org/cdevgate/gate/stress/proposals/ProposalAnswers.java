package org.cdevgate.gate.stress.proposals;

import org.cdevgate.abi.Errno;
import org.cdevgate.gate.stress.design.ModelDevice;
import org.cdevgate.gate.stress.design.ModelDriver;
import org.cdevgate.gate.stress.design.ModelFile;
import org.cdevgate.gate.stress.design.Op;

/** What an operation answers when it has nothing of the driver's to say. */
final class ProposalAnswers {
    static final int ENODEV = -Errno.ENODEV.number();
    static final int ENXIO = -Errno.ENXIO.number();
    static final int EINTR = -Errno.EINTR.number();

    private ProposalAnswers() {}

    /** The driver's operation, whose sleep a signal may end. */
    static int of(ModelDriver driver, Op op, ModelDevice device, ModelFile file) {
        try {
            return driver.call(op, device, file);
        } catch (InterruptedException e) {
            return EINTR;
        }
    }
}
