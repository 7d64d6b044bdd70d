package org.cdevgate.gate;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.accounting.CallFrame;
import org.cdevgate.gate.calls.Verb;
import org.cdevgate.internal.LazySet;
import org.cdevgate.internal.StackRoom;

/**
 * The open files of one gate: closed by their callers or released by the removal, each released
 * exactly once.
 */
@SuppressWarnings("Finally") // an Error that ends a call goes on, see CallFrame
final class OpenFiles {
    private final FopsGate gate;
    private final FileOperations driver;
    private final Faults faults;
    private final boolean lateRelease;
    private final LazySet<OpenFile> files = new LazySet<>();

    OpenFiles(FopsGate gate, FileOperations driver, Faults faults, boolean lateRelease) {
        this.gate = gate;
        this.driver = driver;
        this.faults = faults;
        this.lateRelease = lateRelease;
    }

    /** Those that are opened or being opened and not released yet; a snapshot. */
    Collection<OpenFile> all() {
        return List.copyOf(files.elements());
    }

    /** See {@link FopsGate#unmapMappingRange}. */
    void unmapMappingRange(long offset, long length) {
        for (OpenFile file : files.elements()) {
            file.unmapMappingRange(offset, length);
        }
    }

    /** Runs the driver's open; its result. Inside a call. */
    int open(OpenFile file, Call call) throws ErrnoException, IOException, InterruptedException {
        files.add(file);
        int result = driver.open(file, call);
        if (result == 0 && !file.markOpen()) { // this call has removed the device
            throw Errno.ENODEV.exception();
        }
        return result;
    }

    /** See {@link Front#close}. */
    void close(OpenFile file) {
        // It was for a call that has ended; release must not take it for its own.
        boolean interrupted = Thread.interrupted();
        try {
            Frame call = gate.tryBegin(Verb.RELEASE, file, null);
            if (call != null) {
                try {
                    finish(file, call);
                } finally {
                    try {
                        gate.end(call);
                    } catch (Throwable e) {
                        call.published = (call.published & ~CallFrame.IN_FLIGHT) | CallFrame.EXTRAS;
                        throw e;
                    }
                }
            } else if (lateRelease) {
                finishLate(file);
            }
            awaitRunningRelease(file);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** After the flag, at the last close; the removal neither waits for this nor does it. */
    private void finishLate(OpenFile file) {
        Frame call = Frame.push(gate.ref(), Verb.RELEASE, file);
        try {
            call.leaveOut(call.published());
            finish(file, call);
        } finally {
            try {
                gate.end(call);
            } catch (Throwable e) {
                call.published = (call.published & ~CallFrame.IN_FLIGHT) | CallFrame.EXTRAS;
                throw e;
            }
        }
    }

    /** The part of the remover: all of it, or with late release only the destructor. */
    void finishAtRemoval(OpenFile file, Frame call) {
        if (!lateRelease || file.isNew()) {
            finish(file, call);
        }
        if (lateRelease) { // also where a closer has claimed the file and is still in release
            runDestructor(file);
            file.awaitDestructor();
        }
    }

    /** Releases a file unless that was or is being done; inside a call. */
    private void finish(OpenFile file, Frame call) {
        StackRoom.require(); // or the claim would be taken by one that cannot go on
        OpenFile.Claim claim = file.claimRelease();
        if (claim == OpenFile.Claim.LOST) {
            return;
        }
        Throwable failed = null;
        try {
            if (claim == OpenFile.Claim.RELEASE) {
                driver.release(file, call.view);
            }
        } catch (Throwable e) {
            failed = e;
        }
        try {
            runDestructor(file);
            file.awaitDestructor(); // with late release the remover may be at it
        } catch (VirtualMachineError e) {
            runDestructor(file); // unless that was done
            throw e;
        } finally {
            // Whatever has failed: closers and remover wait for that. By fields, as in CallFrame.
            file.privateData = null;
            file.state = OpenFile.RELEASED;
            file.releaser = null;
            files.remove(file);
        }
        if (failed != null) {
            faults.log("release", failed);
        }
    }

    /** Whether a thread is in a destructor that a removal waits for, though not for its call. */
    boolean isInNeededDestructor(Thread thread) {
        return lateRelease && files.stream().anyMatch(file -> file.isDestroyedBy(thread));
    }

    private void runDestructor(OpenFile file) {
        Throwable failed = null;
        try {
            file.runDestructor();
        } catch (Throwable e) {
            failed = e;
        }
        if (failed != null) {
            try {
                file.runDestructor(); // unless it was begun
            } finally {
                faults.log("the destructor of private data", failed);
            }
        }
    }

    /** Waits while another thread releases the file. */
    private void awaitRunningRelease(OpenFile file) {
        if (file.isBeingReleasedByAnother()) {
            Drain wait = new Drain(Drain.FOREVER, false);
            StackRoom.requireToLink();
            wait.await(gate, () -> !file.isReleasing(), "the release of " + file);
            wait.finish();
        }
    }
}
