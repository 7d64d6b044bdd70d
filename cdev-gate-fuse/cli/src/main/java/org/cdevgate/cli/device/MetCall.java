package org.cdevgate.cli.device;

import org.jspecify.annotations.Nullable;

/** A call that a removal met. */
public final class MetCall {
    private final String call;
    private final @Nullable Thread thread;
    private volatile boolean asleep;
    private volatile @Nullable String answer;

    MetCall(String call, @Nullable Thread thread) {
        this.call = call;
        this.thread = thread;
    }

    @Nullable Thread thread() {
        return thread;
    }

    /** It sleeps, so that the removal answers it. */
    void sleeps(String removalAnswer) {
        asleep = true;
        answer = removalAnswer;
    }

    /** The driver answers it. */
    void answered(String result) {
        if (!asleep) {
            answer = result;
        }
    }

    /** For people: {@code read (asleep) = ENODEV}. */
    @Override
    public String toString() {
        String got = answer;
        return call + (asleep ? " (asleep)" : "") + (got == null ? ", not answered" : " = " + got);
    }
}
