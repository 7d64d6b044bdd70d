package org.cdevgate.cli.account;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.cdevgate.cli.device.PluggedDevice;
import org.cdevgate.cli.device.PluggedDevices;
import org.cdevgate.cli.device.Unplugging;
import org.cdevgate.cli.program.Ending;
import org.cdevgate.cli.program.Program;

/** Draws up the account of a run that has ended. */
public final class Accounts {
    private Accounts() {}

    /** Looks at everything now. */
    public static Account of(
            List<String> program, Program run, Ending ending, long millis, PluggedDevices plugged) {
        return new Account(
                program,
                ending,
                run.exitCode(),
                millis,
                plugged.all().stream().map(each -> device(each, run.began())).toList(),
                plugged.mount().openFiles(),
                run.left().map(Accounts::process).toList(),
                unfired(plugged.all()));
    }

    private static List<String> unfired(List<PluggedDevice> devices) {
        List<String> plans = new ArrayList<>();
        for (PluggedDevice each : devices) {
            String of = devices.size() == 1 ? "" : each.name() + ":";
            each.unfired().forEach(plan -> plans.add(of + plan.text()));
        }
        return plans;
    }

    private static String process(ProcessHandle process) {
        String path = process.info().command().orElse("?");
        return Path.of(path).getFileName() + " (" + process.pid() + ")";
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
                device.unpluggings().stream().map(each -> removal(each, began)).toList());
    }

    private static Account.Removal removal(Unplugging unplugging, long began) {
        return new Account.Removal(
                unplugging.cause(),
                Math.max(0, (unplugging.began() - began) / 1_000_000),
                unplugging.inFlight().stream().map(Object::toString).toList(),
                unplugging.drainNanos() < 0 ? -1 : unplugging.drainNanos() / 1_000);
    }
}
