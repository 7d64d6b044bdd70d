package org.cdevgate.drivers.filter;

import java.io.IOException;
import org.cdevgate.abi.ErrnoException;

/**
 * Stands between callers and a driver, for every verb alike. Runs inside the gate, on the thread of
 * the call, many at a time.
 */
@FunctionalInterface
public interface CallFilter {
    /**
     * Answers a call in the driver's place, or lets it {@link FilteredCall#proceed()}.
     *
     * @return what the verb returns, {@link org.cdevgate.gate.Call#WOULD_BLOCK} included
     */
    long around(FilteredCall call) throws ErrnoException, IOException, InterruptedException;
}
