package org.cdevgate.cli.hold;

import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.drivers.filter.CallFilter;
import org.cdevgate.drivers.filter.FilteredCall;

/**
 * What happens to a device's calls besides what it was asked for at first: faults and plans that
 * come and go while it is used. Places among its filters, each of which lets calls pass while it is
 * empty.
 */
final class Interventions {
    /** So many at a time. */
    static final int MOST = 16;

    private final List<Place> places = IntStream.range(0, MOST).mapToObj(i -> new Place()).toList();

    private static final class Place implements CallFilter {
        private volatile CallFilter filter = PASS;

        @Override
        public long around(FilteredCall call)
                throws ErrnoException, IOException, InterruptedException {
            return filter.around(call);
        }
    }

    private static final CallFilter PASS = FilteredCall::proceed;

    List<CallFilter> filters() {
        return places.stream().map(CallFilter.class::cast).toList();
    }

    /** From the next call on; false if there is no place. */
    synchronized boolean add(CallFilter filter) {
        for (Place each : places) {
            if (each.filter == PASS) {
                each.filter = filter;
                return true;
            }
        }
        return false;
    }

    /** Calls that are in one go on in it; returns how many there were. */
    synchronized int clear() {
        int count = count();
        places.forEach(each -> each.filter = PASS);
        return count;
    }

    /** How many there are. */
    synchronized int count() {
        return (int) places.stream().filter(each -> each.filter != PASS).count();
    }
}
