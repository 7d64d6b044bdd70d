package org.cdevgate.fuse.session;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.cdevgate.fuse.protocol.DecodeError;
import org.cdevgate.fuse.protocol.FuseConstants;
import org.cdevgate.fuse.protocol.FuseOpcode;
import org.cdevgate.fuse.protocol.FuseRequest;

/**
 * Knows which requests wait for an answer and looks at each answer as the kernel would: whether
 * anybody waits for it, whether its length is what the opcode and the request allow, whether its
 * errno is one. Sizes are those of linux/fuse.h. Thread-safe.
 */
final class ReplyJudge {
    private static final int HEADER = 16;
    private static final int ENTRY = 128;
    private static final int ATTR = 104;
    private static final int DIRENT = 24;
    private static final int ENOSYS = -38;
    private static final int EIO = -5;

    /** What an ENOSYS would switch off for every node of the connection, or make no sense of. */
    private static final Set<FuseOpcode> NEVER_ENOSYS =
            Set.of(
                    FuseOpcode.READ,
                    FuseOpcode.WRITE,
                    FuseOpcode.IOCTL,
                    FuseOpcode.POLL,
                    FuseOpcode.FLUSH,
                    FuseOpcode.FSYNC,
                    FuseOpcode.LSEEK,
                    FuseOpcode.OPEN,
                    FuseOpcode.RELEASE,
                    FuseOpcode.LOOKUP,
                    FuseOpcode.GETATTR,
                    FuseOpcode.SETATTR,
                    FuseOpcode.ACCESS,
                    FuseOpcode.STATFS,
                    FuseOpcode.OPENDIR,
                    FuseOpcode.READDIR,
                    FuseOpcode.RELEASEDIR,
                    FuseOpcode.DESTROY);

    /**
     * A request that was sent.
     *
     * @param sizeLimit the most bytes of data that it wants back
     */
    private record Sent(FuseOpcode opcode, boolean sound, long nodeId, long fh, int sizeLimit) {}

    // Guarded by this.
    private final Map<Long, Sent> waiting = new HashMap<>();
    private final Set<Long> answered = new HashSet<>();
    private final List<String> violations = new ArrayList<>();
    private final List<Long> nodeIds = new ArrayList<>(List.of(FuseConstants.FUSE_ROOT_ID));
    private final List<Long> files = new ArrayList<>();
    private final Set<FuseOpcode> succeeded = new HashSet<>();
    private int successes;
    private int notifications;

    /** A message is about to be sent; its unique is one that was never used. */
    synchronized void sending(byte[] message) {
        FuseRequest request =
                new FuseRequest(ByteBuffer.wrap(message).order(ByteOrder.nativeOrder()));
        DecodeError error = request.wrap(message.length);
        if (!error.isAnswerable() || !request.opcode().expectsReply()) {
            return;
        }
        boolean sound = error == DecodeError.NONE;
        FuseOpcode opcode = request.opcode();
        waiting.put(
                request.unique(),
                new Sent(
                        opcode,
                        sound,
                        request.nodeId(),
                        sound && opcode == FuseOpcode.RELEASE ? request.fh() : 0,
                        sound ? sizeLimit(request) : 0));
    }

    private static int sizeLimit(FuseRequest request) {
        return switch (request.opcode()) {
            case READ, READDIR, READDIRPLUS, WRITE -> request.size();
            case IOCTL -> request.ioctlOutSize();
            default -> 0;
        };
    }

    /** The server wrote a message. */
    synchronized void written(byte[] message) {
        ByteBuffer reply = ByteBuffer.wrap(message).order(ByteOrder.nativeOrder());
        if (message.length < HEADER || reply.getInt(0) != message.length) {
            violation("a message of " + message.length + " bytes with a wrong length in it");
            return;
        }
        int error = reply.getInt(4);
        long unique = reply.getLong(8);
        if (unique == 0) {
            notified(error, message.length);
            return;
        }
        Sent sent = waiting.remove(unique);
        if (sent == null) {
            violation(
                    (answered.contains(unique) ? "a second answer" : "an answer to nobody")
                            + ": unique "
                            + unique
                            + ", error "
                            + error);
            return;
        }
        answered.add(unique);
        String fault = sent.sound ? fault(sent, reply, error) : faultOfRefusal(reply, error);
        if (!fault.isEmpty()) {
            violation(sent.opcode + " was answered with " + fault);
        } else if (error == 0) {
            successes++;
            succeeded.add(sent.opcode);
            learn(sent, reply);
        }
    }

    private static String faultOfRefusal(ByteBuffer reply, int error) {
        return error == EIO && reply.capacity() == HEADER
                ? ""
                : "error " + error + " though it was malformed";
    }

    /** What is wrong with an answer; empty if nothing is. */
    private static String fault(Sent sent, ByteBuffer reply, int error) {
        int data = reply.capacity() - HEADER;
        if (error != 0) {
            if (error > 0 || error < -511) {
                return "the errno " + error;
            }
            if (error == ENOSYS && NEVER_ENOSYS.contains(sent.opcode)) {
                return "ENOSYS";
            }
            return data == 0 ? "" : "an error and " + data + " bytes of data";
        }
        int most = sent.sizeLimit;
        return switch (sent.opcode) {
            case LOOKUP, MKNOD, MKDIR, SYMLINK -> exactly(ENTRY, data);
            case GETATTR, SETATTR -> exactly(ATTR, data);
            case OPEN, OPENDIR -> exactly(16, data);
            case CREATE -> exactly(ENTRY + 16, data);
            case STATFS -> exactly(80, data);
            case POLL, LSEEK -> exactly(8, data);
            case INIT -> exactly(64, data);
            // The driver may say that it filled less.
            case IOCTL -> data < 16 ? exactly(16, data) : atMost(16 + most, data);
            case READ -> atMost(most, data);
            case READLINK -> atMost(4096, data);
            case WRITE -> {
                int written = data == 8 ? reply.getInt(HEADER) : -1;
                yield written >= 0 && written <= most ? "" : written + " of " + most + " bytes";
            }
            case READDIR -> faultOfListing(reply, most, 0);
            case READDIRPLUS -> faultOfListing(reply, most, ENTRY);
            case RELEASE, RELEASEDIR, FLUSH, FSYNC, FSYNCDIR, ACCESS, DESTROY -> exactly(0, data);
            default -> "a success";
        };
    }

    private static String exactly(int expected, int data) {
        return data == expected ? "" : data + " bytes of data, not " + expected;
    }

    private static String atMost(int most, int data) {
        return data <= most ? "" : data + " bytes of data where " + most + " were asked for";
    }

    /** As the kernel's parse_dirfile() looks at it. */
    private static String faultOfListing(ByteBuffer reply, int most, int entryBytes) {
        int end = reply.capacity();
        String fault = atMost(most, end - HEADER);
        int at = HEADER;
        while (fault.isEmpty() && at < end) {
            int dirent = at + entryBytes;
            if (end - dirent < DIRENT) {
                return "a torn entry";
            }
            int nameLength = reply.getInt(dirent + 16);
            if (nameLength < 1 || nameLength > 1024 || nameLength > end - dirent - DIRENT) {
                return "an entry whose name has " + nameLength + " bytes";
            }
            if (reply.getLong(dirent) == 0) {
                return "an entry without an inode number, which nobody sees";
            }
            for (int i = 0; i < nameLength; i++) {
                byte each = reply.get(dirent + DIRENT + i);
                if (each == 0 || each == '/') {
                    return "an entry whose name has a NUL or a slash";
                }
            }
            int size = (entryBytes + DIRENT + nameLength + 7) & ~7;
            if (at + size > end) {
                return "an entry without its padding";
            }
            for (int i = dirent + DIRENT + nameLength; i < at + size; i++) {
                if (reply.get(i) != 0) {
                    return "bytes of another message as padding";
                }
            }
            at += size;
        }
        return fault;
    }

    private void notified(int code, int length) {
        notifications++;
        int expected =
                switch (code) {
                    case FuseConstants.FUSE_NOTIFY_POLL -> HEADER + 8;
                    case FuseConstants.FUSE_NOTIFY_INVAL_INODE -> HEADER + 24;
                    default -> -1;
                };
        if (length != expected) {
            violation("notification " + code + " of " + length + " bytes");
        }
    }

    private void learn(Sent sent, ByteBuffer reply) {
        switch (sent.opcode) {
            case LOOKUP -> nodeIds.add(reply.getLong(HEADER));
            case OPEN -> files.add(reply.getLong(HEADER));
            case READDIRPLUS -> {
                for (int at = HEADER; at < reply.capacity(); ) {
                    if (reply.getLong(at) != 0) {
                        nodeIds.add(reply.getLong(at));
                    }
                    int nameLength = reply.getInt(at + ENTRY + 16);
                    at += (ENTRY + DIRENT + nameLength + 7) & ~7;
                }
            }
            default -> {
                // Tells of nothing new.
            }
        }
    }

    private void violation(String what) {
        if (violations.size() < 20) {
            violations.add(what);
        }
    }

    /** Ids that the server has told, the root's first. */
    synchronized long nodeId(int index) {
        return nodeIds.get(Math.floorMod(index, nodeIds.size()));
    }

    /** Files that the server has opened, closed ones included; 0 if there is none. */
    synchronized long file(int index) {
        return files.isEmpty() ? 0 : files.get(Math.floorMod(index, files.size()));
    }

    synchronized int files() {
        return files.size();
    }

    /** The requests that wait for an answer. */
    synchronized List<Long> waiting() {
        return new ArrayList<>(waiting.keySet());
    }

    synchronized String describeWaiting() {
        StringBuilder text = new StringBuilder();
        waiting.forEach(
                (unique, sent) ->
                        text.append(sent.opcode)
                                .append(" unique ")
                                .append(unique)
                                .append(" node ")
                                .append(sent.nodeId)
                                .append('\n'));
        return text.toString();
    }

    synchronized List<String> violations() {
        return List.copyOf(violations);
    }

    /** The opcodes of which a request was answered with a success. */
    synchronized Set<FuseOpcode> succeeded() {
        return Set.copyOf(succeeded);
    }

    synchronized String summary() {
        return answered.size()
                + " answers, "
                + successes
                + " of them successes, "
                + notifications
                + " notifications, "
                + files.size()
                + " files opened, "
                + nodeIds.size()
                + " lookups";
    }
}
