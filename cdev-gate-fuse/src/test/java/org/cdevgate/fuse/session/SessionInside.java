package org.cdevgate.fuse.session;

/** What cannot be seen of a session from outside. */
public final class SessionInside {
    private SessionInside() {}

    /** Whether it keeps no request, as it should when all are answered. */
    public static boolean remembersNothing(FuseSession session) {
        return session.inFlight().isEmpty();
    }
}
