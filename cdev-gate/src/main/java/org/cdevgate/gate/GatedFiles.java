package org.cdevgate.gate;

import java.util.Collection;
import java.util.List;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.internal.LazySet;

/**
 * The open files of a {@link FopsGate}: opened by their callers, closed by them or released by the
 * removal, each released exactly once.
 */
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
        if (caller.sleepsWithoutThread()) {
            throw new IllegalArgumentException(
                    "this caller sleeps without a thread: use newFile and open(OpenFile, Caller)");
        }
        OpenFile file = newFile(flags, caller);
        try {
            open(file, caller);
        } catch (ErrnoException e) {
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
        return new OpenFile(self(), flags, caller, minor);
    }

    /**
     * Runs the driver's open for a new file. Whatever the outcome, the file is given back with
     * {@link #close}.
     *
     * @return 0, or {@link Call#WOULD_BLOCK} if the caller sleeps without a thread
     */
    public int open(OpenFile file, Caller caller) throws ErrnoException {
        checkOwn(file);
        BlockedRun last = caller.takeBlocked();
        while (true) {
            Call call = tryBeginSleepable(Verb.OPEN, file, caller, last);
            if (call == null) {
                return answers().later(Verb.OPEN);
            }
            try {
                files.add(file);
                int result = driver.open(file, call);
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
                end(call);
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
            Call call = tryBegin(Verb.RELEASE, file, null);
            if (call != null) {
                try {
                    finish(file, call);
                } finally {
                    end(call);
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
        Call call = CallRecord.current().push(self().ref(), Verb.RELEASE, file);
        call.leaveOut(call.ticket());
        try {
            finish(file, call);
        } finally {
            end(call);
        }
    }

    /** The part of the remover: all of it, or with late release only the destructor. */
    final void finishAtRemoval(OpenFile file, Call call) {
        if (!lateRelease || file.isNew()) {
            finish(file, call);
        }
        if (lateRelease) { // also where a closer has claimed the file and is still in release
            runDestructor(file);
            file.awaitDestructor();
        }
    }

    /** Releases a file unless that was or is being done; inside a call. */
    private void finish(OpenFile file, Call call) {
        OpenFile.Claim claim = file.claimRelease();
        if (claim == OpenFile.Claim.LOST) {
            return;
        }
        try {
            if (claim == OpenFile.Claim.RELEASE) {
                driver.release(file, call);
            }
        } catch (Throwable e) {
            faults.log("release", e);
        }
        runDestructor(file);
        file.awaitDestructor(); // with late release the remover may be at it
        file.markReleased();
        files.remove(file);
    }

    /** Whether a thread is in a destructor that a removal waits for, though not for its call. */
    final boolean isInNeededDestructor(Thread thread) {
        return lateRelease && files.stream().anyMatch(file -> file.isDestroyedBy(thread));
    }

    private void runDestructor(OpenFile file) {
        try {
            file.runDestructor();
        } catch (Throwable e) {
            faults.log("the destructor of private data", e);
        }
    }
}
