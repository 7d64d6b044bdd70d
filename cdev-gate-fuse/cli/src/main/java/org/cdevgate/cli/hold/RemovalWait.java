package org.cdevgate.cli.hold;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.cdevgate.cli.protocol.Refusal;
import org.cdevgate.gate.calls.CallInFlight;
import org.cdevgate.gate.removal.RemovalOutcome;
import org.cdevgate.gate.removal.RemovalReport;

/** Waits for a removal with a bound, after which it tells who is inside. */
final class RemovalWait {
    private RemovalWait() {}

    /**
     * Waits for the end of a removal.
     *
     * @throws Refusal if that does not come in time; it has the report of who is inside
     */
    static void await(HeldDevice held, CompletableFuture<RemovalOutcome> removal, Duration timeout)
            throws Refusal, InterruptedException {
        try {
            removal.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            RemovalReport report = held.gate().report();
            throw new Refusal(
                    Refusal.Code.TIMEOUT,
                    held.name()
                            + " is unplugged, but calls have not left its driver within "
                            + timeout.toMillis()
                            + " ms: "
                            + culprits(report)
                            + "; the report has their stacks, and unplug again waits on",
                    Map.of("report", report.toString()));
        } catch (ExecutionException e) {
            throw new Refusal(
                    Refusal.Code.FAILED, held.name() + " cannot be removed: " + e.getCause());
        }
    }

    /** Who is inside, in one line. */
    static String culprits(RemovalReport report) {
        List<String> calls = report.culprits().stream().map(CallInFlight::toString).toList();
        return calls.isEmpty() ? "none any more" : String.join("; ", calls);
    }
}
