package org.cdevgate.device.stress.twins;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.cdevgate.async.DeviceTimer;
import org.cdevgate.async.IrqLine;
import org.cdevgate.async.NotifierChain;
import org.cdevgate.async.Work;
import org.cdevgate.async.WorkQueue;
import org.cdevgate.device.Device;
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
        AtomicReference<Work> made = new AtomicReference<>();
        Device device =
                new Machine()
                        .bind(
                                "device",
                                bound ->
                                        made.set(
                                                WorkQueue.alloc(bound, "script-work", 1)
                                                        .work("work", inside -> function.run())));
        Work work = made.get();
        return new Caller(work::queue, byUnbinding ? device::unbind : work::cancelSync);
    }

    private static FunctionCaller timer(Runnable function, boolean byUnbinding) {
        AtomicReference<DeviceTimer> made = new AtomicReference<>();
        Device device =
                new Machine()
                        .bind(
                                "device",
                                bound ->
                                        made.set(
                                                DeviceTimer.setup(
                                                        bound, "timer", inside -> function.run())));
        DeviceTimer timer = made.get();
        return new Caller(
                () -> timer.mod(Duration.ZERO), byUnbinding ? device::unbind : timer::deleteSync);
    }

    private static FunctionCaller interrupt(Runnable function, boolean byUnbinding) {
        IrqLine line = new IrqLine("line");
        AtomicReference<IrqLine.IrqAction> made = new AtomicReference<>();
        Device device =
                new Machine()
                        .bind(
                                "device",
                                bound ->
                                        made.set(
                                                line.request(
                                                        bound,
                                                        inside -> {
                                                            function.run();
                                                            return true;
                                                        })));
        IrqLine.IrqAction action = made.get();
        return new Caller(line::raise, byUnbinding ? device::unbind : action::free);
    }

    private static FunctionCaller notifier(Runnable function) {
        NotifierChain<String> chain = new NotifierChain<>("chain");
        AtomicReference<NotifierChain.Registration<String>> made = new AtomicReference<>();
        new Machine()
                .bind(
                        "device",
                        bound ->
                                made.set(
                                        chain.register(
                                                bound,
                                                0,
                                                (event, inside) -> {
                                                    function.run();
                                                    return true;
                                                })));
        return new Caller(() -> chain.call("event"), made.get()::unregister);
    }

    private static final class Caller implements FunctionCaller {
        private final Runnable firing;
        private final Runnable stopping;

        Caller(Runnable firing, Runnable stopping) {
            this.firing = firing;
            this.stopping = stopping;
        }

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
