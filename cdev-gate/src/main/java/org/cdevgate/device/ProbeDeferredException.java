package org.cdevgate.device;

import org.jspecify.annotations.Nullable;

/**
 * Thrown by {@link Driver#probe} when something is missing that may come later: -EPROBE_DEFER of
 * linux/errno.h.
 */
public final class ProbeDeferredException extends Exception {
    private static final long serialVersionUID = 1L;

    /**
     * @param missing what is waited for, for {@link DeviceModel#deferred()}; null if that is not
     *     known
     */
    public ProbeDeferredException(@Nullable String missing) {
        super(missing);
    }
}
