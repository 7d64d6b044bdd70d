package org.cdevgate.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.cdevgate.cli.doctor.Checks;
import org.cdevgate.cli.doctor.Finding;
import org.cdevgate.cli.doctor.Machine;
import org.cdevgate.cli.doctor.Trials;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Tells what this machine offers. */
@Command(
        name = "doctor",
        description = {
            "Tells what this machine offers, and for each thing that is missing the command that"
                    + " mends it."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Exits with 0 if all is there that every device needs, else with 1.",
            "",
            "Example: cdev-gate doctor"
        })
final class DoctorCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        Machine machine = Machine.own(ManagementFactory.getRuntimeMXBean().getInputArguments());
        List<Finding> findings = new ArrayList<>();
        Checks.all().forEach(each -> findings.add(each.look(machine)));
        findings.add(Trials.mount());
        findings.add(Trials.namespace(machine));
        PrintWriter out = spec.commandLine().getOut();
        findings.forEach(each -> tell(each, out));
        out.flush();
        boolean missing = findings.stream().anyMatch(each -> each.state() == Finding.State.MISSING);
        return missing ? 1 : 0;
    }

    private static void tell(Finding finding, PrintWriter out) {
        String word =
                switch (finding.state()) {
                    case GOOD -> "@|green ok     |@";
                    case SOME_MISS_IT -> "@|yellow some   |@";
                    case MISSING -> "@|red MISSING|@";
                };
        out.printf("%s  %-18s %s%n", Ansi.AUTO.string(word), finding.what(), finding.found());
        if (finding.remedy() != null) {
            out.printf("%27s mend: %s%n", "", finding.remedy());
        }
    }
}
