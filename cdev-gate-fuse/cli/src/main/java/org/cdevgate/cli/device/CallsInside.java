package org.cdevgate.cli.device;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.drivers.filter.CallFilter;
import org.cdevgate.drivers.filter.CallLog;
import org.cdevgate.drivers.filter.FilteredCall;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.calls.CallInFlight;

/**
 * Knows the calls that the driver has, so that a removal can tell what it met and what each got.
 */
final class CallsInside implements CallFilter {
    private final Set<MetCall> inside = ConcurrentHashMap.newKeySet();

    @Override
    public long around(FilteredCall call) throws ErrnoException, IOException, InterruptedException {
        MetCall met = new MetCall(call.toString(), Thread.currentThread());
        inside.add(met);
        try {
            long result = call.proceed();
            met.answered(CallLog.answer(call.verb(), result));
            return result;
        } catch (ErrnoException e) {
            met.answered(Errno.describe(e.errno()));
            throw e;
        } catch (InterruptedException e) {
            met.answered(Errno.EINTR.name());
            throw e;
        } catch (IOException | RuntimeException e) {
            met.answered(Errno.EIO.name());
            throw e;
        } finally {
            inside.remove(met);
        }
    }

    /** Those of now, and the requests that sleep without a thread; before the gate is flagged. */
    List<MetCall> met(FopsGate gate) {
        List<MetCall> all = new ArrayList<>(inside);
        for (CallInFlight each : gate.callsInFlight()) {
            if (each.isThreadless()) {
                MetCall sleeping = new MetCall(each.verb().toString(), null);
                sleeping.sleeps(answer(gate, each));
                all.add(sleeping);
            } else if (each.waitingOn() != null) {
                all.stream()
                        .filter(met -> met.thread() == each.thread())
                        .forEach(met -> met.sleeps(answer(gate, each)));
            }
        }
        return all;
    }

    private static String answer(FopsGate gate, CallInFlight call) {
        int answer = gate.removalProfile().blocked(call.verb());
        return answer < 0 ? Errno.describe(-answer) : CallLog.answer(call.verb(), answer);
    }
}
