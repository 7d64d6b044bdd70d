package org.cdevgate.fuse.session;

import org.cdevgate.fuse.protocol.InitNegotiation;
import org.jspecify.annotations.Nullable;

/**
 * How many threads and bytes sleeping calls may hold, so that nobody's calls take the last of them
 * from the others'. There is no share that is set aside for each: what one may have depends on what
 * is left.
 *
 * <p>The mount has two pools, twice the number of threads that was asked for and twice the bytes.
 * The calls of one user in one device may hold as much as is free: half of a pool if nobody else
 * sleeps, which is the number asked for, and less the more others hold. All calls of a user, and
 * all those in a device, may hold three times what is free: so a user with many devices, or a
 * device with many users, is left at three quarters of a pool. Whoever comes last finds room: a
 * user in a device of which nothing sleeps is refused only when the user, or the device, has more
 * than three times what is free, or nothing is.
 *
 * <p>Pages that are fetched or written back are bounded for the whole mount: the kernel sends only
 * {@link InitNegotiation#MAX_BACKGROUND} of them and of RELEASEs at a time, and a quarter of those
 * must be left for the RELEASEs of everybody.
 *
 * <p>Threads are counted when a call's role goes to another worker, and bytes when a message is
 * copied, or stays in the buffer of a thread that is parked with it. Charging and giving back need
 * no memory, and call nothing once they have begun to write: no Error leaves them half done.
 */
final class Shares {
    /** What the objects of a request take on the heap, besides its message. */
    static final int REQUEST_BYTES = 512;

    /** The least that may be asked for: the largest request must be able to sleep. */
    static final long MIN_BYTES = 1 << 20;

    /** The most pages of mappings that are fetched by sleeping calls, in the whole mount. */
    static final int MAX_PAGE_INS = InitNegotiation.MAX_BACKGROUND / 2;

    /** And that are written back: apart, as the data of a page that is refused are lost. */
    static final int MAX_WRITE_BACKS = InitNegotiation.MAX_BACKGROUND / 4;

    /**
     * A message of so many bytes may enter a driver at any time: it may be what the sleeping ones
     * wait for, such as a read. Parked it holds little; to be copied there must be room for it.
     */
    private static final int SMALL_BYTES = 4096;

    /** What may be held in all, and how many times what is free a user or a device may hold. */
    private static final int POOL = 2;

    private static final int CROWD = 3;

    private static final int BUCKETS = 1024; // a power of 2
    private static final int BUCKET_SHIFT = Integer.SIZE - 10;

    private final int maxThreads;
    private final long maxBytes;

    // Written under the lock, with the shares; read without it as a hint.
    private volatile int threads;
    private volatile long bytes;
    private volatile int pageIns;
    private volatile int writeBacks;

    /** Of requests that enter no device, and may be stuck in a driver's code all the same. */
    private final Share noDevice = new Share();

    // Guarded by this: the shares of users, those of which nothing sleeps excepted.
    private final @Nullable UserShare[] users = new UserShare[BUCKETS];

    /** Why a call may not sleep. */
    enum Refusal {
        NONE,
        THREADS,
        BYTES,
        PAGES
    }

    /**
     * @param maxThreads of one user in one device, 1 or more
     * @param maxBytes of one user in one device, {@link #MIN_BYTES} or more
     */
    Shares(int maxThreads, long maxBytes) {
        this.maxThreads = maxThreads;
        this.maxBytes = Math.min(maxBytes, Long.MAX_VALUE / (2 * POOL * CROWD));
    }

    /** The heap that a mount may use for messages unless it is told: a quarter of all at most. */
    static long standardBytes() {
        return Math.max(MIN_BYTES, Runtime.getRuntime().maxMemory() / 8);
    }

    int maxThreads() {
        return maxThreads;
    }

    long maxBytes() {
        return maxBytes;
    }

    /** Threads that are parked or stuck in drivers. */
    int threads() {
        return threads;
    }

    /** Bytes that sleeping calls hold. */
    long bytes() {
        return bytes;
    }

    /** Pages that sleeping calls fetch. */
    int pageIns() {
        return pageIns;
    }

    /** Pages that sleeping calls write back. */
    int writeBacks() {
        return writeBacks;
    }

    static long cost(int messageBytes) {
        return (long) messageBytes + REQUEST_BYTES;
    }

    /** Whether a call may sleep, in whichever way; asked before its driver is entered. */
    Refusal maySleep(Share device, int uid, int messageBytes) {
        long cost = messageBytes <= SMALL_BYTES ? 0 : cost(messageBytes);
        // At most half is held: then nobody holds more than is left.
        if (threads < maxThreads && (cost == 0 || bytes + cost <= maxBytes)) {
            return Refusal.NONE;
        }
        return decide(device, uid, cost);
    }

    private synchronized Refusal decide(Share device, int uid, long cost) {
        UserShare user = find(null, uid);
        UserShare userInDevice = find(device, uid);
        long free = (long) POOL * maxThreads - threads;
        if (threads(userInDevice) >= free
                || device.threads >= CROWD * free
                || threads(user) >= CROWD * free) {
            return Refusal.THREADS;
        }
        return cost == 0 || hasRoom(device, user, userInDevice, cost)
                ? Refusal.NONE
                : Refusal.BYTES;
    }

    private boolean hasRoom(
            Share device, @Nullable UserShare user, @Nullable UserShare userInDevice, long cost) {
        long free = POOL * maxBytes - bytes;
        return bytes(userInDevice) + cost <= free
                && device.bytes + cost <= CROWD * free
                && bytes(user) + cost <= CROWD * free;
    }

    private static int threads(@Nullable Share share) {
        return share == null ? 0 : share.threads;
    }

    private static long bytes(@Nullable Share share) {
        return share == null ? 0 : share.bytes;
    }

    /**
     * Whether a page that is fetched may sleep beside those that do.
     *
     * @param own what its request is charged for, perhaps by the monitor at this moment: it is not
     *     one of the others
     */
    synchronized boolean hasRoomForPageIn(Charge own) {
        return pageIns - (own.device == null ? 0 : own.pageIns) < MAX_PAGE_INS;
    }

    /** {@link #hasRoomForPageIn}, for a page that is written back. */
    synchronized boolean hasRoomForWriteBack(Charge own) {
        return writeBacks - (own.device == null ? 0 : own.writeBacks) < MAX_WRITE_BACKS;
    }

    /**
     * Whether a call that slept without a thread may be run again. Most do not park, so there is
     * room for one more than for new ones: parked calls alone never hold all the others back.
     *
     * @param kept what it was charged for its sleep
     */
    boolean mayRunAgain(Charge kept) {
        return threads < maxThreads || mayRunAgainOf(kept);
    }

    private synchronized boolean mayRunAgainOf(Charge kept) {
        return threads(kept.userInDevice) <= (long) POOL * maxThreads - threads;
    }

    /**
     * Charges a thread, and the message in its buffer; whether there is room was asked before.
     *
     * @param of the device's; null if the request is no device's
     */
    synchronized void park(Charge charge, @Nullable Share of, int uid, int messageBytes) {
        charge(charge, of == null ? noDevice : of, uid, 1, messageBytes);
    }

    /**
     * Charges a message that is to be copied.
     *
     * @param of as for {@link #park}
     * @return false if there is no room for it; nothing is charged then
     */
    synchronized boolean keep(Charge charge, @Nullable Share of, int uid, int messageBytes) {
        Share device = of == null ? noDevice : of;
        long cost = cost(messageBytes);
        if (!hasRoom(device, find(null, uid), find(device, uid), cost)) {
            return false;
        }
        charge(charge, device, uid, 0, cost);
        return true;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // under the lock; volatile for readers without it
    private void charge(Charge charge, Share device, int uid, int moreThreads, long moreBytes) {
        UserShare user = find(null, uid);
        UserShare userInDevice = find(device, uid);
        int bucket = bucket(null, uid);
        int bucketInDevice = bucket(device, uid);
        // From here on nothing is called.
        if (user == null && charge.spareUser != null) {
            user = charge.spareUser;
            charge.spareUser = null;
            user.device = null;
            user.uid = uid;
            user.bucket = bucket;
            user.next = users[bucket];
            users[bucket] = user;
        }
        if (userInDevice == null && charge.spareUserInDevice != null) {
            userInDevice = charge.spareUserInDevice;
            charge.spareUserInDevice = null;
            userInDevice.device = device;
            userInDevice.uid = uid;
            userInDevice.bucket = bucketInDevice;
            userInDevice.next = users[bucketInDevice];
            users[bucketInDevice] = userInDevice;
        }
        charge.device = device;
        charge.user = user;
        charge.userInDevice = userInDevice;
        charge.threads = moreThreads;
        charge.bytes = moreBytes;
        pageIns += charge.pageIns;
        writeBacks += charge.writeBacks;
        device.threads += moreThreads;
        device.bytes += moreBytes;
        if (user != null) {
            user.threads += moreThreads;
            user.bytes += moreBytes;
        }
        if (userInDevice != null) {
            userInDevice.threads += moreThreads;
            userInDevice.bytes += moreBytes;
        }
        threads += moreThreads;
        bytes += moreBytes;
    }

    /** Gives back what was charged; nothing if that was done. Calls nothing. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // as above
    synchronized void giveBack(Charge charge) {
        Share device = charge.device;
        if (device == null) {
            return;
        }
        charge.device = null;
        int fewerThreads = charge.threads;
        long fewerBytes = charge.bytes;
        threads -= fewerThreads;
        bytes -= fewerBytes;
        pageIns -= charge.pageIns;
        writeBacks -= charge.writeBacks;
        device.threads -= fewerThreads;
        device.bytes -= fewerBytes;
        for (int i = 0; i < 2; i++) {
            UserShare share = i == 0 ? charge.user : charge.userInDevice;
            if (share == null) {
                continue; // there was no memory for it
            }
            share.threads -= fewerThreads;
            share.bytes -= fewerBytes;
            if (share.threads == 0 && share.bytes == 0) {
                UserShare before = null;
                for (UserShare each = users[share.bucket];
                        each != null && each != share;
                        each = each.next) {
                    before = each;
                }
                if (before == null) {
                    users[share.bucket] = share.next;
                } else {
                    before.next = share.next;
                }
                share.next = null;
                share.device = null;
                share.bucket = UserShare.NOT_LISTED;
                // It is as good as a new one for the charge that brought it or another.
                if (i == 0 && charge.spareUser == null) {
                    charge.spareUser = share;
                } else if (i == 1 && charge.spareUserInDevice == null) {
                    charge.spareUserInDevice = share;
                }
            }
        }
        charge.user = null;
        charge.userInDevice = null;
    }

    /** The number of users' shares that are listed, for tests. */
    synchronized int listed() {
        int listed = 0;
        for (UserShare first : users) {
            for (UserShare each = first; each != null; each = each.next) {
                listed++;
            }
        }
        return listed;
    }

    private @Nullable UserShare find(@Nullable Share device, int uid) {
        UserShare each = users[bucket(device, uid)];
        while (each != null && (each.device != device || each.uid != uid)) {
            each = each.next;
        }
        return each;
    }

    private static int bucket(@Nullable Share device, int uid) {
        int hash = device == null ? 0 : System.identityHashCode(device);
        return ((hash * 31 + uid) * 0x9e3779b9) >>> BUCKET_SHIFT;
    }
}
