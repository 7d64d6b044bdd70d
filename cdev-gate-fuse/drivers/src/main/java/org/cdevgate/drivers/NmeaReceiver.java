package org.cdevgate.drivers;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.abi.PollEvents;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.WaitQueue;

/**
 * The driver of a satellite receiver: a stream of NMEA 0183 sentences, which every process that has
 * the node open gets from the moment it opened it. A reader that is too slow loses the sentences
 * that its backlog has no room for, never a part of one.
 *
 * <p>A read waits for a sentence in one of the two ways that a driver may choose; a process cannot
 * tell them apart. It is a stream, not a terminal: TCGETS and the like get ENOTTY, which is what
 * the gate answers for a verb that is not there.
 */
public final class NmeaReceiver implements FileOperations {
    /** How a read waits for data. */
    public enum Sleep {
        /** Its request waits on a queue, and the verb is run again: no thread is taken. */
        THREADLESS,
        /** Its thread parks in the verb. */
        PARKED
    }

    private static final int BACKLOG = 4096; // bytes, of each open file
    private static final int LONGEST_BODY = 76; // of a sentence of 82, as NMEA 0183 has them
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HHmmss");

    private final Sleep sleep;
    private final List<Backlog> backlogs = new CopyOnWriteArrayList<>();

    /** A receiver whose readers wait like this. */
    public NmeaReceiver(Sleep sleep) {
        this.sleep = sleep;
    }

    /** What one open file has not read yet. */
    private static final class Backlog {
        private final WaitQueue arrived = new WaitQueue("sentences");
        private final ByteBuffer bytes = ByteBuffer.allocate(BACKLOG);

        synchronized void add(byte[] sentence) {
            if (sentence.length <= bytes.remaining()) {
                bytes.put(sentence);
            }
            arrived.wakeUp();
        }

        synchronized int take(ByteBuffer dst) {
            bytes.flip();
            int count = Math.min(bytes.remaining(), dst.remaining());
            dst.put(bytes.slice(0, count));
            bytes.position(count);
            bytes.compact();
            return count;
        }

        synchronized boolean isEmpty() {
            return bytes.position() == 0;
        }
    }

    @Override
    public int open(OpenFile file, Call call) {
        Backlog backlog = new Backlog();
        file.setPrivateData(backlog, backlogs::remove);
        backlogs.add(backlog);
        return 0;
    }

    private static Backlog backlog(OpenFile file) {
        return Objects.requireNonNull(file.privateData(Backlog.class));
    }

    @Override
    public int read(OpenFile file, ByteBuffer dst, long position, Call call) throws ErrnoException {
        Backlog backlog = backlog(file);
        int count = backlog.take(dst);
        while (count == 0 && dst.hasRemaining()) {
            if (sleep == Sleep.THREADLESS) {
                return call.wouldBlock(backlog.arrived);
            }
            call.await(backlog.arrived, () -> !backlog.isEmpty());
            count = backlog.take(dst); // another thread of the process may have been faster
        }
        return count;
    }

    @Override
    public int poll(OpenFile file, Call call) {
        Backlog backlog = backlog(file);
        call.pollWait(backlog.arrived);
        return backlog.isEmpty() ? 0 : PollEvents.POLLIN | PollEvents.POLLRDNORM;
    }

    // the hardware

    /**
     * The antenna has a position: sends a GGA sentence of it to all readers.
     *
     * @param latitude degrees, -90 to 90, north positive
     * @param longitude degrees, -180 to 180, east positive
     */
    public void fix(LocalTime time, double latitude, double longitude) {
        check(Math.abs(latitude) <= 90, "latitude " + latitude + "; -90 to 90 degrees");
        check(Math.abs(longitude) <= 180, "longitude " + longitude + "; -180 to 180 degrees");
        receive(
                String.format(
                        Locale.ROOT,
                        "GPGGA,%s,%s,%s,%s,%s,1,08,0.9,545.4,M,46.9,M,,",
                        TIME.format(time),
                        degreesAndMinutes(latitude, 2),
                        latitude < 0 ? "S" : "N",
                        degreesAndMinutes(longitude, 3),
                        longitude < 0 ? "W" : "E"));
    }

    /**
     * Sends a sentence to all readers.
     *
     * @param body what stands between $ and *: up to 76 printable ASCII characters, neither of the
     *     two among them
     */
    public void receive(String body) {
        check(
                body.length() <= LONGEST_BODY && body.matches("[ -~&&[^$*]]+"),
                "sentence \""
                        + body
                        + "\"; 1 to "
                        + LONGEST_BODY
                        + " printable ASCII characters without $ and *");
        byte[] sentence = sentence(body).getBytes(StandardCharsets.US_ASCII);
        backlogs.forEach(backlog -> backlog.add(sentence));
    }

    private static void check(boolean right, String otherwise) {
        if (!right) {
            throw new IllegalArgumentException(otherwise);
        }
    }

    /** A sentence with its checksum, the exclusive or of all between $ and *. */
    static String sentence(String body) {
        int checksum = body.chars().reduce(0, (sum, next) -> sum ^ next);
        return String.format(Locale.ROOT, "$%s*%02X\r\n", body, checksum);
    }

    private static String degreesAndMinutes(double angle, int digits) {
        long thousandths = Math.round(Math.abs(angle) * 60_000); // of a minute
        return String.format(
                Locale.ROOT,
                "%0" + digits + "d%06.3f",
                thousandths / 60_000,
                thousandths % 60_000 / 1000.0);
    }
}
