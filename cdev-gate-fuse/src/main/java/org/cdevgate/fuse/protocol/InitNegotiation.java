package org.cdevgate.fuse.protocol;

import java.util.Objects;

/**
 * Turns what the kernel offers in INIT into what is agreed for the life of the connection. Pure:
 * the caller decodes the request and sends the reply.
 */
public final class InitNegotiation {
    /**
     * Oldest minor version accepted: Linux 5.4, the first whose layouts are all as decoded here.
     */
    public static final int MIN_MINOR = 31;

    private static final int MIN_MAX_WRITE = 4096; // process_init_reply() raises less to this
    private static final int DEFAULT_MAX_PAGES = 32; // FUSE_DEFAULT_MAX_PAGES_PER_REQ
    private static final int MAX_MAX_PAGES = 256; // FUSE_MAX_MAX_PAGES; a sysctl from Linux 6.13
    private static final int REQUEST_OVERHEAD_BYTES = 4096; // header, argument and names
    private static final int MAX_IOCTL_BYTES = 16384;

    /**
     * What the kernel sends of RELEASEs and of pages to read or to write back until it has answers:
     * all others wait in the kernel for those, so not all of them may be pages that a driver keeps
     * waiting. With the kernel's default of 12 few pages could wait. But at the end of a process
     * with very many files everybody else's requests wait behind so many RELEASEs.
     */
    public static final int MAX_BACKGROUND = 128;

    private static final int CONGESTION_THRESHOLD = MAX_BACKGROUND * 3 / 4;

    private static final long STANDARD_FLAGS =
            FuseConstants.FUSE_ASYNC_READ
                    | FuseConstants.FUSE_ATOMIC_O_TRUNC
                    | FuseConstants.FUSE_BIG_WRITES
                    | FuseConstants.FUSE_PARALLEL_DIROPS
                    | FuseConstants.FUSE_MAX_PAGES
                    | FuseConstants.FUSE_DIRECT_IO_ALLOW_MMAP;

    private InitNegotiation() {}

    /**
     * What the kernel says of itself in {@code struct fuse_init_in}.
     *
     * @param major major version
     * @param minor minor version
     * @param maxReadahead bytes
     * @param flags as {@link FuseRequest#initOffer} gives them
     */
    public record Offer(int major, int minor, int maxReadahead, long flags) {}

    /**
     * What the server would like.
     *
     * @param flags INIT flags to use where offered; FUSE_INIT_EXT need not be among them
     * @param maxWrite most bytes of one WRITE or READ, at least 4096, at most 256 pages
     * @param pageBytes the machine's page size, at least 4096
     */
    public record Wanted(long flags, int maxWrite, int pageBytes) {
        /** Checks the ranges. */
        public Wanted {
            if (pageBytes < 4096 || Integer.bitCount(pageBytes) != 1 || pageBytes > 1 << 20) {
                throw new IllegalArgumentException(
                        "page size " + pageBytes + " is not a power of two from 4096 to 1048576");
            }
            if (maxWrite < MIN_MAX_WRITE || maxWrite > MAX_MAX_PAGES * pageBytes) {
                throw new IllegalArgumentException(
                        "maxWrite "
                                + maxWrite
                                + " is not within "
                                + MIN_MAX_WRITE
                                + " and "
                                + MAX_MAX_PAGES * pageBytes
                                + " (256 pages)");
            }
        }

        /**
         * Returns what a device server uses: requests of up to 1 MiB, O_TRUNC with OPEN, mappings
         * of uncached files, parallel lookups.
         *
         * @param pageBytes the machine's page size
         */
        public static Wanted standard(int pageBytes) {
            return new Wanted(STANDARD_FLAGS, 1 << 20, pageBytes);
        }
    }

    /** How a negotiation ends. */
    public sealed interface Outcome permits Agreed, VersionReply, Refused {}

    /**
     * Both sides can work; answer with {@link FuseReply#init}.
     *
     * @param offer what the kernel offered, for diagnostics
     * @param minor minor version spoken
     * @param flags wanted and offered; FUSE_INIT_EXT among them if bits above 31 are meant
     * @param maxReadahead bytes
     * @param maxWrite most bytes of one WRITE
     * @param maxPages most pages of one request, 1 to 256
     * @param maxTransfer most bytes a READ can ask for: {@code maxPages} pages; a shorter reply is
     *     legal
     * @param maxBackground requests in flight that no thread waits for
     * @param congestionThreshold of those, how many make the kernel slow down its read-ahead
     * @param timeGranularityNanos resolution of time stamps
     */
    public record Agreed(
            Offer offer,
            int minor,
            long flags,
            int maxReadahead,
            int maxWrite,
            int maxPages,
            int maxTransfer,
            int maxBackground,
            int congestionThreshold,
            int timeGranularityNanos)
            implements Outcome {

        /**
         * Returns the bytes that a buffer must have to receive any request: the kernel fails a
         * request that does not fit, and read(2) itself if not even a WRITE would.
         */
        public int requestBytes() {
            return Math.max(maxWrite, MAX_IOCTL_BYTES) + REQUEST_OVERHEAD_BYTES;
        }

        /**
         * Tells whether a flag was agreed.
         *
         * @param flag one of {@link FuseConstants}
         */
        public boolean has(long flag) {
            return (flags & flag) == flag;
        }
    }

    /**
     * The kernel speaks a newer major version; answer with {@link FuseReply#initVersion}, upon
     * which it sends INIT again.
     *
     * @param offer what the kernel offered
     */
    public record VersionReply(Offer offer) implements Outcome {}

    /**
     * The two cannot work together; answer with EPROTO and end.
     *
     * @param offer what the kernel offered
     * @param message why, and what to do
     */
    public record Refused(Offer offer, String message) implements Outcome {}

    /**
     * Negotiates.
     *
     * @param offer from the kernel
     * @param wanted by the server
     */
    public static Outcome negotiate(Offer offer, Wanted wanted) {
        Objects.requireNonNull(wanted, "wanted");
        if (offer.major() > FuseConstants.FUSE_KERNEL_VERSION) {
            return new VersionReply(offer);
        }
        if (offer.major() < FuseConstants.FUSE_KERNEL_VERSION || offer.minor() < MIN_MINOR) {
            return new Refused(
                    offer,
                    "the kernel speaks FUSE "
                            + offer.major()
                            + "."
                            + offer.minor()
                            + ", older than 7.31; run Linux 5.4 or newer");
        }
        long flags = (wanted.flags() | FuseConstants.FUSE_INIT_EXT) & offer.flags();
        if ((offer.flags() & FuseConstants.FUSE_INIT_EXT) == 0) {
            flags &= 0xffff_ffffL; // flags2 would be padding to this kernel
        }
        int page = wanted.pageBytes();
        boolean pagesAgreed = (flags & FuseConstants.FUSE_MAX_PAGES) != 0;
        int mostPages = pagesAgreed ? MAX_MAX_PAGES : DEFAULT_MAX_PAGES;
        int maxWrite = Math.min(wanted.maxWrite(), mostPages * page);
        // Without FUSE_MAX_PAGES the kernel keeps its default whatever the reply says.
        int maxPages = pagesAgreed ? (maxWrite + page - 1) / page : DEFAULT_MAX_PAGES;
        if ((flags & FuseConstants.FUSE_BIG_WRITES) == 0) {
            maxWrite = MIN_MAX_WRITE;
        }
        return new Agreed(
                offer,
                Math.min(offer.minor(), FuseConstants.FUSE_KERNEL_MINOR_VERSION),
                flags,
                offer.maxReadahead(),
                maxWrite,
                maxPages,
                maxPages * page,
                MAX_BACKGROUND,
                CONGESTION_THRESHOLD,
                1);
    }
}
