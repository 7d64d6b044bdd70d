package org.cdevgate.device.stress.twins;

/** Something that calls a driver's function by itself. */
interface FunctionCaller {
    /** Makes one. */
    @FunctionalInterface
    interface Maker {
        FunctionCaller make(Runnable function);
    }

    /** Brings about that the function runs, on this thread or another. */
    void fire();

    /** What a driver does before it frees what the function uses. */
    void stop();
}
