package org.cdevgate.device.stress.twins;

/** A resource that can be taken away from those who use it. */
interface Provider {
    /** Makes one with what releases it. */
    @FunctionalInterface
    interface Maker {
        Provider make(Runnable release);
    }

    /** One use, to be ended by the thread that began it. */
    @FunctionalInterface
    interface Use {
        void end();
    }

    /** A use that has begun, or null if the resource is gone. */
    Use tryAccess();

    void revoke();
}
