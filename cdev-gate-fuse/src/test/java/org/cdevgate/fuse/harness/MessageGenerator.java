package org.cdevgate.fuse.harness;

import static org.cdevgate.fuse.protocol.FuseOpcode.*;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.cdevgate.fuse.protocol.FuseOpcode;

/**
 * Makes FUSE messages from a seed: sound ones as a kernel could send them, and ones that no kernel
 * sends. Knows the layouts of linux/fuse.h by itself, not from the decoder that it is to test. What
 * a message is about, a {@link World} says. For one thread.
 */
public final class MessageGenerator {
    /** Bytes of struct fuse_in_header. */
    public static final int HEADER_BYTES = 40;

    /** Room for the largest message made here. */
    public static final int MAX_BYTES = 3 << 19;

    private static final int EXTENSION_WORDS_AT = 36;
    private static final int SIZE_AT = HEADER_BYTES + 16;
    private static final int IOC_SIZE_MAX = 16383;

    /** Struct bytes and names that follow the header. */
    private record Layout(int bytes, int names) {}

    private static final Map<FuseOpcode, Layout> LAYOUTS = layouts();

    // Where sizes begin to matter: signs, powers, structs, pages, the limits of ioctl and WRITE.
    private static final int[] AWKWARD = {
        0,
        1,
        2,
        7,
        8,
        23,
        24,
        39,
        40,
        79,
        80,
        255,
        256,
        4095,
        4096,
        4097,
        IOC_SIZE_MAX,
        16384,
        65535,
        65536,
        (1 << 20) - 1,
        1 << 20,
        (1 << 20) + 1,
        Integer.MAX_VALUE,
        Integer.MIN_VALUE,
        -1,
        -8,
        -4096
    };

    /** What the messages are about. */
    public interface World {
        /** A node: one that exists, existed or never did. */
        long nodeId(Random random);

        /** An open file, likewise. */
        long fh(Random random);

        /** A name to look up. */
        byte[] name(Random random);

        /** The request that an INTERRUPT is for. */
        long interrupted(Random random);
    }

    /** Knows nothing that exists. */
    public static final World NOWHERE =
            new World() {
                @Override
                public long nodeId(Random random) {
                    return random.nextLong();
                }

                @Override
                public long fh(Random random) {
                    return random.nextLong();
                }

                @Override
                public byte[] name(Random random) {
                    return randomName(random);
                }

                @Override
                public long interrupted(Random random) {
                    return random.nextLong();
                }
            };

    private final Random random;
    private final World world;
    private final ByteBuffer bytes = ByteBuffer.allocate(MAX_BYTES).order(ByteOrder.nativeOrder());

    /**
     * Begins a sequence of messages.
     *
     * @param seed the same messages come from the same one, as long as the world does not change
     */
    public MessageGenerator(long seed, World world) {
        this.random = new Random(seed);
        this.world = world;
    }

    private static Map<FuseOpcode, Layout> layouts() {
        Map<FuseOpcode, Layout> layouts = new EnumMap<>(FuseOpcode.class);
        layout(layouts, 0, 0, READLINK, STATFS, DESTROY);
        layout(layouts, 0, 1, LOOKUP, UNLINK, RMDIR, REMOVEXATTR);
        layout(layouts, 0, 2, SYMLINK);
        layout(layouts, 4, 0, REMOVEMAPPING);
        layout(layouts, 8, 0, FORGET, BATCH_FORGET, INTERRUPT, OPEN, OPENDIR, ACCESS);
        layout(layouts, 8, 0, SYNCFS, LISTXATTR);
        layout(layouts, 8, 1, MKDIR, LINK, SETXATTR, GETXATTR);
        layout(layouts, 8, 2, RENAME);
        layout(layouts, 16, 0, GETATTR, FSYNC, FSYNCDIR, BMAP);
        layout(layouts, 16, 1, MKNOD, CREATE, TMPFILE);
        layout(layouts, 16, 2, RENAME2);
        layout(layouts, 24, 0, RELEASE, RELEASEDIR, FLUSH, POLL, LSEEK, STATX);
        layout(layouts, 32, 0, IOCTL, FALLOCATE);
        layout(layouts, 40, 0, READ, READDIR, READDIRPLUS, WRITE, NOTIFY_REPLY, SETUPMAPPING);
        layout(layouts, 48, 0, GETLK, SETLK, SETLKW);
        layout(layouts, 56, 0, COPY_FILE_RANGE, COPY_FILE_RANGE_64);
        layout(layouts, 64, 0, INIT);
        layout(layouts, 88, 0, SETATTR);
        return layouts;
    }

    private static void layout(
            Map<FuseOpcode, Layout> layouts, int bytes, int names, FuseOpcode... opcodes) {
        for (FuseOpcode opcode : opcodes) {
            layouts.put(opcode, new Layout(bytes, names));
        }
    }

    /** Every opcode of protocol 7.45, ascending. */
    public static List<FuseOpcode> opcodes() {
        return List.copyOf(LAYOUTS.keySet());
    }

    /** Up to 4096 bytes without NUL, most often few. */
    public static byte[] randomName(Random random) {
        int length = random.nextInt(10) == 0 ? 1 + random.nextInt(4096) : 1 + random.nextInt(12);
        byte[] name = new byte[length];
        random.nextBytes(name);
        for (int i = 0; i < length; i++) {
            name[i] = name[i] == 0 ? (byte) '/' : name[i];
        }
        return name;
    }

    /** One of the opcodes. */
    public FuseOpcode anyOpcode() {
        List<FuseOpcode> all = opcodes();
        return all.get(random.nextInt(all.size()));
    }

    /** A value below a bound, from the same seed. */
    public int below(int bound) {
        return random.nextInt(bound);
    }

    /** A message whose sizes agree; what else stands in it is anything. */
    public byte[] sound(FuseOpcode opcode) {
        begin(opcode);
        Layout layout = LAYOUTS.get(opcode);
        fillArgument(opcode, layout.bytes);
        for (int i = 0; i < layout.names; i++) {
            bytes.put(world.name(random)).put((byte) 0);
        }
        switch (opcode) {
            case WRITE -> // now and then more than any server agrees to
                    bytes.putInt(
                            SIZE_AT,
                            payload(1 << 20) + (random.nextInt(50) == 0 ? payload(2000) : 0));
            case IOCTL -> {
                bytes.putInt(HEADER_BYTES + 24, payload(IOC_SIZE_MAX));
                bytes.putInt(HEADER_BYTES + 28, size(IOC_SIZE_MAX));
            }
            case SETXATTR -> bytes.putInt(HEADER_BYTES, payload(300));
            case NOTIFY_REPLY -> payload(300);
            case READ, READDIR, READDIRPLUS ->
                    bytes.putInt(SIZE_AT, random.nextBoolean() ? size(1 << 20) : awkward() >>> 1);
            case BATCH_FORGET -> {
                int count = random.nextInt(20);
                bytes.putInt(HEADER_BYTES, count);
                for (int i = 0; i < count; i++) {
                    bytes.putLong(world.nodeId(random)).putLong(lookups());
                }
            }
            default -> {
                // No size in it.
            }
        }
        if (random.nextInt(16) == 0) {
            int words = random.nextInt(6);
            bytes.put(new byte[8 * words]).putShort(EXTENSION_WORDS_AT, (short) words);
        }
        return finish();
    }

    private void begin(FuseOpcode opcode) {
        bytes.clear();
        bytes.putInt(0)
                .putInt(opcode.number())
                .putLong(random.nextLong())
                .putLong(world.nodeId(random));
        bytes.putInt(random.nextInt(3)).putInt(random.nextInt(3)); // uid, gid
        bytes.putInt(0).putInt(0); // a pid of ours could be taken for a dying caller's
    }

    private void fillArgument(FuseOpcode opcode, int length) {
        int start = bytes.position();
        int kind = random.nextInt(3);
        for (int i = 0; i + 4 <= length; i += 4) {
            bytes.putInt(kind == 0 ? 0 : kind == 1 ? random.nextInt(16) : awkward());
        }
        switch (opcode) {
            case READ,
                    WRITE,
                    READDIR,
                    READDIRPLUS,
                    IOCTL,
                    POLL,
                    LSEEK,
                    FLUSH,
                    FSYNC,
                    FSYNCDIR,
                    RELEASE,
                    RELEASEDIR,
                    FALLOCATE,
                    COPY_FILE_RANGE ->
                    bytes.putLong(start, world.fh(random));
            case GETATTR, SETATTR -> bytes.putLong(start + 8, world.fh(random));
            case INTERRUPT -> bytes.putLong(start, world.interrupted(random));
            case FORGET -> bytes.putLong(start, lookups());
            default -> {
                // Names no file.
            }
        }
    }

    private long lookups() {
        return random.nextInt(4) == 0 ? awkward() : random.nextInt(3);
    }

    private int awkward() {
        return random.nextInt(8) == 0 ? random.nextInt() : AWKWARD[random.nextInt(AWKWARD.length)];
    }

    /** Mostly small, now and then at the limit. */
    private int size(int most) {
        return switch (random.nextInt(20)) {
            case 0 -> most;
            case 1 -> random.nextInt(most + 1);
            default -> random.nextInt(Math.min(most, 200) + 1);
        };
    }

    private int payload(int most) {
        int length = size(most);
        for (int i = 0; i < length; i++) {
            bytes.put((byte) i);
        }
        return length;
    }

    private byte[] finish() {
        bytes.putInt(0, bytes.position());
        return Arrays.copyOf(bytes.array(), bytes.position());
    }

    /** Says in the header how long the message is, if there is room for that. */
    public static byte[] withLength(byte[] message) {
        if (message.length >= 4) {
            ByteBuffer.wrap(message).order(ByteOrder.nativeOrder()).putInt(0, message.length);
        }
        return message;
    }

    /** A sound message that something happened to; it may still be sound. */
    public byte[] mutated(FuseOpcode opcode) {
        byte[] message = sound(opcode);
        int changes = 1 + random.nextInt(4);
        for (int i = 0; i < changes && message.length > 0; i++) {
            message = changed(message);
        }
        return message;
    }

    private byte[] changed(byte[] message) {
        ByteBuffer view = ByteBuffer.wrap(message).order(ByteOrder.nativeOrder());
        int near = Math.min(message.length, 160);
        switch (random.nextInt(8)) {
            case 0 -> view.put(random.nextInt(near), (byte) random.nextInt());
            case 1 -> view.put(random.nextInt(message.length), (byte) 0);
            case 2 -> {
                if (near >= HEADER_BYTES + 4) { // a word of the argument
                    view.putInt(
                            HEADER_BYTES + random.nextInt((near - HEADER_BYTES) / 4) * 4,
                            awkward());
                }
            }
            case 3 -> {
                return withLength(Arrays.copyOf(message, random.nextInt(message.length + 1)));
            }
            case 4 -> {
                return Arrays.copyOf(message, random.nextInt(message.length + 1));
            }
            case 5 -> {
                return withLength(Arrays.copyOf(message, message.length + random.nextInt(200)));
            }
            case 6 -> {
                if (message.length >= HEADER_BYTES) {
                    view.putShort(EXTENSION_WORDS_AT, (short) awkward());
                }
            }
            default -> {
                if (message.length >= 4) {
                    view.putInt(0, random.nextBoolean() ? awkward() : message.length + 1);
                }
            }
        }
        return message;
    }

    /** Nothing but noise, under any header. */
    public byte[] noise() {
        byte[] message = new byte[random.nextInt(300)];
        random.nextBytes(message);
        if (random.nextBoolean()) {
            withLength(message);
        }
        if (message.length >= HEADER_BYTES && random.nextInt(4) > 0) {
            ByteBuffer.wrap(message)
                    .order(ByteOrder.nativeOrder())
                    .putInt(4, random.nextInt(60))
                    .putShort(EXTENSION_WORDS_AT, (short) 0);
        }
        return message;
    }
}
