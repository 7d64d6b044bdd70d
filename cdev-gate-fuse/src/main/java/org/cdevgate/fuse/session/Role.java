package org.cdevgate.fuse.session;

/** What a worker does when it does something; at most one worker has each at a time. */
enum Role {
    /** Reads requests from the kernel and runs each. */
    READER,
    /** Runs requests again that slept without a thread and were woken. */
    RUNNER
}
