package org.cdevgate.gate.stress.soak;

import org.cdevgate.abi.Errno;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.calls.Verb;
import org.cdevgate.gate.stress.workload.AllowedAnswers;
import org.cdevgate.gate.stress.workload.StressWorker;
import org.cdevgate.gate.stress.workload.StressedDevice;
import org.cdevgate.gate.stress.workload.Syscalls;

/** What callers of the soak's driver get, and after its removal by the default profile, evdev's. */
final class EvdevAnswers implements AllowedAnswers {
    @Override
    public boolean live(StressWorker worker, StressedDevice device, OpenFile file, int errno) {
        return switch (Errno.of(errno)) {
            case EINTR, ENOTTY -> true;
            case EAGAIN -> file == null || file.isNonBlocking();
            case EIO -> worker.didDriverFail();
            // Its own removal has not begun; that of a device whose call this one is nested in may.
            case ENODEV -> SoakCommand.isInsideOfOneThatGoes();
            default -> false;
        };
    }

    @Override
    public boolean removed(Verb verb, long result) {
        return result
                == switch (verb) {
                    case POLL -> Syscalls.GONE;
                    case FLUSH -> 0; // close(2) succeeds
                    default -> -Errno.ENODEV.number();
                };
    }
}
