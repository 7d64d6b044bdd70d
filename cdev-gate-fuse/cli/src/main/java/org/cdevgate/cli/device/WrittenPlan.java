package org.cdevgate.cli.device;

import org.cdevgate.drivers.filter.UnplugPlan;

/**
 * A plan, and how it was written.
 *
 * @param plan what it says
 * @param text as it was written
 */
public record WrittenPlan(UnplugPlan plan, String text) {
    /**
     * Reads a plan.
     *
     * @throws org.cdevgate.drivers.spec.InvalidSpecException if it cannot be meant
     */
    public static WrittenPlan parse(String text) {
        return new WrittenPlan(UnplugPlan.parse(text), text);
    }
}
