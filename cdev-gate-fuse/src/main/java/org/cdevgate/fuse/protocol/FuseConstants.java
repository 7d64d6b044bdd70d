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

    // struct fuse_setattr_in: valid

    public static final int FATTR_MODE = 1 << 0;
    public static final int FATTR_UID = 1 << 1;
    public static final int FATTR_GID = 1 << 2;
    public static final int FATTR_ATIME = 1 << 4;
    public static final int FATTR_MTIME = 1 << 5;
    public static final int FATTR_ATIME_NOW = 1 << 7;
    public static final int FATTR_MTIME_NOW = 1 << 8;

    // struct fuse_open_out: open_flags

    /** Bypass the page cache: every read(2) and write(2) is a request. */
    public static final int FOPEN_DIRECT_IO = 1 << 0;

    /** lseek(2), pread(2) and pwrite(2) fail with ESPIPE; the position is still kept. */
    public static final int FOPEN_NONSEEKABLE = 1 << 2;

    /** No file position at all, hence no position lock held while a read waits. */
    public static final int FOPEN_STREAM = 1 << 4;

    /** No FUSE_FLUSH at close(2), which would hold the closing process unkillably. */
    public static final int FOPEN_NOFLUSH = 1 << 5;

    // struct fuse_init_in and fuse_init_out: flags

    public static final long FUSE_ASYNC_READ = 1L << 0;

    /** O_TRUNC comes with OPEN instead of as a SETATTR of its own. */
    public static final long FUSE_ATOMIC_O_TRUNC = 1L << 3;

    /** A WRITE may carry more than one page. */
    public static final long FUSE_BIG_WRITES = 1L << 5;

    /** LOOKUP and READDIR of one directory may be in flight together. */
    public static final long FUSE_PARALLEL_DIROPS = 1L << 18;

    /** {@code fuse_init_out.max_pages} is meant. */
    public static final long FUSE_MAX_PAGES = 1L << 22;

    /** The {@code flags2} words are meant; without it they are padding. */
    public static final long FUSE_INIT_EXT = 1L << 30;

    /** mmap(MAP_SHARED) works on files opened with {@link #FOPEN_DIRECT_IO}; Linux 6.6. */
    public static final long FUSE_DIRECT_IO_ALLOW_MMAP = 1L << 36;

    // struct fuse_read_in: read_flags

    /** {@code lock_owner} is valid: a read(2), not a page-in of a mapping. */
    public static final int FUSE_READ_LOCKOWNER = 1 << 1;

    // struct fuse_write_in: write_flags

    /** Write-back of the page cache or a mapping; {@code fh} is any open file that can write. */
    public static final int FUSE_WRITE_CACHE = 1 << 0;

    // struct fuse_ioctl_in: flags

    public static final int FUSE_IOCTL_32BIT = 1 << 3;
    public static final int FUSE_IOCTL_DIR = 1 << 4;

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

    // enum fuse_notify_code, carried in fuse_out_header.error

    public static final int FUSE_NOTIFY_POLL = 1;
    public static final int FUSE_NOTIFY_INVAL_INODE = 2;
}
