package org.cdevgate.fuse.harness;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Assumptions;

/**
 * A process written in C that makes ioctl calls: from 64-bit and from 32-bit code, with memory that
 * ends where it says, on its first thread or, by the methods named {@code begin…}, on another.
 */
public final class IoctlClient implements AutoCloseable {
    private final ClientProcess process;

    private IoctlClient(ClientProcess process) {
        this.process = process;
    }

    /** Starts one; the test is skipped, or fails on a build server, if there is no compiler. */
    public static IoctlClient start() throws IOException, InterruptedException {
        return start(command -> command);
    }

    /**
     * {@link #start()}, by a command that ends up in the program.
     *
     * @param as puts something before the command
     */
    public static IoctlClient start(UnaryOperator<List<String>> as)
            throws IOException, InterruptedException {
        List<String> command = List.of(CProgram.compiled("ioctl_client").toString());
        return new IoctlClient(ClientProcess.start(as.apply(command)));
    }

    /**
     * Skips the test where there are no calls of 32-bit programs, in CI too: no package brings
     * them. {@code .ci/run} knows such a test by the first words of the message.
     */
    public static void assume32Bit() throws IOException, InterruptedException {
        Assumptions.assumeTrue(
                System.getProperty("os.arch").equals("amd64"),
                "only on x86-64 can a 64-bit program enter the kernel as one of 32 bits does");
        Assumptions.assumeTrue(
                serves32Bit(),
                "this kernel serves no 32-bit programs (ia32_emulation=off, or its hypervisor does"
                        + " not let int 0x80 through)");
    }

    /** Whether int 0x80 comes back: the client is killed by it where it is not served. */
    private static boolean serves32Bit() throws IOException, InterruptedException {
        try (IoctlClient probe = start()) {
            Pending call = probe.process.begin(line("value32", -1, 0, "0"));
            Within.limit("the client answers or is killed", call::isDone);
            return !call.hasFailed();
        }
    }

    /** Its process id. */
    public long pid() {
        return process.pid();
    }

    /** SIGKILL. */
    public void kill() throws InterruptedException {
        process.kill();
    }

    @Override
    public void close() {
        process.close();
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    /** The bytes that a call delivered. */
    public static byte[] bytes(Reply reply) {
        return reply.text().getBytes(StandardCharsets.ISO_8859_1);
    }

    /** open(2) that must succeed; returns the descriptor. */
    public int open(String path, int flags) throws IOException, InterruptedException {
        return process.call("open " + flags + " " + path).success();
    }

    /** close(2). */
    public Reply close(int fd) throws IOException, InterruptedException {
        return process.call("close " + fd);
    }

    /** read(2) of one byte. */
    public Reply read(int fd) throws IOException, InterruptedException {
        return process.call("read " + fd);
    }

    private static String line(String name, int fd, int command, String argument) {
        return name + " " + fd + " " + Integer.toUnsignedString(command) + " " + argument;
    }

    /** ioctl(2) with a pointer to these bytes; after them comes memory that cannot be touched. */
    public Reply ioctl(int fd, int command, byte[] data) throws IOException, InterruptedException {
        return process.call(line("ioctl", fd, command, hex(data)));
    }

    /** {@link #ioctl(int, int, byte[])} of a 32-bit program; on x86-64 only. */
    public Reply ioctl32(int fd, int command, byte[] data)
            throws IOException, InterruptedException {
        return process.call(line("ioctl32", fd, command, hex(data)));
    }

    /** {@link #ioctl(int, int, byte[])} that sleeps, on another thread. */
    public Pending beginIoctl(int fd, int command, byte[] data) throws IOException {
        return process.begin(line("ioctl", fd, command, hex(data)));
    }

    /** ioctl(2) with this argument, be it a number or an address. */
    public Reply ioctl(int fd, int command, long argument)
            throws IOException, InterruptedException {
        return process.call(line("value", fd, command, Long.toUnsignedString(argument)));
    }

    /** {@link #ioctl(int, int, long)} of a 32-bit program; on x86-64 only. */
    public Reply ioctl32(int fd, int command, long argument)
            throws IOException, InterruptedException {
        return process.call(line("value32", fd, command, Long.toUnsignedString(argument)));
    }

    /** {@link #ioctl(int, int, long)} on another thread. */
    public Pending beginIoctl(int fd, int command, long argument) throws IOException {
        return process.begin(line("value", fd, command, Long.toUnsignedString(argument)));
    }

    /** fcntl(2) F_GETFD. */
    public Reply descriptorFlags(int fd) throws IOException, InterruptedException {
        return process.call("getfd " + fd);
    }

    /** fcntl(2) F_GETFL. */
    public Reply fileFlags(int fd) throws IOException, InterruptedException {
        return process.call("getfl " + fd);
    }

    /** Zeroed memory whose end is the end of what can be touched; returns its address. */
    public long map(int bytes) throws IOException, InterruptedException {
        return address(process.call("map " + bytes));
    }

    /** {@link #map} where a pointer of 32 bits reaches; on x86-64 only. */
    public long map32(int bytes) throws IOException, InterruptedException {
        return address(process.call("map32 " + bytes));
    }

    /** {@link #map} with contents. */
    public long map(byte[] contents) throws IOException, InterruptedException {
        long address = map(contents.length);
        poke(address, contents);
        return address;
    }

    /** mmap(2) of the beginning of a file, shared; returns the address. */
    public long mapFile(int fd, int bytes) throws IOException, InterruptedException {
        return address(process.call("mapfile " + fd + " " + bytes));
    }

    private static long address(Reply reply) {
        reply.success();
        return reply.value();
    }

    /** Stores bytes in its memory. */
    public void poke(long address, byte[] contents) throws IOException, InterruptedException {
        process.call("poke " + Long.toUnsignedString(address) + " " + hex(contents))
                .expect(contents.length);
    }

    /** What stands in its memory. */
    public byte[] peek(long address, int count) throws IOException, InterruptedException {
        return bytes(process.call("peek " + Long.toUnsignedString(address) + " " + count));
    }

    /** Makes the page of an address read-only. */
    public void protect(long address) throws IOException, InterruptedException {
        process.call("readonly " + Long.toUnsignedString(address)).expect(0);
    }

    /** Closes its memory to processes without CAP_SYS_PTRACE (prctl(2) PR_SET_DUMPABLE). */
    public void makeUndumpable() throws IOException, InterruptedException {
        process.call("undumpable").expect(0);
    }
}
