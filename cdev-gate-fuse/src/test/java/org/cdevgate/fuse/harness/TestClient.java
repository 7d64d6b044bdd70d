package org.cdevgate.fuse.harness;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.OpenFlags;
import org.cdevgate.abi.PollEvents;

/**
 * A process that makes system calls on command, one per line of standard input:
 *
 * <pre>
 *   1 open 2 /dev/null          1 = 5
 *   2 read 5 8                  2 = 3 616263
 *   3 & read 5 8                3 ... 4711        (begun on a thread of its own, tid 4711)
 *                               3 ! 19            (errno)
 * </pre>
 *
 * <p>Numbers are decimal, bytes are hexadecimal, a path is the rest of its line. The process ends
 * at the end of its input, whatever its threads are blocked in.
 */
public final class TestClient {
    private static final SystemCalls.Calls CALLS = SystemCalls.CALLS;
    private static final int FD_SET_BYTES = 128;
    private static final int STATX_BYTES = 256;

    /** struct epoll_event is packed on this architecture alone. */
    private static final boolean PACKED_EPOLL_EVENT = System.getProperty("os.arch").equals("amd64");

    private static final int EPOLL_EVENT_BYTES = PACKED_EPOLL_EVENT ? 12 : 16;

    private static final long BETWEEN_OPENS_NANOS = 100_000;

    private final PrintStream out;
    private final int[] pipe = pipe();
    private final Set<Integer> descriptors = ConcurrentHashMap.newKeySet();
    private final Map<Integer, Integer> threads = new ConcurrentHashMap<>();
    private volatile boolean looping;

    private TestClient(PrintStream out) {
        this.out = out;
    }

    /** Runs the commands of standard input. */
    public static void main(String[] args) throws IOException {
        SystemCalls.handleSigusr1();
        TestClient client =
                new TestClient(new PrintStream(System.out, false, StandardCharsets.US_ASCII));
        BufferedReader in =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            client.accept(line);
        }
        // Not exit(): it would wait for nothing useful, and a blocked thread must not delay it.
        java.lang.Runtime.getRuntime().halt(0);
    }

    private void accept(String line) {
        Words words = new Words(line);
        int id = words.nextInt();
        String command = words.next();
        if (!command.equals("&")) {
            run(id, command, words);
            return;
        }
        String background = words.next();
        Runnable call =
                () -> {
                    int tid = CALLS.gettid();
                    threads.put(id, tid);
                    print(id + " ... " + tid);
                    run(id, background, words);
                };
        new Thread(null, call, "call-" + id, 256 << 10).start();
    }

    private void run(int id, String command, Words words) {
        String answer;
        try {
            answer = execute(command, words);
        } catch (RuntimeException | Error e) {
            answer = "? " + e;
        }
        threads.remove(id);
        print(id + " " + answer);
    }

    private synchronized void print(String line) {
        out.println(line);
        out.flush();
    }

    private String execute(String command, Words words) {
        return switch (command) {
            case "open" -> open(words.nextInt(), words.rest());
            case "close" -> close(words.nextInt());
            case "closeall" -> closeAll();
            case "dup" -> descriptor(CALLS.dup(words.nextInt()));
            case "read" -> read(words.nextInt(), words.nextInt());
            case "pread" -> pread(words.nextInt(), words.nextInt(), words.nextLong());
            case "write" -> write(words.nextInt(), words.nextBytes());
            case "lseek" -> answer(CALLS.lseek(words.nextInt(), words.nextLong(), words.nextInt()));
            case "ioctl" -> ioctl(words.nextInt(), words.nextInt(), words.nextBytes());
            case "fsync" -> answer(CALLS.fsync(words.nextInt()));
            case "map" -> map(words.nextInt(), words.nextInt());
            case "peek" -> peek(words.nextLong());
            case "poke" -> poke(words.nextLong(), words.nextBytes());
            case "getfl" -> answer(CALLS.fcntl(words.nextInt(), SystemCalls.F_GETFL, 0));
            case "setfl" ->
                    answer(CALLS.fcntl(words.nextInt(), SystemCalls.F_SETFL, words.nextInt()));
            case "fstat" -> stat(words.nextInt(), "", SystemCalls.AT_EMPTY_PATH);
            case "stat" -> stat(SystemCalls.AT_FDCWD, words.rest(), 0);
            case "poll" -> poll(words.nextInt(), words.nextInt(), words.nextInt());
            case "poll_then_read" ->
                    pollThenRead(words.nextInt(), words.nextInt(), words.nextInt());
            case "epoll_then_read" ->
                    epollThenRead(words.nextInt(), words.nextInt(), words.nextInt());
            case "select" -> select(words.nextInt(), words.next(), words.nextInt());
            case "epoll_create" -> descriptor(CALLS.epoll_create1(0));
            case "epoll_add" -> epollAdd(words.nextInt(), words.nextInt(), words.nextInt());
            case "epoll_wait" -> epollWait(words.nextInt(), words.nextInt());
            case "signal" -> signal(words.nextInt());
            case "loop" -> loop(words.next(), words.rest());
            case "endloops" -> {
                looping = false;
                yield answer(0);
            }
            default -> throw new IllegalArgumentException("unknown command " + command);
        };
    }

    private static String answer(long result) {
        return result < 0 ? "! " + SystemCalls.errno() : "= " + result;
    }

    private static String answer(long result, ByteBuffer data, int bytes) {
        return result < 0 ? answer(result) : "= " + result + " " + hex(data, bytes);
    }

    private static String hex(ByteBuffer data, int bytes) {
        byte[] copy = new byte[bytes];
        data.get(0, copy);
        return HexFormat.of().formatHex(copy);
    }

    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocateDirect(Math.max(1, bytes)).order(ByteOrder.nativeOrder());
    }

    private static ByteBuffer buffer(byte[] bytes) {
        return buffer(bytes.length).put(0, bytes);
    }

    private String descriptor(int fd) {
        if (fd >= 0) {
            descriptors.add(fd);
        }
        return answer(fd);
    }

    private String open(int flags, String path) {
        return descriptor(CALLS.open(path, flags, 0));
    }

    private String close(int fd) {
        descriptors.remove(fd);
        return answer(CALLS.close(fd));
    }

    private String closeAll() {
        int closed = 0;
        for (int fd : List.copyOf(descriptors)) {
            descriptors.remove(fd);
            if (CALLS.close(fd) < 0) {
                return answer(-1);
            }
            closed++;
        }
        return answer(closed);
    }

    private static String read(int fd, int count) {
        ByteBuffer data = buffer(count);
        long result = CALLS.read(fd, data, count);
        return answer(result, data, (int) result);
    }

    private static String pread(int fd, int count, long offset) {
        ByteBuffer data = buffer(count);
        long result = CALLS.pread(fd, data, count, offset);
        return answer(result, data, (int) result);
    }

    private static String write(int fd, byte[] bytes) {
        return answer(CALLS.write(fd, buffer(bytes), bytes.length));
    }

    private static String ioctl(int fd, int command, byte[] argument) {
        ByteBuffer data = buffer(argument);
        long result = CALLS.ioctl(fd, Integer.toUnsignedLong(command), data);
        return answer(result, data, argument.length);
    }

    private static String map(int fd, int length) {
        return answer(
                CALLS.mmap(
                        null, length, SystemCalls.PROT_READ_WRITE, SystemCalls.MAP_SHARED, fd, 0));
    }

    /**
     * Reads one byte of a mapping, by a system call: where a program that touched the page itself
     * would get SIGBUS, this gets EFAULT.
     */
    private String peek(long address) {
        ByteBuffer data = buffer(1);
        if (CALLS.write(pipe[1], address, 1) < 0 || CALLS.read(pipe[0], data, 1) < 0) {
            return answer(-1);
        }
        return answer(1, data, 1);
    }

    /** Stores one byte into a mapping, which has to begin at this address, and writes it back. */
    private String poke(long address, byte[] value) {
        if (CALLS.write(pipe[1], buffer(value), 1) < 0 || CALLS.read(pipe[0], address, 1) < 0) {
            return answer(-1);
        }
        return answer(CALLS.msync(address, 1, SystemCalls.MS_SYNC));
    }

    private static int[] pipe() {
        ByteBuffer fds = buffer(8);
        if (CALLS.pipe2(fds, 0) < 0) {
            throw new IllegalStateException("no pipe: errno " + SystemCalls.errno());
        }
        return new int[] {fds.getInt(0), fds.getInt(4)};
    }

    private static String stat(int fd, String path, int flags) {
        ByteBuffer statx = buffer(STATX_BYTES);
        int result = CALLS.statx(fd, path, flags, SystemCalls.STATX_BASIC_STATS, statx);
        return result < 0 ? answer(result) : "= " + statx.getLong(40); // stx_size
    }

    private static String pollThenRead(int fd, int events, int pauseMillis) {
        poll(fd, events, -1);
        return pauseAndRead(fd, pauseMillis);
    }

    private static String epollThenRead(int fd, int events, int pauseMillis) {
        int epfd = CALLS.epoll_create1(0);
        epollAdd(epfd, fd, events);
        epollWait(epfd, -1);
        String read = pauseAndRead(fd, pauseMillis);
        CALLS.close(epfd);
        return read;
    }

    private static String pauseAndRead(int fd, int pauseMillis) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(pauseMillis));
        return read(fd, 1);
    }

    private static String poll(int fd, int events, int timeoutMillis) {
        ByteBuffer pollfd = buffer(8); // struct pollfd: fd, events, revents
        pollfd.putInt(0, fd).putShort(4, (short) events);
        int result = CALLS.poll(pollfd, 1, timeoutMillis);
        return result < 0 ? answer(result) : "= " + pollfd.getShort(6);
    }

    /** The answer is a mask: 1 readable, 2 writable, 4 exceptional condition. */
    private static String select(int fd, String sets, int timeoutMillis) {
        ByteBuffer[] buffers = new ByteBuffer[3];
        for (int set = 0; set < buffers.length; set++) {
            if (sets.indexOf("rwx".charAt(set)) >= 0) {
                buffers[set] = buffer(FD_SET_BYTES);
                buffers[set].put(fd / 8, (byte) (1 << fd % 8)); // as if little-endian words
            }
        }
        ByteBuffer timeval = buffer(16);
        timeval.putLong(0, timeoutMillis / 1000).putLong(8, timeoutMillis % 1000 * 1000L);
        int result = CALLS.select(fd + 1, buffers[0], buffers[1], buffers[2], timeval);
        if (result < 0) {
            return answer(result);
        }
        int mask = 0;
        for (int set = 0; set < buffers.length; set++) {
            if (buffers[set] != null && (buffers[set].get(fd / 8) >>> fd % 8 & 1) != 0) {
                mask |= 1 << set;
            }
        }
        return "= " + mask;
    }

    private static String epollAdd(int epfd, int fd, int events) {
        ByteBuffer event = buffer(EPOLL_EVENT_BYTES);
        event.putInt(0, events).putInt(PACKED_EPOLL_EVENT ? 4 : 8, fd);
        return answer(CALLS.epoll_ctl(epfd, SystemCalls.EPOLL_CTL_ADD, fd, event));
    }

    private static String epollWait(int epfd, int timeoutMillis) {
        ByteBuffer event = buffer(EPOLL_EVENT_BYTES);
        int result = CALLS.epoll_wait(epfd, event, 1, timeoutMillis);
        return result <= 0 ? answer(result) : "= " + event.getInt(0);
    }

    /** Interrupts the system call of another command's thread; 0 if it has returned. */
    private String signal(int id) {
        Integer tid = threads.get(id);
        if (tid == null) {
            return answer(0);
        }
        if (CALLS.tgkill(CALLS.getpid(), tid, SystemCalls.SIGUSR1) == 0) {
            return answer(1);
        }
        return answer(SystemCalls.errno() == Errno.ESRCH.number() ? 0 : -1);
    }

    /** Opens a node again and again, sleeps in it until it is removed, and counts. */
    private String loop(String call, String path) {
        looping = true;
        int rounds = 0;
        ByteBuffer data = buffer(1);
        while (looping) {
            int fd = CALLS.open(path, OpenFlags.O_RDONLY, 0);
            if (fd < 0) {
                int errno = SystemCalls.errno();
                if (errno != Errno.ENOENT.number() && errno != Errno.ENODEV.number()) {
                    return "! " + errno;
                }
                LockSupport.parkNanos(BETWEEN_OPENS_NANOS);
                continue;
            }
            String failure = call.equals("poll") ? pollToEnd(fd) : readToEnd(fd, data);
            if (CALLS.close(fd) < 0) {
                failure = answer(-1);
            }
            if (failure != null) {
                return failure;
            }
            rounds++;
        }
        return answer(rounds);
    }

    private static String readToEnd(int fd, ByteBuffer data) {
        long result = CALLS.read(fd, data, 1);
        return result < 0 && SystemCalls.errno() == Errno.ENODEV.number() ? null : answer(result);
    }

    private static String pollToEnd(int fd) {
        String mask = poll(fd, PollEvents.POLLIN, -1);
        return mask.equals("= " + (PollEvents.POLLERR | PollEvents.POLLHUP)) ? null : mask;
    }

    /** The words of a line, one after the other. */
    private static final class Words {
        private String rest;

        Words(String line) {
            rest = line;
        }

        String next() {
            int end = rest.indexOf(' ');
            String word = end < 0 ? rest : rest.substring(0, end);
            rest = end < 0 ? "" : rest.substring(end + 1);
            return word;
        }

        int nextInt() {
            return Integer.parseInt(next());
        }

        long nextLong() {
            return Long.parseLong(next());
        }

        byte[] nextBytes() {
            return HexFormat.of().parseHex(next());
        }

        String rest() {
            return rest;
        }
    }
}
