package org.cdevgate.drivers.kind;

import java.io.IOException;
import java.util.List;
import org.cdevgate.drivers.spec.Settings;

/**
 * A kind of device that can be asked for by name. A user's own is a public class with a public
 * constructor without parameters, named in {@code
 * META-INF/services/org.cdevgate.drivers.kind.DeviceKind}:
 *
 * <pre>{@code
 * public final class BeeperKind implements DeviceKind {
 *     public String name() { return "beeper"; }
 *     public String help() { return "beeps when written to"; }
 *     public KindDevice make(Settings settings) { return KindDevice.of(new Beeper()); }
 * }
 * }</pre>
 */
public interface DeviceKind {
    /** What it is asked for by: lower case, without blanks, {@code =} and {@code ,}. */
    String name();

    /** What it does, in one sentence that follows its name. */
    String help();

    /** Its options; none by default. */
    default List<KindOption> options() {
        return List.of();
    }

    /**
     * The option that takes the value of {@code KIND=VALUE}; by default the one that has the kind's
     * own name.
     */
    default String mainOption() {
        return name();
    }

    /**
     * Makes a device. It may be plugged in and unplugged many times; what it remembers it remembers
     * across.
     *
     * @param settings has no keys but those of {@link #options()}, and all that have a default
     * @throws IOException if a file that it needs cannot be read, with a message for people
     * @throws org.cdevgate.drivers.spec.InvalidSpecException if a value cannot be meant
     */
    KindDevice make(Settings settings) throws IOException;
}
