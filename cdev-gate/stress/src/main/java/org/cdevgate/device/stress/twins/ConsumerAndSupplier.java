package org.cdevgate.device.stress.twins;

/** Two bound devices, of which one uses a clock of the other. */
interface ConsumerAndSupplier {
    /** Makes the two, with what releases the clock. */
    @FunctionalInterface
    interface Maker {
        ConsumerAndSupplier make(Runnable releaseClock);
    }

    /** A call of the consumer's driver, which uses the clock; refused if it is unbound. */
    void call(Runnable use);

    void unbindSupplier();
}
