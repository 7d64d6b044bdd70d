package org.cdevgate.fuse.session;

/** What requests mean. Each worker thread has one of its own, so it may keep scratch objects. */
public interface RequestHandler {
    /**
     * Answers the request that the exchange holds, or puts it to sleep with {@link Exchange#hold}.
     * INIT, INTERRUPT and DESTROY do not come here.
     */
    void handle();

    /** Makes handlers and hears of the connection's end. */
    interface Factory {
        /** A handler for one worker. */
        RequestHandler newHandler(Exchange exchange);

        /**
         * The connection has ended: whatever clients had open is closed, and no RELEASE will come.
         * Calls still in a driver have been interrupted, not waited for. Called once.
         */
        void connectionEnded();
    }
}
