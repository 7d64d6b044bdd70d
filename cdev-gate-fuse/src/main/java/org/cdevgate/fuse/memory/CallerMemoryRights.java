package org.cdevgate.fuse.memory;

import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import jnr.ffi.Pointer;
import org.cdevgate.abi.Errno;
import org.cdevgate.fuse.libc.Libc;
import org.cdevgate.fuse.libc.NativeBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Whether this process may use the memory of others, by the rules of ptrace(2), "Ptrace access mode
 * checking", and of the kernel's Yama module (Documentation/admin-guide/LSM/Yama.rst).
 */
public final class CallerMemoryRights {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Path YAMA = Path.of("/proc/sys/kernel/yama/ptrace_scope");

    // linux/capability.h
    private static final int CAP_SYS_PTRACE = 19;

    private static final String GIVE_CAPABILITY =
            "give the server CAP_SYS_PTRACE (run it as root, docker run --cap-add SYS_PTRACE,"
                    + " AmbientCapabilities=CAP_SYS_PTRACE of systemd)";

    private CallerMemoryRights() {}

    /**
     * Returns if this process may use the memory of every other one, or of those of its own user.
     *
     * @throws IOException if it may not; the message says what to do
     */
    public static void check() throws IOException {
        String refusal = refusal(Files.readString(STATUS), yamaScope());
        if (refusal != null) {
            throw new IOException(refusal);
        }
        probe();
    }

    private static String yamaScope() throws IOException {
        try {
            return Files.readString(YAMA).strip();
        } catch (NoSuchFileException e) {
            return "0"; // a kernel without Yama
        }
    }

    /**
     * Returns why the memory of others is closed, or null.
     *
     * @param status /proc/self/status
     * @param scope Yama's ptrace_scope
     */
    static @Nullable String refusal(String status, String scope) {
        if (scope.equals("0") || (!scope.equals("3") && hasCapability(status))) {
            return null;
        }
        String begin = "the memory of callers cannot be accessed: ";
        if (scope.equals("3")) {
            return begin
                    + YAMA
                    + " is 3, which forbids it to everybody, also with CAP_SYS_PTRACE, until the"
                    + " next boot; boot with a lower one, or mount without callerMemory";
        }
        return begin
                + "this process lacks CAP_SYS_PTRACE and "
                + YAMA
                + " is "
                + scope
                + "; "
                + GIVE_CAPABILITY
                + ", or, for callers of the same user, sysctl kernel.yama.ptrace_scope=0";
    }

    private static boolean hasCapability(String status) {
        return status.lines()
                .filter(line -> line.startsWith("CapEff:"))
                .map(line -> Long.parseUnsignedLong(line.substring(7).strip(), 16))
                .anyMatch(set -> (set >>> CAP_SYS_PTRACE & 1) != 0);
    }

    /** Reads memory of this process, which no rule forbids: is the system call there at all? */
    private static void probe() throws IOException {
        NativeBuffer memory = NativeBuffer.allocate(64);
        try {
            memory.bytes()
                    .putLong(0, memory.address() + 48)
                    .putLong(8, 8)
                    .putLong(16, memory.address() + 56)
                    .putLong(24, 8);
            Pointer local = Libc.pointer(memory.address());
            if (Libc.CALLS.process_vm_readv(
                            Libc.CALLS.getpid(), local, 1, memory.address() + 16, 1, 0)
                    != 8) {
                int errno = Libc.errno();
                throw new IOException(
                        "the memory of callers cannot be accessed: process_vm_readv(2) of the own"
                                + " memory failed with "
                                + Errno.describe(errno)
                                + "; "
                                + (errno == Libc.ENOSYS
                                        ? "the kernel needs CONFIG_CROSS_MEMORY_ATTACH"
                                        : "a seccomp filter forbids it, allow it there (docker run"
                                                + " --cap-add SYS_PTRACE)"));
            }
        } finally {
            Reference.reachabilityFence(memory);
        }
    }
}
