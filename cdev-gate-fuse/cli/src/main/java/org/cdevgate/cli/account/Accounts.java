package org.cdevgate.cli.account;

import java.util.ArrayList;
import java.util.List;
import org.cdevgate.cli.device.PluggedDevice;
import org.cdevgate.cli.program.Program;

/** Draws up the account of a run. */
public final class Accounts {
    private Accounts() {}

    public static Account of(
            List<String> program,
            Program run,
            boolean hung,
            long millis,
            List<PluggedDevice> plugged) {
        List<Account.OfDevice> devices = new ArrayList<>();
        List<String> unfired = new ArrayList<>();
        for (PluggedDevice each : plugged) {
            devices.add(device(each, run.began()));
            each.unfired().forEach(plan -> unfired.add(plan.text()));
        }
        return new Account(program, run.exitCode(), hung, millis, devices, unfired);
    }

    private static Account.OfDevice device(PluggedDevice device, long began) {
        return new Account.OfDevice(
                device.name(),
                device.log().calls(),
                device.refused(),
                device.log().counts().entrySet().stream()
                        .map(
                                each ->
                                        new Account.Calls(
                                                each.getKey().call(),
                                                each.getKey().answer(),
                                                each.getValue()))
                        .toList(),
                device.log().last(),
                device.unpluggings().stream()
                        .map(
                                each ->
                                        new Account.Removal(
                                                each.cause(),
                                                Math.max(0, (each.began() - began) / 1_000_000),
                                                each.inFlight(),
                                                each.drainNanos() < 0
                                                        ? -1
                                                        : each.drainNanos() / 1_000))
                        .toList());
    }
}
