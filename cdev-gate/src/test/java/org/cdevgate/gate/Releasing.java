package org.cdevgate.gate;

/** A driver whose release is what a test says. */
@FunctionalInterface
interface Releasing extends FileOperations {
    void inRelease(OpenFile file, Call call);

    @Override
    default void release(OpenFile file, Call call) {
        inRelease(file, call);
    }
}
