package org.cdevgate.fuse.session;

import org.jspecify.annotations.Nullable;

/** What the sleeping calls of a user hold, in all or in one device; found by these two. */
final class UserShare extends Share {
    static final int NOT_LISTED = -1;

    // All guarded by the Shares. The device is null for all of them.
    @Nullable Share device;
    int uid;
    @Nullable UserShare next;
    int bucket = NOT_LISTED;
}
