package org.cdevgate.fuse.harness;

import com.kenai.jffi.Library;
import java.nio.ByteBuffer;
import jnr.ffi.LastError;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;

/** The system calls of {@link TestClient}, as the C library has them. */
final class SystemCalls {
    static final int F_GETFL = 3;
    static final int F_SETFL = 4;
    static final int EPOLL_CTL_ADD = 1;
    static final int AT_FDCWD = -100;
    static final int AT_EMPTY_PATH = 0x1000;
    static final int STATX_BASIC_STATS = 0x7ff;
    static final int SIGUSR1 = 10;
    static final int PROT_READ_WRITE = 3;
    static final int MAP_SHARED = 1;
    static final int MS_SYNC = 4;

    static final Calls CALLS = LibraryLoader.create(Calls.class).load("c");

    private static final Runtime RUNTIME = Runtime.getRuntime(CALLS);

    private SystemCalls() {}

    /** Buffers are direct. Public because JNR-FFI implements it from another class loader. */
    @SuppressWarnings("checkstyle:all") // names are those of the C library
    public interface Calls {
        int open(String path, int flags, int mode);

        int close(int fd);

        int dup(int fd);

        long read(int fd, ByteBuffer data, long count);

        long read(int fd, long address, long count);

        long pread(int fd, ByteBuffer data, long count, long offset);

        long write(int fd, ByteBuffer data, long count);

        long write(int fd, long address, long count);

        long lseek(int fd, long offset, int whence);

        int ioctl(int fd, long command, ByteBuffer argument);

        int fsync(int fd);

        /** The hint is a Pointer because JNR-FFI spoils the sixth of six plain numbers. */
        long mmap(Pointer hint, long length, int protection, int flags, int fd, long offset);

        int msync(long address, long length, int flags);

        int pipe2(ByteBuffer fds, int flags);

        int fcntl(int fd, int command, long argument);

        int statx(int dirFd, String path, int flags, int mask, ByteBuffer statx);

        int poll(ByteBuffer pollfds, long count, int timeoutMillis);

        int select(
                int count, ByteBuffer read, ByteBuffer write, ByteBuffer except, ByteBuffer time);

        int epoll_create1(int flags);

        int epoll_ctl(int epfd, int operation, int fd, ByteBuffer event);

        int epoll_wait(int epfd, ByteBuffer events, int max, int timeoutMillis);

        int getpid();

        int gettid();

        int tgkill(int pid, int tid, int signal);

        long signal(int signal, long handler);
    }

    /** Returns errno of the calling thread's last call. */
    static int errno() {
        return LastError.getLastError(RUNTIME);
    }

    /**
     * Gives SIGUSR1 a handler that does nothing: libc's abs, native and of the shape int (int).
     * Java code must not run in a signal handler. As signal(2) does, with SA_RESTART, so that a
     * test of EINTR shows that this makes no difference.
     */
    static void handleSigusr1() {
        long handler = Library.getDefault().getSymbolAddress("abs");
        if (handler == 0 || CALLS.signal(SIGUSR1, handler) == -1) {
            throw new IllegalStateException("cannot install a handler for SIGUSR1");
        }
    }
}
