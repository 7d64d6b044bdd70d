package org.cdevgate.gate;

import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.accounting.CallFrame;
import org.cdevgate.gate.calls.Verb;
import org.cdevgate.gate.removal.RemovalProfile;
import org.cdevgate.internal.LazySet;
import org.cdevgate.internal.StackRoom;

/**
 * The open files of a {@link FopsGate}: opened by their callers, closed by them or released by the
 * removal, each released exactly once.
 */
@SuppressWarnings("Finally") // an Error that ends a call goes on, see CallFrame
abstract class GatedFiles extends GatedCalls {
    private final boolean lateRelease;
    private final LazySet<OpenFile> files = new LazySet<>();

    GatedFiles(String name, FileOperations driver, boolean lateRelease, RemovalProfile profile) {
        super(name, driver, profile);
        this.lateRelease = lateRelease;
    }

    /** Waits while another thread releases the file. */
    abstract void awaitRunningRelease(OpenFile file);

    /** {@link OpenFile#unmapMappingRange} for each open file. */
    public void unmapMappingRange(long offset, long length) {
        for (OpenFile file : files.elements()) {
            file.unmapMappingRange(offset, length);
        }
    }

    /** The files that are opened or being opened and not released yet; a snapshot. */
    public Collection<OpenFile> openFiles() {
        return List.copyOf(files.elements());
    }

    /**
     * Opens a file for a caller whose threads may park.
     *
     * @param flags of open(2), see {@link org.cdevgate.abi.OpenFlags}
     * @throws ErrnoException what the driver's open answers; ENODEV once the removal has begun
     */
    public OpenFile open(int flags, Caller caller) throws ErrnoException {
        if (Objects.requireNonNull(caller, "caller").sleepsWithoutThread()) {
            throw new IllegalArgumentException(
                    "this caller sleeps without a thread: use newFile and open(OpenFile, Caller)");
        }
        OpenFile file = newFile(flags, caller);
        try {
            open(file, caller);
        } catch (Throwable e) {
            close(file);
            throw e;
        }
        return file;
    }

    /** A file that is not open yet, for {@link #open(OpenFile, Caller)}. */
    public OpenFile newFile(int flags, Caller caller) {
        return newFile(flags, caller, 0);
    }

    /**
     * {@link #newFile(int, Caller)} for one of several nodes of the device.
     *
     * @param minor which node, 0 or more; see {@link OpenFile#minor()}
     */
    public OpenFile newFile(int flags, Caller caller, int minor) {
        if (minor < 0) {
            throw new IllegalArgumentException("minor " + minor + "; give 0 or more");
        }
        return new OpenFile(self(), flags, Objects.requireNonNull(caller, "caller"), minor);
    }

    /**
     * Runs the driver's open for a new file. Whatever the outcome, the file is given back with
     * {@link #close}.
     *
     * @return 0, or {@link Call#WOULD_BLOCK} if the caller sleeps without a thread
     */
    public int open(OpenFile file, Caller caller) throws ErrnoException {
        checkOwn(file);
        BlockedRun last = Objects.requireNonNull(caller, "caller").takeBlocked();
        while (true) {
            Frame call = tryBeginSleepable(Verb.OPEN, file, caller, last);
            if (call == null) {
                return answers().later(Verb.OPEN);
            }
            try {
                files.add(file);
                int result = driver.open(file, call.view);
                if (result == 0) {
                    if (!file.markOpen()) { // this call has removed the device
                        throw Errno.ENODEV.exception();
                    }
                    return 0;
                }
                last = blocked(call, result, 0);
            } catch (Throwable e) {
                return failed(call, e);
            } finally {
                try {
                    end(call);
                } catch (Throwable e) {
                    call.published = (call.published & ~CallFrame.IN_FLIGHT) | CallFrame.EXTRAS;
                    throw e;
                }
            }
            int answer = handBackOrSleep(last, file, caller);
            if (answer != RUN_AGAIN) {
                return answer;
            }
        }
    }

    /**
     * Closes a file: after the last descriptor is gone and the last call on it has returned, or
     * when its open failed. Runs the driver's release and the destructor of private data unless
     * that was done; if another thread is at it, waits. During a removal that has not come to it
     * yet, leaves them to the remover and returns.
     */
    public void close(OpenFile file) {
        checkOwn(file);
        // It was for a call that has ended; release must not take it for its own.
        boolean interrupted = Thread.interrupted();
        try {
            Frame call = tryBegin(Verb.RELEASE, file, null);
            if (call != null) {
                try {
                    finish(file, call);
                } finally {
                    try {
                        end(call);
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
        Frame call = Frame.push(self().ref(), Verb.RELEASE, file);
        try {
            call.leaveOut(call.published());
            finish(file, call);
        } finally {
            try {
                end(call);
            } catch (Throwable e) {
                call.published = (call.published & ~CallFrame.IN_FLIGHT) | CallFrame.EXTRAS;
                throw e;
            }
        }
    }

    /** The part of the remover: all of it, or with late release only the destructor. */
    final void finishAtRemoval(OpenFile file, Frame call) {
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
    final boolean isInNeededDestructor(Thread thread) {
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
}
