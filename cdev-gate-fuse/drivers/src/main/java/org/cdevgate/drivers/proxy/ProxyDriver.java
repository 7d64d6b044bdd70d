package org.cdevgate.drivers.proxy;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.abi.PollEvents;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.WaitQueue;

/**
 * Hands every verb on to a real node, which each open file has open for itself. The real node is
 * asked with O_NONBLOCK, and a call that it has nothing for sleeps here, on a queue that is woken
 * when something happens there: so the removal ends it at once, and the real device never hears of
 * that but by the close of its descriptors. What the real node answers, errors too, is what callers
 * get.
 *
 * <p>A write to a terminal goes on until all is written, as the terminal's own does; a short one to
 * another node is as short for the caller. Only a node with a size is mapped. A driver that sleeps
 * in spite of O_NONBLOCK, as most do in an open, and terminals in tcdrain(3), holds its call and
 * the removal as long.
 */
public final class ProxyDriver implements FileOperations {
    /** After which a node is asked again that does not tell when it is ready. */
    private static final long AGAIN_MILLIS = 20;

    private static final int READY =
            PollEvents.POLLIN | PollEvents.POLLOUT | PollEvents.POLLPRI | PollEvents.POLLERR;
    private static final int TERMIOS_ROOM = 64;

    private final Path path;
    private final boolean seekable;
    private final ProxyIoctl ioctls;

    /**
     * A proxy of a node.
     *
     * @param path is looked up at each open
     * @param seekable whether positions count
     * @param memory whether commands are served for which the memory of callers is needed
     */
    public ProxyDriver(Path path, boolean seekable, boolean memory) {
        this.path = Objects.requireNonNull(path, "path");
        this.seekable = seekable;
        this.ioctls = new ProxyIoctl(path, memory);
    }

    /** What an open file has of the real node. */
    private static final class Real {
        final WaitQueue happened = new WaitQueue("real node");
        final RealNode node;
        final Readiness.Watch watch;
        final boolean terminal;

        Real(RealNode node) throws ErrnoException {
            this.node = node;
            watch = Readiness.watch(node.descriptor(), happened);
            // As isatty(3) finds out.
            terminal =
                    node.ioctl(BareCommands.TCGETS, ByteBuffer.allocateDirect(TERMIOS_ROOM)) == 0;
        }

        void close() {
            watch.close();
            node.close();
        }
    }

    @Override
    public int open(OpenFile file, Call call) throws ErrnoException {
        RealNode node = RealNode.open(path, file.flags());
        Real real = null;
        boolean kept = false;
        try {
            real = new Real(node);
            file.setPrivateData(real, Real::close);
            kept = true;
        } finally {
            if (!kept) {
                if (real == null) {
                    node.close();
                } else {
                    real.close();
                }
            }
        }
        return 0;
    }

    private static Real real(OpenFile file) {
        return Objects.requireNonNull(file.privateData(Real.class));
    }

    private static int sleep(Real real, Call call) {
        return real.watch.tells()
                ? call.wouldBlock(real.happened)
                : call.wouldBlock(real.happened, AGAIN_MILLIS, TimeUnit.MILLISECONDS);
    }

    private static long orThrow(long result) throws ErrnoException {
        if (result < 0) {
            throw ErrnoException.of((int) -result);
        }
        return result;
    }

    private static boolean wouldBlock(long result) {
        return result == -Errno.EAGAIN.number();
    }

    @Override
    public int read(OpenFile file, ByteBuffer dst, long position, Call call) throws ErrnoException {
        Real real = real(file);
        long result = seekable ? real.node.read(dst, position) : real.node.read(dst);
        return wouldBlock(result) ? sleep(real, call) : (int) orThrow(result);
    }

    @Override
    public int write(OpenFile file, ByteBuffer src, long position, Call call)
            throws ErrnoException {
        Real real = real(file);
        int done = call.progress();
        while (true) {
            long result =
                    seekable
                            ? real.node.write(src, done, position + done)
                            : real.node.write(src, done);
            if (wouldBlock(result)) {
                call.progress(done);
                return sleep(real, call);
            }
            if (result < 0 && done > 0) {
                return done; // the error comes with the next write
            }
            done += (int) orThrow(result);
            if (!real.terminal || result == 0 || done == src.limit()) {
                return done;
            }
        }
    }

    @Override
    public long llseek(OpenFile file, long offset, int whence, Call call) throws ErrnoException {
        return orThrow(real(file).node.lseek(offset, whence));
    }

    @Override
    public int ioctl(OpenFile file, int command, long argument, ByteBuffer data, Call call)
            throws ErrnoException {
        Real real = real(file);
        long result = ioctls.run(real.node, command, argument, data, call);
        boolean again = false;
        while (wouldBlock(result)) {
            if ((real.node.poll() & READY) == 0) {
                return sleep(real, call); // as VIDIOC_DQBUF does without O_NONBLOCK
            }
            if (again) {
                break; // it says so to everybody
            }
            again = true; // it may have become ready since
            result = ioctls.run(real.node, command, argument, data, call);
        }
        return (int) orThrow(result);
    }

    @Override
    public int poll(OpenFile file, Call call) {
        Real real = real(file);
        call.pollWait(real.happened);
        return real.node.poll();
    }

    @Override
    public int mmap(OpenFile file, long offset, long length, Call call) throws ErrnoException {
        if (!seekable) {
            throw Errno.ENODEV.exception();
        }
        return 0;
    }

    @Override
    public int fsync(OpenFile file, boolean dataOnly, Call call) throws ErrnoException {
        return (int) orThrow(real(file).node.fsync(dataOnly));
    }
}
