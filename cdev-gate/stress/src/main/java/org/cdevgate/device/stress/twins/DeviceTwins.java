package org.cdevgate.device.stress.twins;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.cdevgate.gate.stress.script.WrongDesign;

/** All broken twins of what is around the gate. */
public final class DeviceTwins {
    private static final String OUTLIVES = "of Device: it outlives its driver";
    private static final String REVOKERS =
            "of Revocable: each revoker returns when nobody uses it and it is released";
    private static final String REVERSE = "of Devres: released in reverse order";
    private static final String CONSUMERS = "of DeviceLink: consumers are unbound first";
    private static final String CHILDREN =
            "of Device: a child is refused, or unplugged before its parent";
    private static final String STOPPED = "of the callers: once stopped it runs nowhere";
    private static final String MISC = "of MiscDevice: its data live as long as its open files";

    private DeviceTwins() {}

    /** In the order in which they are told in docs/stress.md. */
    public static List<WrongDesign<?>> all() {
        return List.of(
                new WrongDesign<>(
                        "device in the driver's memory",
                        OUTLIVES,
                        "a device was used after its memory was freed by its driver",
                        DeviceScenarios::heldWhileUnplugged,
                        DriversDevice::new,
                        Map.of("Device", RealDevices::held)),
                new WrongDesign<>(
                        "revoked without a wait",
                        REVOKERS,
                        "a resource was used after its release",
                        DeviceScenarios::usedWhileRevoked,
                        RevokeWithoutWait::new,
                        providers()),
                new WrongDesign<>(
                        "second revoker returns early",
                        REVOKERS,
                        "a second revoker came back while the resource was in use",
                        DeviceScenarios::secondRevoker,
                        SecondRevokerReturns::new,
                        providers()),
                new WrongDesign<>(
                        "released in order of registration",
                        REVERSE,
                        "an interrupt handler used registers that were released",
                        DeviceScenarios::interruptBetweenReleases,
                        ReleasedInOrder::new,
                        lists()),
                new WrongDesign<>(
                        "supplier unbound first",
                        CONSUMERS,
                        "a consumer used the clock of a supplier that was unbound before it",
                        DeviceScenarios::callAfterTheSupplier,
                        SupplierFirst::new,
                        Map.of("DeviceLink", RealDevices::linked)),
                new WrongDesign<>(
                        "children looked up before the flag",
                        CHILDREN,
                        "a device stays bound under a parent that is gone",
                        DeviceScenarios::plugWhileUnplugged,
                        ListThenFlag::new,
                        Map.of("Device", RealDevices::hub)),
                new WrongDesign<>(
                        "cancel_work without _sync",
                        STOPPED,
                        "a function used what was freed after it had been stopped",
                        DeviceScenarios::functionInFlight,
                        CancelWork::new,
                        RealCallers.work()),
                new WrongDesign<>(
                        "del_timer without _sync",
                        STOPPED,
                        "a function used what was freed after it had been stopped",
                        DeviceScenarios::functionInFlight,
                        DeleteTimer::new,
                        RealCallers.timers()),
                new WrongDesign<>(
                        "free_irq without a wait",
                        STOPPED,
                        "a function used what was freed after it had been stopped",
                        DeviceScenarios::functionInFlight,
                        FreeIrqNoWait::new,
                        RealCallers.handlers()),
                new WrongDesign<>(
                        "misc data freed at deregistration",
                        MISC,
                        "the release of a file used data that went with the registration",
                        DeviceScenarios::closedAfterDeregistration,
                        DataOfTheRegistration::new,
                        Map.of("MiscDevice", RealDevices::misc)));
    }

    private static Map<String, Provider.Maker> providers() {
        Map<String, Provider.Maker> makers = new LinkedHashMap<>();
        makers.put("Revocable", RealDevices::revoked);
        makers.put("Revocable, unbound", RealDevices::unbound);
        return makers;
    }

    private static Map<String, ManagedResources.Maker> lists() {
        Map<String, ManagedResources.Maker> makers = new LinkedHashMap<>();
        makers.put("Devres", RealDevices::list);
        makers.put("Devres, unbound", RealDevices::listOfADevice);
        return makers;
    }
}
