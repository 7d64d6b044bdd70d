package org.cdevgate.fuse.driver;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.abi.IoctlCommand;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.OpenFile;

/** Serves ioctl commands of every shape and remembers what came. */
public final class IoctlDriver extends CountingDriver {
    /** Commands of this type change each byte by {@link #changed} and return their number. */
    public static final int CHANGE = 'S';

    /** Commands of this type return their argument. */
    public static final int RETURN = 'R';

    /** Commands of this type change each byte, then fail with their number as errno. */
    public static final int FAIL = 'E';

    /** Commands of this type change each byte but give back only as many as their number says. */
    public static final int SHORTEN = 'H';

    private final List<Seen> seen = new CopyOnWriteArrayList<>();

    /**
     * What came with a command.
     *
     * @param data in hexadecimal, as they were before the driver changed them
     */
    public record Seen(int command, long argument, String data, boolean is32Bit) {}

    @Override
    public int ioctl(OpenFile file, int command, long argument, ByteBuffer data, Call call)
            throws ErrnoException {
        byte[] came = new byte[data.remaining()];
        data.get(0, came);
        seen.add(new Seen(command, argument, HexFormat.of().formatHex(came), call.is32Bit()));
        switch (IoctlCommand.type(command)) {
            case CHANGE -> {
                data.put(changed(came));
                return IoctlCommand.nr(command);
            }
            case SHORTEN -> {
                data.put(changed(came)).limit(IoctlCommand.nr(command));
                return came.length;
            }
            case RETURN -> {
                return (int) argument;
            }
            case FAIL -> {
                data.put(changed(came));
                throw ErrnoException.of(IoctlCommand.nr(command));
            }
            default -> throw Errno.ENOTTY.exception();
        }
    }

    /** What {@link #CHANGE} makes of bytes. */
    public static byte[] changed(byte[] bytes) {
        byte[] changed = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            changed[i] = (byte) (bytes[i] ^ (7 + 31 * i));
        }
        return changed;
    }

    /** What came since the last time, in its order. */
    public List<Seen> takeSeen() {
        List<Seen> taken = List.copyOf(seen);
        seen.clear();
        return taken;
    }
}
