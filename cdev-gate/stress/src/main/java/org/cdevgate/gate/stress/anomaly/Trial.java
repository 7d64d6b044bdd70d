package org.cdevgate.gate.stress.anomaly;

/** One run of a piece of code of which one point may fail. */
interface Trial {
    /**
     * Whether the stack does not end after {@code StackRoom} was asked for room; else calls fail
     * also there, where they could not.
     */
    default boolean hasRoom() {
        return false;
    }

    /** Nothing fails yet. */
    default void prepare() throws Exception {}

    /** One point of it may fail on this thread; what it throws is no news. */
    default void run() throws Exception {}

    /**
     * Nothing fails any more, on the same thread.
     *
     * @return what is wrong now; null if all is as it should be
     */
    String judge() throws Exception;
}
