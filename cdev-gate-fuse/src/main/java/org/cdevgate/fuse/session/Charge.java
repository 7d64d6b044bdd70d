package org.cdevgate.fuse.session;

import org.cdevgate.fuse.protocol.FuseRequest;
import org.jspecify.annotations.Nullable;

/**
 * What one sleeping call holds, and whom it is charged to, so that exactly this is given back. It
 * brings the two entries that the table of users may lack, so that charging needs no memory.
 */
final class Charge {
    // All guarded by the Shares while it is charged; before, of whoever will charge it.
    int threads;
    long bytes;
    int pageIns;
    int writeBacks;

    /** Null while nothing is charged. */
    @Nullable Share device;

    @Nullable UserShare user;
    @Nullable UserShare userInDevice;
    @Nullable UserShare spareUser;
    @Nullable UserShare spareUserInDevice;

    /** Says what it is for, before it is charged. */
    void of(FuseRequest request) {
        pageIns = request.isPageIn() ? 1 : 0;
        writeBacks = request.isWriteBack() ? 1 : 0;
    }

    /** It is for what another is charged for as well, its memory excepted. */
    void ofNoPage() {
        pageIns = 0;
        writeBacks = 0;
    }

    /**
     * Makes it ready to be charged. Does not fail: without memory it is charged to its device and
     * the mount alone.
     */
    void prepare() {
        if (spareUser == null || spareUserInDevice == null) {
            try {
                spareUser = new UserShare();
                spareUserInDevice = new UserShare();
            } catch (OutOfMemoryError e) {
                spareUserInDevice = null;
            }
        }
    }
}
