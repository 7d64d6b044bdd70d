package org.cdevgate.device.stress.twins;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.cdevgate.async.DeviceTimer;
import org.cdevgate.async.IrqLine;
import org.cdevgate.async.NotifierChain;
import org.cdevgate.async.Work;
import org.cdevgate.async.WorkQueue;
import org.cdevgate.device.stress.Machine;

/** What calls a driver by itself, as the library has it; each also stopped by the unbinding. */
final class RealCallers {
    private RealCallers() {}

    static Map<String, FunctionCaller.Maker> work() {
        Map<String, FunctionCaller.Maker> makers = new LinkedHashMap<>();
        makers.put("Work.cancelSync", function -> work(function, false));
        makers.put("work queue, unbound", function -> work(function, true));
        return makers;
    }

    static Map<String, FunctionCaller.Maker> timers() {
        Map<String, FunctionCaller.Maker> makers = new LinkedHashMap<>();
        makers.put("DeviceTimer.deleteSync", function -> timer(function, false));
        makers.put("timer, unbound", function -> timer(function, true));
        return makers;
    }

    static Map<String, FunctionCaller.Maker> handlers() {
        Map<String, FunctionCaller.Maker> makers = new LinkedHashMap<>();
        makers.put("IrqAction.free", function -> interrupt(function, false));
        makers.put("interrupt, unbound", function -> interrupt(function, true));
        makers.put("notifier, unregistered", RealCallers::notifier);
        return makers;
    }

    private static FunctionCaller work(Runnable function, boolean byUnbinding) {
        Machine.Made<Work> made =
                Machine.make(
                        bound ->
                                WorkQueue.alloc(bound, "script-work", 1)
                                        .work("work", inside -> function.run()));
        Work work = made.it();
        return new Caller(work::queue, byUnbinding ? made.device()::unbind : work::cancelSync);
    }

    private static FunctionCaller timer(Runnable function, boolean byUnbinding) {
        Machine.Made<DeviceTimer> made =
                Machine.make(bound -> DeviceTimer.setup(bound, "timer", inside -> function.run()));
        DeviceTimer timer = made.it();
        return new Caller(
                () -> timer.mod(Duration.ZERO),
                byUnbinding ? made.device()::unbind : timer::deleteSync);
    }

    private static FunctionCaller interrupt(Runnable function, boolean byUnbinding) {
        IrqLine line = new IrqLine("line");
        Machine.Made<IrqLine.IrqAction> made =
                Machine.make(
                        bound ->
                                line.request(
                                        bound,
                                        inside -> {
                                            function.run();
                                            return true;
                                        }));
        return new Caller(line::raise, byUnbinding ? made.device()::unbind : made.it()::free);
    }

    private static FunctionCaller notifier(Runnable function) {
        NotifierChain<String> chain = new NotifierChain<>("chain");
        Machine.Made<NotifierChain.Registration<String>> made =
                Machine.make(
                        bound ->
                                chain.register(
                                        bound,
                                        0,
                                        (event, inside) -> {
                                            function.run();
                                            return true;
                                        }));
        return new Caller(() -> chain.call("event"), made.it()::unregister);
    }

    private record Caller(Runnable firing, Runnable stopping) implements FunctionCaller {
        @Override
        public void fire() {
            firing.run();
        }

        @Override
        public void stop() {
            stopping.run();
        }
    }
}
