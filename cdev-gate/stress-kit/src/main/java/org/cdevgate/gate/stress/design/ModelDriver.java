package org.cdevgate.gate.stress.design;

/** The driver's part. The scenarios have drivers of their own; a design calls them. */
public interface ModelDriver {
    /**
     * An operation.
     *
     * @param device to ask for the removal, and to sleep on; the one that {@link Design#register}
     *     gave, or one that the design makes for this call
     * @return 0 or a negative errno, which the caller gets
     * @throws InterruptedException for EINTR: a sleep was given up
     */
    default int call(Op op, ModelDevice device, ModelFile file) throws InterruptedException {
        return 0;
    }

    /** An open file is given up. */
    default void release(ModelFile file) {}

    /**
     * Has the calls that sleep on an {@link Event} look again. A design that has no wait queues of
     * its own calls it at the removal, where its drivers would.
     */
    default void wake() {}

    /** Frees what the operations use. */
    default void tearDown() {}
}
