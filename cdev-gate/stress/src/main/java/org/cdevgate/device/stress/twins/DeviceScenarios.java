package org.cdevgate.device.stress.twins;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.cdevgate.gate.stress.script.Outcome;
import org.cdevgate.gate.stress.script.Script;

/** What is asked of a broken twin, and of the real code. */
final class DeviceScenarios {
    private static final String INSIDE = "inside";
    private static final String REGISTERS_GONE = "registers released";
    private static final String CLOCK_GONE = "clock released";
    private static final String LEAF_GOES = "leaf goes";

    private DeviceScenarios() {}

    /** Somebody holds a device, which is unplugged, and uses it before he gives it back. */
    static Outcome heldWhileUnplugged(HeldDevice.Maker maker) {
        Memory memory = new Memory();
        HeldDevice device = maker.make(memory);
        try (Script script = new Script()) {
            script.actor(
                    "holder",
                    () -> {
                        device.get();
                        script.at(INSIDE);
                        memory.use();
                        device.put();
                    });
            script.actor("remover", device::unplug);
            script.advance("holder", INSIDE);
            script.finish("remover");
            script.finish("holder");
        }
        return judge(memory, "a device was used after its memory was freed by its driver");
    }

    /** Somebody uses a resource while it is revoked. */
    static Outcome usedWhileRevoked(Provider.Maker maker) {
        Memory memory = new Memory();
        Provider provider = maker.make(memory::free);
        try (Script script = new Script()) {
            user(script, provider, memory);
            script.actor("revoker", provider::revoke);
            script.advance("user", INSIDE);
            script.finish("revoker");
            script.finish("user");
        }
        return judge(memory, "a resource was used after its release");
    }

    /** A second revoker comes while the first one waits for a user. */
    static Outcome secondRevoker(Provider.Maker maker) {
        Memory memory = new Memory();
        Provider provider = maker.make(memory::free);
        AtomicBoolean early = new AtomicBoolean();
        try (Script script = new Script()) {
            user(script, provider, memory);
            script.actor("revoker", provider::revoke);
            script.actor(
                    "second revoker",
                    () -> {
                        provider.revoke();
                        early.set(!memory.isFreed());
                    });
            script.advance("user", INSIDE);
            script.finish("revoker");
            script.finish("second revoker");
            script.finish("user");
        }
        return early.get()
                ? Outcome.broken("a second revoker came back while the resource was in use")
                : judge(memory, "a resource was used after its release");
    }

    private static void user(Script script, Provider provider, Memory memory) {
        script.actor(
                "user",
                () -> {
                    Provider.Use use = provider.tryAccess();
                    script.at(INSIDE);
                    memory.use();
                    use.end();
                });
    }

    /** An interrupt comes between two releases: of its handler, and of what that uses. */
    static Outcome interruptBetweenReleases(ManagedResources.Maker maker) {
        Memory registers = new Memory();
        AtomicReference<Runnable> handler = new AtomicReference<>(registers::use);
        ManagedResources resources = maker.make();
        try (Script script = new Script()) {
            resources.add(
                    "registers",
                    () -> {
                        registers.free();
                        script.at(REGISTERS_GONE);
                    });
            resources.add("handler", () -> handler.set(() -> {}));
            script.actor("interrupt", () -> handler.get().run());
            script.actor("unbinder", resources::releaseAll);
            script.advance("unbinder", REGISTERS_GONE);
            script.finish("interrupt");
            script.finish("unbinder");
        }
        return judge(registers, "an interrupt handler used registers that were released");
    }

    /** A call of the consumer's driver comes when the supplier's clock has just been released. */
    static Outcome callAfterTheSupplier(ConsumerAndSupplier.Maker maker) {
        Memory clock = new Memory();
        try (Script script = new Script()) {
            ConsumerAndSupplier devices =
                    maker.make(
                            () -> {
                                clock.free();
                                script.at(CLOCK_GONE);
                            });
            script.actor("caller", () -> devices.call(clock::use));
            script.actor("unbinder", devices::unbindSupplier);
            script.advance("unbinder", CLOCK_GONE);
            script.finish("caller");
            script.finish("unbinder");
        }
        return judge(clock, "a consumer used the clock of a supplier that was unbound before it");
    }

    /**
     * A device is plugged into a hub whose removal has come to the one that hangs on it already.
     */
    static Outcome plugWhileUnplugged(Hub.Maker maker) {
        try (Script script = new Script()) {
            Hub hub = maker.make(() -> script.at(LEAF_GOES));
            script.actor("remover", hub::unplug);
            script.actor("adder", hub::plugAnother);
            script.advance("remover", LEAF_GOES);
            script.finish("adder");
            script.finish("remover");
            return hub.hasOrphan()
                    ? Outcome.broken("a device stays bound under a parent that is gone")
                    : Outcome.kept("it was refused, or went with its parent");
        }
    }

    /**
     * A driver stops what calls it while its function runs, and frees what that uses. The function
     * may run on a thread of the code's own, where no script stops it; so it waits for a latch.
     */
    static Outcome functionInFlight(FunctionCaller.Maker maker) {
        Memory memory = new Memory();
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        FunctionCaller caller =
                maker.make(
                        () -> {
                            inside.countDown();
                            await(goOn);
                            memory.use();
                            over.countDown();
                        });
        try (Script script = new Script()) {
            script.actor("event", caller::fire);
            script.actor(
                    "remover",
                    () -> {
                        caller.stop();
                        memory.free();
                    });
            script.finish("event");
            script.until("the function's run", () -> inside.getCount() == 0);
            script.finish("remover");
            goOn.countDown();
            script.until("the function's end", () -> over.getCount() == 0);
        } finally {
            goOn.countDown();
        }
        return judge(memory, "a function used what was freed after it had been stopped");
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError("nobody interrupts a driver's function", e);
        }
    }

    /** A file is closed after its device was deregistered. */
    static Outcome closedAfterDeregistration(OpenMisc.Maker maker) {
        Memory data = new Memory();
        OpenMisc device = maker.make(data);
        try (Script script = new Script()) {
            script.actor(
                    "process",
                    () -> {
                        device.open();
                        script.at(INSIDE);
                        device.close();
                    });
            script.actor("remover", device::deregister);
            script.advance("process", INSIDE);
            script.finish("remover");
            script.finish("process");
        }
        return judge(data, "the release of a file used data that went with the registration");
    }

    private static Outcome judge(Memory memory, String broken) {
        if (memory.wasUsedTooLate()) {
            return Outcome.broken(broken);
        }
        return memory.frees() == 1
                ? Outcome.kept(
                        memory.wasUsed()
                                ? "what was used was freed after that, once"
                                : "it was refused, and what it would use freed once")
                : Outcome.broken("what was used was freed " + memory.frees() + " times, not once");
    }
}
