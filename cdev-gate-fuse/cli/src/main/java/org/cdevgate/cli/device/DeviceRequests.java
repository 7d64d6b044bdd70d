package org.cdevgate.cli.device;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.cdevgate.cli.exit.CommandFailure;
import org.cdevgate.cli.exit.ExitCodes;
import org.cdevgate.drivers.filter.FaultPlan;
import org.cdevgate.drivers.kind.DeviceKinds;
import org.cdevgate.drivers.kind.KindDevice;
import org.cdevgate.drivers.spec.InvalidSpecException;

/** The devices that a command was asked for; makes fresh ones as often as it needs them. */
public final class DeviceRequests {
    private final DeviceKinds kinds;
    private final Map<String, DeviceRequest> requests = new LinkedHashMap<>();
    private final List<ForDevice> faults = new ArrayList<>();
    private final List<String> words;

    /**
     * @param words the options that ask for them
     */
    DeviceRequests(
            DeviceKinds kinds, List<String> devices, List<String> faults, List<String> words) {
        this.kinds = kinds;
        this.words = List.copyOf(words);
        for (String each : devices) {
            DeviceRequest request = DeviceRequest.parse(each);
            for (String other : requests.keySet()) {
                refuseSamePlace(each, request.name(), other);
            }
            requests.put(request.name(), request);
        }
        for (String each : faults) {
            ForDevice fault = ForDevice.parse("--fault", each, names());
            FaultPlan.parse(fault.plan()); // refused here, and not in the middle of something
            this.faults.add(fault);
        }
    }

    private static void refuseSamePlace(String text, String name, String other) {
        if (name.equals(other)) {
            throw new InvalidSpecException(
                    "--device " + text + ": there is a device of this name; give another");
        }
        if (name.startsWith(other + "/") || other.startsWith(name + "/")) {
            throw new InvalidSpecException(
                    "--device "
                            + text
                            + ": "
                            + name
                            + " and "
                            + other
                            + " cannot be a device and its folder; give another name");
        }
    }

    /** The options of the command that ask for the same devices. */
    public List<String> words() {
        return words;
    }

    /** Their names below /dev. */
    public List<String> names() {
        return List.copyOf(requests.keySet());
    }

    /**
     * Reads plans, each as {@code [NAME:]PLAN}.
     *
     * @param option for messages
     * @return by the name of their device
     */
    public Map<String, List<WrittenPlan>> plans(String option, List<String> texts) {
        Map<String, List<WrittenPlan>> plans = new LinkedHashMap<>();
        for (String each : texts) {
            ForDevice of = ForDevice.parse(option, each, names());
            plans.computeIfAbsent(of.device(), name -> new ArrayList<>())
                    .add(WrittenPlan.parse(of.plan()));
        }
        return plans;
    }

    /** Makes each device anew, with its faults and these plans. */
    public List<PlannedDevice> make(Map<String, List<WrittenPlan>> plans) throws CommandFailure {
        List<PlannedDevice> devices = new ArrayList<>();
        for (DeviceRequest each : requests.values()) {
            devices.add(
                    new PlannedDevice(
                            each.name(),
                            make(each),
                            plans.getOrDefault(each.name(), List.of()),
                            faults.stream()
                                    .filter(fault -> fault.device().equals(each.name()))
                                    .map(fault -> FaultPlan.parse(fault.plan()))
                                    .toList()));
        }
        return devices;
    }

    private KindDevice make(DeviceRequest request) throws CommandFailure {
        try {
            return kinds.make(request.kind());
        } catch (IOException e) {
            throw new CommandFailure(
                    ExitCodes.FAILED,
                    "--device "
                            + request.name()
                            + "="
                            + request.kind()
                            + ": cannot read "
                            + e.getMessage());
        }
    }
}
