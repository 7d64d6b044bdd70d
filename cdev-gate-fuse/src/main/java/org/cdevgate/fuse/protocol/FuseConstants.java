package org.cdevgate.fuse.protocol;

/**
 * Values of {@code linux/fuse.h}, named as there and grouped by the struct that carries them.
 *
 * <p>INIT flags are {@code long}: bits 0–31 travel in {@code flags}, bits 32–63 in {@code flags2}
 * of {@code fuse_init_in} and {@code fuse_init_out}.
 */
public final class FuseConstants {
    private FuseConstants() {}

    /** Major version of the protocol; another one has other layouts. */
    public static final int FUSE_KERNEL_VERSION = 7;

    /** Newest minor version whose layouts this package knows (Linux 6.18). */
    public static final int FUSE_KERNEL_MINOR_VERSION = 45;

    /** Node id of the root directory; never looked up, never forgotten. */
    public static final long FUSE_ROOT_ID = 1;

    /** Smallest buffer, in bytes, that read(2) on /dev/fuse accepts. */
    public static final int FUSE_MIN_READ_BUFFER = 8192;

    // struct fuse_setattr_in: valid

    public static final int FATTR_MODE = 1 << 0;
    public static final int FATTR_UID = 1 << 1;
    public static final int FATTR_GID = 1 << 2;
    public static final int FATTR_SIZE = 1 << 3;
    public static final int FATTR_ATIME = 1 << 4;
    public static final int FATTR_MTIME = 1 << 5;
    public static final int FATTR_FH = 1 << 6;
    public static final int FATTR_ATIME_NOW = 1 << 7;
    public static final int FATTR_MTIME_NOW = 1 << 8;
    public static final int FATTR_LOCKOWNER = 1 << 9;
    public static final int FATTR_CTIME = 1 << 10;
    public static final int FATTR_KILL_SUIDGID = 1 << 11;

    // struct fuse_open_out: open_flags

    /** Bypass the page cache: every read(2) and write(2) is a request. */
    public static final int FOPEN_DIRECT_IO = 1 << 0;

    public static final int FOPEN_KEEP_CACHE = 1 << 1;

    /** lseek(2), pread(2) and pwrite(2) fail with ESPIPE; the position is still kept. */
    public static final int FOPEN_NONSEEKABLE = 1 << 2;

    public static final int FOPEN_CACHE_DIR = 1 << 3;

    /** No file position at all, hence no position lock held while a read waits. */
    public static final int FOPEN_STREAM = 1 << 4;

    /** No FUSE_FLUSH at close(2), which would hold the closing process unkillably. */
    public static final int FOPEN_NOFLUSH = 1 << 5;

    /** Concurrent direct writes to one inode, as long as each ends within its size. */
    public static final int FOPEN_PARALLEL_DIRECT_WRITES = 1 << 6;

    public static final int FOPEN_PASSTHROUGH = 1 << 7;

    // struct fuse_init_in and fuse_init_out: flags

    public static final long FUSE_ASYNC_READ = 1L << 0;
    public static final long FUSE_POSIX_LOCKS = 1L << 1;
    public static final long FUSE_FILE_OPS = 1L << 2;

    /** O_TRUNC comes with OPEN instead of as a SETATTR of its own. */
    public static final long FUSE_ATOMIC_O_TRUNC = 1L << 3;

    public static final long FUSE_EXPORT_SUPPORT = 1L << 4;

    /** A WRITE may carry more than one page. */
    public static final long FUSE_BIG_WRITES = 1L << 5;

    public static final long FUSE_DONT_MASK = 1L << 6;
    public static final long FUSE_SPLICE_WRITE = 1L << 7;
    public static final long FUSE_SPLICE_MOVE = 1L << 8;
    public static final long FUSE_SPLICE_READ = 1L << 9;
    public static final long FUSE_FLOCK_LOCKS = 1L << 10;
    public static final long FUSE_HAS_IOCTL_DIR = 1L << 11;
    public static final long FUSE_AUTO_INVAL_DATA = 1L << 12;
    public static final long FUSE_DO_READDIRPLUS = 1L << 13;
    public static final long FUSE_READDIRPLUS_AUTO = 1L << 14;
    public static final long FUSE_ASYNC_DIO = 1L << 15;
    public static final long FUSE_WRITEBACK_CACHE = 1L << 16;
    public static final long FUSE_NO_OPEN_SUPPORT = 1L << 17;

    /** LOOKUP and READDIR of one directory may be in flight together. */
    public static final long FUSE_PARALLEL_DIROPS = 1L << 18;

    public static final long FUSE_HANDLE_KILLPRIV = 1L << 19;
    public static final long FUSE_POSIX_ACL = 1L << 20;
    public static final long FUSE_ABORT_ERROR = 1L << 21;

    /** {@code fuse_init_out.max_pages} is meant. */
    public static final long FUSE_MAX_PAGES = 1L << 22;

    public static final long FUSE_CACHE_SYMLINKS = 1L << 23;
    public static final long FUSE_NO_OPENDIR_SUPPORT = 1L << 24;
    public static final long FUSE_EXPLICIT_INVAL_DATA = 1L << 25;
    public static final long FUSE_MAP_ALIGNMENT = 1L << 26;
    public static final long FUSE_SUBMOUNTS = 1L << 27;
    public static final long FUSE_HANDLE_KILLPRIV_V2 = 1L << 28;
    public static final long FUSE_SETXATTR_EXT = 1L << 29;

    /** The {@code flags2} words are meant; without it they are padding. */
    public static final long FUSE_INIT_EXT = 1L << 30;

    public static final long FUSE_SECURITY_CTX = 1L << 32;
    public static final long FUSE_HAS_INODE_DAX = 1L << 33;
    public static final long FUSE_CREATE_SUPP_GROUP = 1L << 34;
    public static final long FUSE_HAS_EXPIRE_ONLY = 1L << 35;

    /** mmap(MAP_SHARED) works on files opened with {@link #FOPEN_DIRECT_IO}; Linux 6.6. */
    public static final long FUSE_DIRECT_IO_ALLOW_MMAP = 1L << 36;

    public static final long FUSE_PASSTHROUGH = 1L << 37;
    public static final long FUSE_NO_EXPORT_SUPPORT = 1L << 38;
    public static final long FUSE_HAS_RESEND = 1L << 39;
    public static final long FUSE_ALLOW_IDMAP = 1L << 40;
    public static final long FUSE_OVER_IO_URING = 1L << 41;
    public static final long FUSE_REQUEST_TIMEOUT = 1L << 42;

    // struct fuse_release_in: release_flags

    public static final int FUSE_RELEASE_FLUSH = 1 << 0;
    public static final int FUSE_RELEASE_FLOCK_UNLOCK = 1 << 1;

    // struct fuse_getattr_in: getattr_flags

    /** {@code fh} is valid: the attributes are asked of an open file, by fstat(2). */
    public static final int FUSE_GETATTR_FH = 1 << 0;

    // struct fuse_read_in: read_flags

    /** {@code lock_owner} is valid: a read(2), not a page-in of a mapping. */
    public static final int FUSE_READ_LOCKOWNER = 1 << 1;

    // struct fuse_write_in: write_flags

    /** Write-back of the page cache or a mapping; {@code fh} is any open file that can write. */
    public static final int FUSE_WRITE_CACHE = 1 << 0;

    public static final int FUSE_WRITE_LOCKOWNER = 1 << 1;
    public static final int FUSE_WRITE_KILL_SUIDGID = 1 << 2;

    // struct fuse_ioctl_in: flags

    public static final int FUSE_IOCTL_COMPAT = 1 << 0;
    public static final int FUSE_IOCTL_UNRESTRICTED = 1 << 1;
    public static final int FUSE_IOCTL_RETRY = 1 << 2;
    public static final int FUSE_IOCTL_32BIT = 1 << 3;
    public static final int FUSE_IOCTL_DIR = 1 << 4;
    public static final int FUSE_IOCTL_COMPAT_X32 = 1 << 5;

    /**
     * Most bytes an ioctl command can encode for its argument: {@code _IOC_SIZEMASK} of {@code
     * asm-generic/ioctl.h}.
     */
    public static final int IOC_SIZE_MAX = 16383;

    // struct fuse_poll_in: flags

    /** Somebody will sleep on this file: send FUSE_NOTIFY_POLL when its readiness changes. */
    public static final int FUSE_POLL_SCHEDULE_NOTIFY = 1 << 0;

    // struct fuse_fsync_in: fsync_flags

    public static final int FUSE_FSYNC_FDATASYNC = 1 << 0;

    // struct fuse_open_in: open_flags

    public static final int FUSE_OPEN_KILL_SUIDGID = 1 << 0;

    // struct fuse_notify_inval_entry_out: flags

    public static final int FUSE_EXPIRE_ONLY = 1 << 0;

    // enum fuse_notify_code, carried in fuse_out_header.error

    public static final int FUSE_NOTIFY_POLL = 1;
    public static final int FUSE_NOTIFY_INVAL_INODE = 2;
    public static final int FUSE_NOTIFY_INVAL_ENTRY = 3;
    public static final int FUSE_NOTIFY_STORE = 4;
    public static final int FUSE_NOTIFY_RETRIEVE = 5;
    public static final int FUSE_NOTIFY_DELETE = 6;
    public static final int FUSE_NOTIFY_RESEND = 7;
    public static final int FUSE_NOTIFY_INC_EPOCH = 8;
}
