package org.cdevgate.drivers.proxy;

import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.abi.IoctlCommand;
import org.cdevgate.fuse.libc.Libc;
import org.cdevgate.fuse.libc.NativeBuffer;
import org.cdevgate.gate.Call;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ioctls of a proxy. A command whose number has a size takes its struct along; one without is
 * looked up in {@link BareCommands}, and its struct copied from and to the caller's memory.
 *
 * <p>The kernel takes every address for one of this process. So no address of a caller's may get
 * there: it would read and write the memory of this JVM.
 */
final class ProxyIoctl {
    private static final Logger LOG = LoggerFactory.getLogger(ProxyIoctl.class);

    /** No process has memory below: DEFAULT_MMAP_MIN_ADDR. Above, a number may be an address. */
    private static final int LOWEST_ADDRESS = 1 << 16;

    private static final long END_OF_ADDRESSES = 1L << 56;
    private static final int MOST_TOLD = 64;

    /** Of a struct that is there as far as the result says: linux/input.h, joystick.h, hidraw.h. */
    private static final Set<Integer> RESULT_IS_LENGTH = Set.of((int) 'E', (int) 'j', (int) 'H');

    private final Path path;
    private final boolean memory;
    private final Set<Integer> told = ConcurrentHashMap.newKeySet();

    /**
     * @param memory whether the memory of callers may be used
     */
    ProxyIoctl(Path path, boolean memory) {
        this.path = path;
        this.memory = memory;
    }

    /** Returns what the real node answers, an errno negated. */
    long run(RealNode node, int command, long argument, ByteBuffer data, Call call)
            throws ErrnoException {
        if (BareCommands.isOfTheProcess(command)) {
            throw refused(command, "is about the process that calls it", Errno.EPERM);
        }
        return IoctlCommand.dir(command) != IoctlCommand.NONE && IoctlCommand.size(command) > 0
                ? sized(node, command, data)
                : bare(node, command, argument, call);
    }

    private long sized(RealNode node, int command, ByteBuffer data) throws ErrnoException {
        int size = data.limit();
        ByteBuffer struct = struct(size);
        if (IoctlCommand.inSize(command) > 0) {
            struct.put(0, data, 0, size);
            if (hasOwnAddress(struct)) {
                throw refused(command, "has a pointer in its struct", Errno.EFAULT);
            }
        }
        long result = node.ioctl(command, struct);
        if (result >= 0 && IoctlCommand.outSize(command) > 0) {
            data.put(0, struct, 0, size);
            // A program may have less room than its command says.
            if (result > 0
                    && result < size
                    && RESULT_IS_LENGTH.contains(IoctlCommand.type(command))) {
                data.limit((int) result);
            }
        }
        return result;
    }

    private long bare(RealNode node, int command, long argument, Call call) throws ErrnoException {
        BareCommands.Struct shape = BareCommands.of(command);
        if (shape == null) {
            if (argument >= LOWEST_ADDRESS) {
                throw refused(command, "has an argument that nobody here knows", Errno.ENOTTY);
            }
            return node.ioctl(command, argument);
        }
        if (!memory || (shape.wide() && call.is32Bit())) {
            throw refused(command, "needs the memory of its caller", Errno.ENOTTY);
        }
        ByteBuffer struct = struct(shape.bytes());
        if (shape.in()) {
            call.copyFromUser(argument, struct.clear());
        }
        long result = node.ioctl(command, struct);
        if (result >= 0 && shape.out()) {
            call.copyToUser(argument, struct.clear());
        }
        return result;
    }

    private static ByteBuffer struct(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    }

    /** Whether one of the struct's words is an address that this process has memory at. */
    private static boolean hasOwnAddress(ByteBuffer struct) {
        ByteBuffer resident = ByteBuffer.allocateDirect(1); // a byte for a page
        try {
            for (int at = 0; at + Long.BYTES <= struct.limit(); at += Long.BYTES) {
                long word = struct.getLong(at);
                if (word >= LOWEST_ADDRESS && word < END_OF_ADDRESSES) {
                    long page = word & -NativeBuffer.pageBytes();
                    if (Libc.CALLS.mincore(page, 1, Libc.address(resident)) == 0) {
                        return true;
                    }
                }
            }
            return false;
        } finally {
            Reference.reachabilityFence(resident);
        }
    }

    private ErrnoException refused(int command, String why, Errno errno) {
        if (told.size() < MOST_TOLD && told.add(command)) {
            LOG.warn(
                    "ioctl {} does not reach {}: it {}; its callers get {}",
                    IoctlCommand.toString(command),
                    path,
                    why,
                    errno);
        }
        return errno.exception();
    }
}
