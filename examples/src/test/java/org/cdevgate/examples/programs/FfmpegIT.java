package org.cdevgate.examples.programs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.cdevgate.drivers.Camera;
import org.cdevgate.fuse.DeviceNode;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.calls.Verb;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * ffmpeg takes pictures of a camera and says the md5 of each, which has to be that of what the
 * sensor saw. ffmpeg itself opens the node with O_NONBLOCK; ffprobe, which comes with it, sleeps in
 * VIDIOC_DQBUF. On a real kernel the removal leaves a sleeping VIDIOC_DQEVENT asleep for ever; here
 * every call ends.
 *
 * <p>The camera goes while no program looks at a frame. One that does is killed by SIGBUS at its
 * next touch of the buffer, for which the kernel has to ask the device; a real kernel keeps the
 * memory.
 */
class FfmpegIT extends RealProgramBase {
    /** A frame that ffmpeg wrote: stream, dts, pts, duration, size, md5. */
    private static final Pattern FRAME_LINE =
            Pattern.compile("(?m)^0, +\\d+, +(\\d+), +\\d+, +\\d+, (\\w{32})$");

    private static final String VIVID =
            "a sleeping VIDIOC_DQBUF gets EINVAL, later calls ENODEV; a sleeping VIDIOC_DQEVENT is"
                    + " never woken; mapped buffers stay readable (here SIGBUS)";

    /** So many that each buffer, of which there are 8, is used again. */
    private static final int FRAMES = 12;

    /** The md5 of each frame that the sensor took, by its number; guarded by itself. */
    private final List<String> taken = new ArrayList<>();

    @BeforeAll
    static void look() throws Exception {
        RealProgram.require("ffmpeg", "ffmpeg");
        RealProgram.require("ffprobe", "ffmpeg");
    }

    /** Noise: two frames have nothing in common that a torn one could hide behind. */
    private void expose(int number, Camera.Mode mode, ByteBuffer picture) {
        byte[] noise = new byte[picture.limit()];
        new Random(number).nextBytes(noise);
        picture.put(0, noise);
        synchronized (taken) {
            while (taken.size() < number) {
                taken.add(""); // for which there was no buffer
            }
            taken.add(md5(noise));
        }
    }

    private static String md5(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has MD5", e);
        }
    }

    private Camera plug(Camera camera) throws IOException {
        for (FopsGate each : camera.gates().gates()) {
            mount.register(each, DeviceNode.named(each.name()));
        }
        return camera;
    }

    private Camera plugTriggered() throws IOException {
        return plug(Camera.triggered(this::expose, "video0", "video1"));
    }

    private Camera plugFreeRunning() throws IOException {
        return plug(Camera.freeRunning(this::expose, "video0", "video1"));
    }

    private String[] ffmpeg(String... output) {
        List<String> command = new ArrayList<>(List.of("ffmpeg", "-nostdin", "-hide_banner"));
        command.addAll(List.of("-loglevel", "warning", "-f", "v4l2", "-i", path("video0")));
        command.addAll(List.of(output));
        command.addAll(List.of("-c", "copy", "-f", "framemd5", "-"));
        return command.toArray(String[]::new);
    }

    private RealProgram ffprobe() throws IOException {
        return start(
                "ffprobe",
                "-hide_banner",
                "-loglevel",
                "error",
                "-f",
                "v4l2",
                "-show_entries",
                "packet=pts,data_hash",
                "-show_data_hash",
                "md5",
                "-of",
                "csv",
                path("video0"));
    }

    /** Node names in place of paths, and no addresses. */
    private String named(String said) {
        return said.replace(path("video0"), "video0")
                .replace(path("video1"), "video1")
                .replaceAll(" @ 0x\\w+", "");
    }

    /**
     * Fails the test unless these frames were taken, in this order, each once, whole, and later
     * than the one before.
     */
    private void expectFrames(int count, String output) {
        int number = -1;
        long time = -1;
        int seen = 0;
        for (Matcher line = FRAME_LINE.matcher(output); line.find(); seen++) {
            int found;
            synchronized (taken) {
                found = taken.indexOf(line.group(2));
            }
            assertTrue(found > number, "frame " + found + " after " + number + " in " + output);
            long pts = Long.parseLong(line.group(1));
            assertTrue(pts > time, "a frame of " + pts + " us after one of " + time + " us");
            number = found;
            time = pts;
        }
        assertEquals(count, seen, output);
    }

    private static int frames(RealProgram ffmpeg) throws IOException {
        return frames(ffmpeg.output());
    }

    private static int frames(String output) {
        return (int) FRAME_LINE.matcher(output).results().count();
    }

    @Test
    void everyFrameArrivesAsItWasTaken() throws Exception {
        Camera camera = plugFreeRunning();
        RealProgram.Ended ended = RealProgram.run(ffmpeg("-frames:v", Integer.toString(FRAMES)));
        expectFrames(FRAMES, ended.expect(0));
        assertTrue(ended.output().contains("#dimensions 0: 160x120"), ended.output());

        // Other sizes, formats and rates are negotiated, and frames are decoded.
        String output =
                RealProgram.run(
                                "ffmpeg",
                                "-nostdin",
                                "-loglevel",
                                "error",
                                "-f",
                                "v4l2",
                                "-video_size",
                                "320x240",
                                "-framerate",
                                "10",
                                "-pixel_format",
                                "gray",
                                "-i",
                                path("video0"),
                                "-frames:v",
                                "3",
                                "-f",
                                "framemd5",
                                "-")
                        .expect(0);
        assertTrue(output.contains("#dimensions 0: 320x240"), output);
        assertTrue(output.contains("#tb 0: 1/10"), output);
        expectFrames(3, output);
        remove(camera.gates());
    }

    @Test
    void whoIsSecondMayLookButNotCapture() throws Exception {
        Camera camera = plugFreeRunning();
        RealProgram first = start(ffmpeg());
        first.until("frames of the first", () -> frames(first) > 0);
        RealProgram.Ended list =
                RealProgram.run(
                        "ffmpeg",
                        "-nostdin",
                        "-hide_banner",
                        "-f",
                        "v4l2",
                        "-list_formats",
                        "all",
                        "-i",
                        path("video0"));
        assertTrue(
                list.errors().contains("yuyv422 :           YUYV 4:2:2 : 160x120 320x240"),
                list.errors());
        RealProgram.Ended second = RealProgram.run(ffmpeg());
        second.expect(1);
        assertEquals("video0: Device or resource busy\n", named(second.errors()));
        int before = frames(first);
        first.until("frames after the second was refused", () -> frames(first) > before);
        String output = first.output();
        expectFrames(frames(output), output);
        assertTrue(first.isAlive(), first.errors());
        first.close(); // killed, with buffers queued and mapped
        until("release of the first one's file", () -> mount.openFiles() == 0);
        remove(camera.gates());
    }

    @Test
    void ffmpegIsToldThatTheCameraIsGone() throws Exception {
        Camera camera = plugTriggered();
        RealProgram ffmpeg = start(ffmpeg());
        for (int frame = 1; frame <= FRAMES; frame++) {
            int wanted = frame;
            ffmpeg.until("a buffer for frame " + frame, camera::capture);
            ffmpeg.until("frame " + frame, () -> frames(ffmpeg) == wanted);
        }

        remove(camera.gates());

        RealProgram.Ended ended = ffmpeg.await();
        expectFrames(FRAMES, ended.output());
        String said = named(ended.errors());
        ProgramTable.check(
                new ProgramTable.Row(
                        7,
                        "ffmpeg -f v4l2 -i video0 -c copy -f framemd5 -",
                        "ffmpeg " + RealProgram.version("ffmpeg"),
                        "took 12 frames, the md5 of each right, and asked for the next with"
                                + " O_NONBLOCK",
                        said + "exit " + ended.exit(),
                        VIVID));
    }

    @Test
    void bothNodesWakeTheirSleepersAsOneDeviceGoes() throws Exception {
        Camera camera = plugTriggered();
        FopsGate video = camera.gates().gates().get(0);
        FopsGate metadata = camera.gates().gates().get(1);
        RealProgram cat =
                startScript(
                        "{ cat \"$1\"; echo \"exit $?\" >&2; } | od -An -v -td8 -w16",
                        path("video1"));
        awaitAsleep(metadata, Verb.READ, 1);
        RealProgram ffprobe = ffprobe();
        for (int frame = 0; frame < FRAMES; frame++) {
            awaitAsleep(video, Verb.IOCTL, 1);
            awaitAsleep(metadata, Verb.READ, 1);
            assertTrue(camera.capture());
        }
        awaitAsleep(video, Verb.IOCTL, 1);
        awaitAsleep(metadata, Verb.READ, 1);

        remove(camera.gates());

        RealProgram.Ended probed = ffprobe.await();
        RealProgram.Ended read = cat.await();
        List<String> packets = probed.expect(0).lines().toList();
        List<String> records = read.expect(0).lines().map(String::strip).toList();
        assertEquals(FRAMES, packets.size(), probed.output());
        assertEquals(FRAMES, records.size(), read.output());
        for (int frame = 0; frame < FRAMES; frame++) {
            long micros = Long.parseLong(records.get(frame).replaceFirst(" .*", "")) / 1000;
            assertEquals(
                    "packet," + micros + ",MD5:" + taken.get(frame),
                    packets.get(frame),
                    "the picture, with the time that its metadata has");
        }
        assertEquals(FRAMES, Set.copyOf(taken).size(), "distinct frames");
        String said = named(probed.errors()) + "exit " + probed.exit();
        said += "\n" + named(read.errors());
        ProgramTable.check(
                new ProgramTable.Row(
                        7,
                        "ffprobe -f v4l2 -show_packets video0; cat video1",
                        "ffmpeg " + RealProgram.version("ffmpeg"),
                        "took 12 frames and the metadata of each, and slept in VIDIOC_DQBUF and read",
                        said,
                        VIVID));
    }

    @Test
    void aNewCameraWorksWhileOldDescriptorsStayDead() throws Exception {
        Camera camera = plugTriggered();
        KeptDescriptor video = keep("<", "video0");
        KeptDescriptor metadata = keep("<", "video1");
        remove(camera.gates());
        video.expectReadFails("No such device");
        metadata.expectReadFails("No such device");

        taken.clear();
        Camera next = plugFreeRunning();
        expectFrames(5, RealProgram.run(ffmpeg("-frames:v", "5")).expect(0));
        video.expectReadFails("No such device");
        metadata.expectReadFails("No such device");
        assertFalse(next.gates().isRemoved());
        remove(next.gates());
    }
}
