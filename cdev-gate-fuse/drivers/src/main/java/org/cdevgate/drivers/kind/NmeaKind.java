package org.cdevgate.drivers.kind;

import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.List;
import org.cdevgate.drivers.NmeaReceiver;
import org.cdevgate.drivers.spec.InvalidSpecException;
import org.cdevgate.drivers.spec.Settings;

/** Kind {@code nmea}. */
public final class NmeaKind implements DeviceKind {
    @Override
    public String name() {
        return "nmea";
    }

    @Override
    public String help() {
        return "is a satellite receiver: a sentence with the time and a place, again and again";
    }

    @Override
    public List<KindOption> options() {
        return List.of(
                new KindOption("every", "1s", "time between two sentences"),
                new KindOption("latitude", "52.5", "degrees north"),
                new KindOption("longitude", "13.4", "degrees east"));
    }

    private static double degrees(Settings settings, String key, int most) {
        String value = settings.text(key);
        try {
            double degrees = Double.parseDouble(value);
            if (Math.abs(degrees) <= most) {
                return degrees;
            }
        } catch (NumberFormatException e) {
            // told below, as one out of range is
        }
        throw new InvalidSpecException(
                "kind nmea: " + key + "=" + value + "; give degrees from -" + most + " to " + most);
    }

    @Override
    public KindDevice make(Settings settings) {
        NmeaReceiver receiver = new NmeaReceiver(NmeaReceiver.Sleep.THREADLESS);
        double latitude = degrees(settings, "latitude", 90);
        double longitude = degrees(settings, "longitude", 180);
        return KindDevice.of(receiver)
                .every(
                        settings.period("every"),
                        () -> receiver.fix(LocalTime.now(ZoneOffset.UTC), latitude, longitude));
    }
}
