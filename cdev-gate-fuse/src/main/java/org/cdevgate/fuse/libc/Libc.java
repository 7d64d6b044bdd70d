package org.cdevgate.fuse.libc;

import com.kenai.jffi.Library;
import com.kenai.jffi.MemoryIO;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import jnr.ffi.LastError;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Platform;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import org.jspecify.annotations.Nullable;

/**
 * The C library's wrappers of the system calls used here, with their constants. Addresses are
 * {@code long}: a {@code ByteBuffer} parameter would cost an allocation and a lookup per call.
 *
 * <p>Numbers are those of 64-bit Linux, the same on every architecture that HotSpot runs on there.
 */
public final class Libc {
    // asm-generic/errno.h
    public static final int EPERM = 1;
    public static final int ENOENT = 2;
    public static final int ESRCH = 3;
    public static final int EINTR = 4;
    public static final int ENXIO = 6;
    public static final int EAGAIN = 11;
    public static final int EACCES = 13;
    public static final int EFAULT = 14;
    public static final int ENODEV = 19;
    public static final int EINVAL = 22;
    public static final int ENAMETOOLONG = 36;
    public static final int ENOSYS = 38;
    public static final int ECONNABORTED = 103;
    public static final int ENOTCONN = 107;

    // fcntl.h
    public static final int O_RDONLY = 0;
    public static final int O_RDWR = 2;
    public static final int O_NONBLOCK = 0x800;
    public static final int O_CREAT = 0x40;
    public static final int O_EXCL = 0x80;
    public static final int O_NOCTTY = 0x100;
    public static final int O_CLOEXEC = 0x80000;
    public static final int F_SETFL = 4;

    // sys/file.h
    public static final int LOCK_EX = 2;
    public static final int LOCK_NB = 4;

    // poll.h
    public static final int POLLIN = 0x1;
    public static final int POLLERR = 0x8;
    public static final int POLLHUP = 0x10;
    public static final int POLLNVAL = 0x20;

    // sys/epoll.h
    public static final int EPOLL_CTL_ADD = 1;
    public static final int EPOLL_CTL_DEL = 2;
    public static final int EPOLLET = 1 << 31;

    // sys/mman.h
    public static final int PROT_READ = 1;
    public static final int PROT_WRITE = 2;
    public static final int MAP_PRIVATE = 0x02;
    public static final int MAP_ANONYMOUS = 0x20;
    public static final int MAP_NORESERVE = 0x4000;
    public static final int MADV_DONTNEED = 4;
    public static final int MADV_NOHUGEPAGE = 15;

    // sys/mount.h
    public static final long MS_NOSUID = 2;
    public static final long MS_NODEV = 4;
    public static final int MNT_DETACH = 2;
    public static final int UMOUNT_NOFOLLOW = 8;

    // sys/socket.h
    public static final int AF_UNIX = 1;
    public static final int SOCK_STREAM = 1;
    public static final int SOCK_SEQPACKET = 5;
    public static final int SOL_SOCKET = 1;
    public static final int SCM_RIGHTS = 1;
    public static final int MSG_CMSG_CLOEXEC = 0x40000000;

    // spawn.h, sys/wait.h
    public static final short POSIX_SPAWN_SETPGROUP = 2;
    public static final int WNOHANG = 1;

    // signal.h
    public static final int SIGKILL = 9;
    public static final int SIG_UNBLOCK = 1;

    /** {@code sizeof(sigset_t)} and {@code sizeof(struct sigaction)} of glibc and musl. */
    public static final int SIGSET_BYTES = 128;

    public static final int SIGACTION_BYTES = 152;

    static {
        Platform platform = Platform.getNativePlatform();
        if (platform.getOS() != Platform.OS.LINUX || !platform.is64Bit()) {
            throw new UnsupportedOperationException(
                    "FUSE needs 64-bit Linux, this is "
                            + platform.getName()
                            + "; the gate without FUSE runs anywhere");
        }
        requireAsm();
    }

    /**
     * JNR-FFI is no named module, so it cannot require ASM, which is one: on the module path nobody
     * resolves it unless told to. Thrown by itself, its own error would name a class of ASM.
     */
    private static void requireAsm() {
        try {
            Class.forName("org.objectweb.asm.ClassVisitor", false, Runtime.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            NoClassDefFoundError error =
                    new NoClassDefFoundError(
                            "org.objectweb.asm, which JNR-FFI needs; on the module path start java"
                                    + " with --add-modules org.objectweb.asm, on the class path add"
                                    + " the jars of org.ow2.asm");
            error.initCause(e);
            throw error;
        }
    }

    public static final Calls CALLS = LibraryLoader.create(Calls.class).load("c");

    private static final Runtime RUNTIME = Runtime.getRuntime(CALLS);

    /** What the JVM turns the bytes of a path into, and back. */
    private static final Charset PATH_CHARSET =
            Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));

    private Libc() {}

    /** The calls; public because JNR-FFI implements it from another class loader. */
    public interface Calls {
        int open(byte[] path, int flags);

        /** With the address of a path. */
        int open(long path, int flags);

        int close(int fd);

        long read(int fd, long buffer, long count);

        long write(int fd, long buffer, long count);

        int dup3(int fd, int newFd, int flags);

        int pipe2(long fds, int flags);

        int poll(long fds, long count, int timeoutMillis);

        /** For commands that take a number. */
        int fcntl(int fd, int command, long argument);

        /** With a number or an address. */
        int ioctl(int fd, long command, long argument);

        long lseek(int fd, long offset, int whence);

        long pread(int fd, long buffer, long count, long position);

        long pwrite(int fd, long buffer, long count, long position);

        int fsync(int fd);

        int fdatasync(int fd);

        int epoll_create1(int flags);

        int epoll_ctl(int epoll, int operation, int fd, long event);

        int epoll_wait(int epoll, long events, int most, int timeoutMillis);

        int mincore(long address, long length, long resident);

        /**
         * Takes its local vector as an object, never null, for the reason given at {@link #mmap}.
         */
        long process_vm_readv(
                int tid, Pointer local, long localCount, long remote, long remoteCount, long flags);

        /** As {@link #process_vm_readv}. */
        long process_vm_writev(
                int tid, Pointer local, long localCount, long remote, long remoteCount, long flags);

        /**
         * Takes its hint as an object, null, on purpose: for six numbers JNR-FFI 2.2 compiles a
         * stub that passes a wrong sixth one on x86-64.
         */
        long mmap(
                @Nullable Pointer hint,
                long length,
                int protection,
                int flags,
                int fd,
                long offset);

        int munmap(long address, long length);

        int madvise(long address, long length, int advice);

        int getpagesize();

        int mount(byte[] source, byte[] target, byte[] type, long flags, byte[] data);

        int umount2(byte[] target, int flags);

        int statx(int directory, byte[] path, int flags, int mask, long result);

        int socketpair(int domain, int type, int protocol, long fds);

        long recvmsg(int fd, long message, int flags);

        int posix_spawn_file_actions_init(long actions);

        int posix_spawn_file_actions_adddup2(long actions, int fd, int newFd);

        int posix_spawn_file_actions_addclose(long actions, int fd);

        int posix_spawn_file_actions_addopen(
                long actions, int fd, byte[] path, int flags, int mode);

        int posix_spawn_file_actions_destroy(long actions);

        int posix_spawnattr_init(long attributes);

        int posix_spawnattr_setflags(long attributes, short flags);

        int posix_spawnattr_destroy(long attributes);

        int posix_spawn(long pid, byte[] path, long actions, long attributes, long argv, long envp);

        int waitpid(int pid, long status, int options);

        int kill(int pid, int signal);

        int flock(int fd, int operation);

        int getpid();

        int gettid();

        int geteuid();

        int getegid();

        int sched_getcpu();

        int sched_getaffinity(int tid, long bytes, long set);

        int sched_setaffinity(int tid, long bytes, long set);

        int tgkill(int pid, int tid, int signal);

        int sigaction(int signal, long action, long old);

        int sigemptyset(long set);

        int sigaddset(long set, int signal);

        int pthread_sigmask(int how, long set, long old);

        int __libc_current_sigrtmin();
    }

    /** Returns an address as the object that some calls take. */
    public static Pointer pointer(long address) {
        return Pointer.wrap(RUNTIME, address);
    }

    /** Returns the address of a direct buffer's byte 0; valid while the buffer is reachable. */
    public static long address(ByteBuffer direct) {
        if (!direct.isDirect()) {
            throw new IllegalArgumentException(
                    "a buffer on the heap has no address; give a direct one");
        }
        return MemoryIO.getInstance().getDirectBufferAddress(direct);
    }

    /** Returns errno of the calling thread's last call. */
    public static int errno() {
        return LastError.getLastError(RUNTIME);
    }

    /**
     * Returns the address of a function that the process has loaded.
     *
     * @throws UnsatisfiedLinkError if there is none of this name
     */
    public static long addressOf(String function) {
        long address = Library.getDefault().getSymbolAddress(function);
        if (address == 0) {
            throw new UnsatisfiedLinkError(
                    "the C library has no function " + function + ": " + Library.getLastError());
        }
        return address;
    }

    /** Returns a path, or other text for the kernel, as a NUL-terminated C string. */
    public static byte[] cString(String text) {
        byte[] bytes = text.getBytes(PATH_CHARSET);
        return Arrays.copyOf(bytes, bytes.length + 1);
    }

    /** Returns a path that {@link #isExpressible}, with one char for each of its bytes. */
    public static String pathBytes(Path path) {
        return new String(path.toString().getBytes(PATH_CHARSET), StandardCharsets.ISO_8859_1);
    }

    /**
     * Returns whether the bytes of a path survive as text. The JVM reads names whose bytes mean
     * nothing in its charset as other ones, which may exist beside.
     */
    public static boolean isExpressible(Path path) {
        try {
            return Path.of(path.toString()).equals(path);
        } catch (InvalidPathException e) {
            return false;
        }
    }

    /** Returns the name of the charset that the JVM reads and writes paths in. */
    public static String pathCharset() {
        return PATH_CHARSET.name();
    }

    /** Returns the text of bytes of the kernel, such as a path. */
    public static String text(byte[] bytes, int length) {
        return new String(bytes, 0, length, PATH_CHARSET);
    }
}
