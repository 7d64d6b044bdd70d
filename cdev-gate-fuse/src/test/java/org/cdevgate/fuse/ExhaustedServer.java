package org.cdevgate.fuse;

import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.abi.IoctlCommand;
import org.cdevgate.fuse.driver.CountingDriver;
import org.cdevgate.fuse.driver.FifoDriver;
import org.cdevgate.fuse.driver.Sleep;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.calls.Verb;

/**
 * Serves a mount with a FIFO of each kind and with "greedy", whose driver takes all the heap or all
 * the stack; and takes all descriptors when told to. Answers each line of input with one of output:
 * {@code hoard}, {@code free}, {@code asleep NAME N}, {@code close}. At the end of its input it
 * ends.
 */
final class ExhaustedServer {
    private final DeviceMount mount;
    private final FopsGate parked;
    private final FopsGate threadless;
    private final Deque<FileInputStream> hoard = new ArrayDeque<>();

    /** Each of its commands ends in an Error of the JVM. */
    static final class GreedyDriver extends CountingDriver {
        /** ioctl: fills the heap. */
        static final int HEAP = IoctlCommand.io('G', 1);

        /** ioctl: asks for an array that no heap has room for. */
        static final int ARRAY = IoctlCommand.io('G', 2);

        /** ioctl: fills the stack. */
        static final int STACK = IoctlCommand.io('G', 3);

        @Override
        public int ioctl(OpenFile file, int command, long argument, ByteBuffer data, Call call)
                throws ErrnoException {
            if (command == HEAP) {
                Object[] chain = null;
                while (true) {
                    chain = new Object[] {chain, new byte[64 << 10]};
                }
            }
            if (command == ARRAY) {
                return new long[Integer.MAX_VALUE].length;
            }
            if (command == STACK) {
                return depth(1);
            }
            throw Errno.ENOTTY.exception();
        }

        private static int depth(int level) {
            return level < 0 ? 0 : depth(level + 1) + level; // never comes as far as to a negative
        }
    }

    private ExhaustedServer(Path mountPoint) throws IOException {
        mount = DeviceMount.mount(mountPoint);
        parked = mount.register("parked", new FifoDriver(Sleep.PARKED));
        threadless = mount.register("threadless", new FifoDriver(Sleep.THREADLESS));
        mount.register("greedy", new GreedyDriver());
    }

    /** Mounts on its argument and prints "mounted", or what went wrong. */
    public static void main(String[] args) throws IOException {
        ExhaustedServer server;
        try {
            server = new ExhaustedServer(Path.of(args[0]));
        } catch (IOException e) {
            System.out.println("failed: " + e.getMessage());
            return;
        }
        System.out.println("mounted");
        BufferedReader in =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            System.out.println(server.answer(line.split(" ", -1)));
        }
    }

    private String answer(String[] words) throws IOException {
        return switch (words[0]) {
            case "hoard" -> hoard();
            case "free" -> {
                while (!hoard.isEmpty()) {
                    hoard.pop().close();
                }
                yield "freed";
            }
            case "asleep" -> {
                FopsGate gate = words[1].equals("parked") ? parked : threadless;
                TestMount.awaitAsleep(gate, Verb.READ, Integer.parseInt(words[2]));
                yield "asleep";
            }
            case "close" -> {
                mount.close();
                yield "closed";
            }
            default -> "unknown command " + words[0];
        };
    }

    private String hoard() {
        while (true) {
            try {
                hoard.push(new FileInputStream("/dev/null"));
            } catch (IOException e) {
                return e.getMessage().contains("Too many open files")
                        ? "exhausted"
                        : "failed: " + e.getMessage();
            }
        }
    }
}
