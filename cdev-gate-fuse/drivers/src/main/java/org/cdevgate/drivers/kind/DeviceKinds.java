package org.cdevgate.drivers.kind;

import java.io.IOException;
import java.util.Collection;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.SortedMap;
import java.util.TreeMap;
import org.cdevgate.drivers.spec.InvalidSpecException;
import org.cdevgate.drivers.spec.Nearest;
import org.cdevgate.drivers.spec.Settings;

/** The kinds that are there. Immutable. */
public final class DeviceKinds {
    private final SortedMap<String, DeviceKind> byName = new TreeMap<>();

    private DeviceKinds(Iterable<DeviceKind> kinds) {
        for (DeviceKind each : kinds) {
            DeviceKind other = byName.putIfAbsent(each.name(), each);
            if (other != null) {
                throw new InvalidSpecException(
                        "two kinds have the name "
                                + each.name()
                                + ": "
                                + other.getClass().getName()
                                + " and "
                                + each.getClass().getName()
                                + "; rename one");
            }
        }
    }

    /**
     * Finds the kinds that a class loader sees.
     *
     * @throws InvalidSpecException if one of them cannot be loaded, or two have one name
     */
    public static DeviceKinds load(ClassLoader loader) {
        try {
            return new DeviceKinds(ServiceLoader.load(DeviceKind.class, loader));
        } catch (ServiceConfigurationError e) {
            Throwable cause = e.getCause();
            throw cannotBeLoaded(e.getMessage() + (cause == null ? "" : ": " + cause));
        } catch (LinkageError e) { // also of a class for a newer JDK
            throw cannotBeLoaded(e.toString());
        }
    }

    private static InvalidSpecException cannotBeLoaded(String why) {
        return new InvalidSpecException(
                "a kind of device cannot be loaded: " + why + "; mend or leave out its jar");
    }

    /** All of them, by name. */
    public Collection<DeviceKind> all() {
        return byName.values();
    }

    /**
     * Makes a device.
     *
     * @param text {@code KIND[,key=value…]}; a kind with a {@link DeviceKind#mainOption} takes its
     *     value at once: {@code script=FILE}
     * @throws InvalidSpecException if the text cannot be meant
     * @throws IOException if a file of the device's cannot be read
     */
    public KindDevice make(String text) throws IOException {
        int end = text.indexOf(',');
        String head = end < 0 ? text : text.substring(0, end);
        int equals = head.indexOf('=');
        String name = equals < 0 ? head : head.substring(0, equals);
        DeviceKind kind = byName.get(name);
        if (kind == null) {
            throw new InvalidSpecException(
                    "there is no kind "
                            + name
                            + Nearest.hint(name, byName.keySet())
                            + "; there are "
                            + String.join(", ", byName.keySet()));
        }
        String rest =
                equals >= 0
                        ? kind.mainOption() + text.substring(equals)
                        : end < 0 ? "" : text.substring(end + 1);
        Settings settings =
                Settings.parse("kind " + name, rest)
                        .allowing(kind.options().stream().map(KindOption::name).toList());
        for (KindOption option : kind.options()) {
            if (!option.standard().isEmpty()) {
                settings = settings.orElse(option.name(), option.standard());
            }
        }
        return kind.make(settings);
    }
}
