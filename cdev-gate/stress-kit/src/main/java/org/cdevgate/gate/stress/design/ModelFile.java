package org.cdevgate.gate.stress.design;

/** An open file of a {@link ModelDevice}. Threads share it. */
@FunctionalInterface
public interface ModelFile {
    /**
     * A process calls an operation.
     *
     * @return 0 or a negative errno; once the device is being removed, a negative errno
     * @throws NotModelledException if the design has no such operation
     */
    int call(Op op);

    /** The last close(2); afterwards the file is not used. */
    default void close() {
        throw new NotModelledException("close");
    }
}
