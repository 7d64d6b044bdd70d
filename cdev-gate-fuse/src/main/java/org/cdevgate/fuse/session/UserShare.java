package org.cdevgate.fuse.session;

/** What the sleeping calls of a user hold, in all or in one device; found by these two. */
final class UserShare extends Share {
    static final int NOT_LISTED = -1;

    // All guarded by the Shares. The device is null for all of them.
    Share device;
    int uid;
    UserShare next;
    int bucket = NOT_LISTED;
}
