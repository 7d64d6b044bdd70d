package org.cdevgate.drivers;

import static org.cdevgate.drivers.V4l2.*;

import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.GateGroup;
import org.jspecify.annotations.Nullable;

/**
 * A camera with two nodes, one for its pictures and one for the metadata of each (as uvcvideo has
 * them), which are removed as one. The contract is linux/videodev2.h with the V4L2 part of the
 * kernel's userspace API guide. Here stands what this camera is: its formats, and when it takes
 * frames. {@link CaptureNode} has the buffers, {@link V4l2} the numbers of the header.
 *
 * <p>Frames come in one of two ways: at a steady rate, or each when {@link #capture} is called. A
 * frame for which there is no buffer is lost, and shows as a gap in the sequence.
 *
 * <p>Nothing here is about the removal but what powers the camera off at its end. Programs are
 * answered as V4L2's are: EINVAL who sleeps in VIDIOC_DQBUF or read, ENODEV who comes later.
 */
public final class Camera {
    /** What takes the pictures. */
    @FunctionalInterface
    public interface Sensor {
        /**
         * Takes one, with the camera's lock held. If it throws, the frame is lost.
         *
         * @param number of the frame, counted from 0 since the camera was plugged in
         * @param picture to be filled from index 0 to the limit; holds an earlier picture
         */
        void expose(int number, Mode mode, ByteBuffer picture);
    }

    /**
     * How pictures are taken.
     *
     * @param pixelFormat a V4L2_PIX_FMT_
     * @param width pixels
     * @param height pixels
     * @param frameRate frames per second
     */
    public record Mode(int pixelFormat, int width, int height, int frameRate) {
        int bytesPerLine() {
            return width * (pixelFormat == V4L2_PIX_FMT_YUYV ? 2 : 1);
        }

        int imageBytes() {
            return bytesPerLine() * height;
        }

        Mode withFrameRate(int rate) {
            return new Mode(pixelFormat, width, height, rate);
        }
    }

    private record Size(int width, int height) {}

    private static final List<Integer> FORMATS = List.of(V4L2_PIX_FMT_YUYV, V4L2_PIX_FMT_GREY);
    private static final List<String> FORMAT_NAMES = List.of("YUYV 4:2:2", "8-bit Greyscale");
    private static final List<Size> SIZES = List.of(new Size(160, 120), new Size(320, 240));
    private static final List<Integer> FRAME_RATES = List.of(25, 10);
    private static final int LARGEST_IMAGE = 320 * 240 * 2;

    private final Sensor sensor;
    private final @Nullable ScheduledExecutorService clock; // null: frames come by capture() alone
    private final VideoNode video = new VideoNode();
    private final MetadataNode metadata = new MetadataNode();
    private final GateGroup gates;

    // Guarded by this, as all of both nodes is.
    private Mode mode = new Mode(FORMATS.get(0), 160, 120, FRAME_RATES.get(0));
    private @Nullable Future<?> ticking;
    private int frames;

    private Camera(
            Sensor sensor,
            @Nullable ScheduledExecutorService clock,
            String pictures,
            String about) {
        this.sensor = sensor;
        this.clock = clock;
        gates =
                GateGroup.of(
                        video.gate(pictures).onTeardown(this::powerOff).build(),
                        metadata.gate(about).build());
    }

    /** A camera that takes a frame when {@link #capture} is called. */
    public static Camera triggered(Sensor sensor, String video, String metadata) {
        return new Camera(sensor, null, video, metadata);
    }

    /** A camera that takes frames at its frame rate while a node streams. */
    public static Camera freeRunning(Sensor sensor, String video, String metadata) {
        return new Camera(
                sensor,
                Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "camera")),
                video,
                metadata);
    }

    /** Its nodes: pictures, then metadata. Their removal unplugs it. */
    public GateGroup gates() {
        return gates;
    }

    /**
     * The driver of the node of the pictures, for a gate of the caller's instead of that in {@link
     * #gates}: one with {@link #pictureMemory()} to map.
     */
    public FileOperations pictures() {
        return video;
    }

    /** The bytes of the pictures' buffers, all of which can be mapped. */
    public int pictureMemory() {
        return video.memoryBytes();
    }

    /**
     * Takes a frame, for each node that streams and has a buffer for it.
     *
     * @return false if neither has
     */
    public synchronized boolean capture() {
        int number = frames++;
        long nanos = System.nanoTime(); // CLOCK_MONOTONIC
        boolean about = metadata.capture(nanos, frame -> MetadataNode.fill(frame, number, nanos));
        return video.capture(nanos, frame -> sensor.expose(number, mode, frame)) || about;
    }

    private void streamingChanged() {
        boolean wanted = video.isStreaming() || metadata.isStreaming();
        if (wanted && clock != null && ticking == null) {
            long period = TimeUnit.SECONDS.toNanos(1) / mode.frameRate;
            ticking = clock.scheduleAtFixedRate(this::capture, 0, period, TimeUnit.NANOSECONDS);
        } else if (!wanted && ticking != null) {
            ticking.cancel(false);
            ticking = null;
        }
    }

    /** The teardown. */
    private void powerOff() throws InterruptedException {
        if (clock != null) {
            clock.shutdownNow();
            clock.awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS);
        }
    }

    /** The node of the pictures. */
    private final class VideoNode extends CaptureNode {
        VideoNode() {
            super(Camera.this, V4L2_BUF_TYPE_VIDEO_CAPTURE, V4L2_CAP_VIDEO_CAPTURE, LARGEST_IMAGE);
        }

        @Override
        int frameBytes() {
            return mode.imageBytes();
        }

        @Override
        void streamingChanged() {
            Camera.this.streamingChanged();
        }

        @Override
        void negotiate(int command, ByteBuffer data) throws ErrnoException {
            switch (command) {
                case VIDIOC_ENUM_FMT -> {
                    checkType(data.getInt(FMTDESC_TYPE));
                    int index = index(data, FORMATS);
                    clear(data, FMTDESC_FLAGS);
                    putName(data, FMTDESC_DESCRIPTION, FORMAT_NAMES.get(index), 32);
                    data.putInt(FMTDESC_PIXELFORMAT, FORMATS.get(index));
                }
                case VIDIOC_G_FMT, VIDIOC_TRY_FMT, VIDIOC_S_FMT -> {
                    checkType(data.getInt(FORMAT_TYPE));
                    Mode answer = command == VIDIOC_G_FMT ? mode : nearest(data);
                    if (command == VIDIOC_S_FMT) {
                        checkFormatMayChange();
                        mode = answer;
                    }
                    clear(data, FORMAT_FMT);
                    data.putInt(PIX_FORMAT_WIDTH, answer.width);
                    data.putInt(PIX_FORMAT_HEIGHT, answer.height);
                    data.putInt(PIX_FORMAT_PIXELFORMAT, answer.pixelFormat);
                    data.putInt(PIX_FORMAT_FIELD, V4L2_FIELD_NONE);
                    data.putInt(PIX_FORMAT_BYTESPERLINE, answer.bytesPerLine());
                    data.putInt(PIX_FORMAT_SIZEIMAGE, answer.imageBytes());
                    data.putInt(PIX_FORMAT_COLORSPACE, V4L2_COLORSPACE_SRGB);
                }
                case VIDIOC_ENUM_FRAMESIZES -> {
                    check(FORMATS.contains(data.getInt(FRMSIZEENUM_PIXEL_FORMAT)));
                    Size size = SIZES.get(index(data, SIZES));
                    clear(data, FRMSIZEENUM_TYPE);
                    data.putInt(FRMSIZEENUM_TYPE, V4L2_FRMSIZE_TYPE_DISCRETE);
                    data.putInt(FRMSIZEENUM_WIDTH, size.width);
                    data.putInt(FRMSIZEENUM_HEIGHT, size.height);
                }
                case VIDIOC_ENUM_FRAMEINTERVALS -> {
                    check(FORMATS.contains(data.getInt(FRMIVALENUM_PIXEL_FORMAT)));
                    int width = data.getInt(FRMIVALENUM_WIDTH);
                    check(SIZES.contains(new Size(width, data.getInt(FRMIVALENUM_HEIGHT))));
                    int rate = FRAME_RATES.get(index(data, FRAME_RATES));
                    clear(data, FRMIVALENUM_TYPE);
                    data.putInt(FRMIVALENUM_TYPE, V4L2_FRMIVAL_TYPE_DISCRETE);
                    data.putInt(FRMIVALENUM_NUMERATOR, 1).putInt(FRMIVALENUM_DENOMINATOR, rate);
                }
                case VIDIOC_G_PARM, VIDIOC_S_PARM -> {
                    checkType(data.getInt(STREAMPARM_TYPE));
                    if (command == VIDIOC_S_PARM) {
                        checkFormatMayChange();
                        mode = mode.withFrameRate(nearestRate(data));
                    }
                    clear(data, CAPTUREPARM_CAPABILITY);
                    data.putInt(CAPTUREPARM_CAPABILITY, V4L2_CAP_TIMEPERFRAME);
                    data.putInt(CAPTUREPARM_NUMERATOR, 1);
                    data.putInt(CAPTUREPARM_DENOMINATOR, mode.frameRate);
                    data.putInt(CAPTUREPARM_READBUFFERS, CaptureNode.READ_BUFFERS);
                }
                case VIDIOC_ENUMINPUT -> {
                    check(data.getInt(INPUT_INDEX) == 0);
                    clear(data, INPUT_NAME);
                    putName(data, INPUT_NAME, "Camera", 32);
                    data.putInt(INPUT_TYPE, V4L2_INPUT_TYPE_CAMERA);
                }
                case VIDIOC_G_INPUT -> data.putInt(0, 0);
                case VIDIOC_S_INPUT -> check(data.getInt(0) == 0);
                // A camera has no analogue video standards.
                case VIDIOC_G_STD, VIDIOC_S_STD, VIDIOC_ENUMSTD -> throw Errno.ENODATA.exception();
                default -> throw Errno.ENOTTY.exception();
            }
        }

        private static int index(ByteBuffer data, List<?> choices) throws ErrnoException {
            int index = data.getInt(0); // the first field of all that enumerate
            check(index >= 0 && index < choices.size());
            return index;
        }

        /** What the camera can do that is next to what is asked for. */
        private Mode nearest(ByteBuffer data) {
            int format = data.getInt(PIX_FORMAT_PIXELFORMAT);
            long width = Integer.toUnsignedLong(data.getInt(PIX_FORMAT_WIDTH));
            long height = Integer.toUnsignedLong(data.getInt(PIX_FORMAT_HEIGHT));
            Size size =
                    Collections.min(
                            SIZES,
                            Comparator.comparingLong(
                                    each ->
                                            Math.abs(each.width - width)
                                                    + Math.abs(each.height - height)));
            return new Mode(
                    FORMATS.contains(format) ? format : FORMATS.get(0),
                    size.width,
                    size.height,
                    mode.frameRate);
        }

        private int nearestRate(ByteBuffer data) {
            double interval = Integer.toUnsignedLong(data.getInt(CAPTUREPARM_NUMERATOR));
            double perSecond = Integer.toUnsignedLong(data.getInt(CAPTUREPARM_DENOMINATOR));
            if (interval == 0 || perSecond == 0) {
                return FRAME_RATES.get(0); // "the default", says the guide
            }
            return Collections.min(
                    FRAME_RATES,
                    Comparator.comparingDouble(
                            rate -> Math.abs(1.0 / rate - interval / perSecond)));
        }
    }

    /** The node of the metadata: struct uvc_meta_buf for each picture, with the same timestamp. */
    private final class MetadataNode extends CaptureNode {
        MetadataNode() {
            super(Camera.this, V4L2_BUF_TYPE_META_CAPTURE, V4L2_CAP_META_CAPTURE, UVC_META_BYTES);
        }

        @Override
        int frameBytes() {
            return UVC_META_BYTES;
        }

        @Override
        void streamingChanged() {
            Camera.this.streamingChanged();
        }

        static void fill(ByteBuffer frame, int number, long nanos) {
            int flags = UVC_STREAM_EOH | UVC_STREAM_PTS | UVC_STREAM_EOF;
            frame.putLong(UVC_META_NS, nanos).putShort(UVC_META_SOF, (short) 0);
            frame.put(UVC_META_LENGTH, (byte) (UVC_META_BYTES - UVC_META_LENGTH));
            frame.put(UVC_META_FLAGS, (byte) (flags | (number & UVC_STREAM_FID)));
            frame.putInt(UVC_META_PTS, (int) (nanos / 1000)); // its clock counts microseconds
        }

        @Override
        void negotiate(int command, ByteBuffer data) throws ErrnoException {
            switch (command) {
                case VIDIOC_ENUM_FMT -> {
                    checkType(data.getInt(FMTDESC_TYPE));
                    check(data.getInt(FMTDESC_INDEX) == 0);
                    clear(data, FMTDESC_FLAGS);
                    putName(data, FMTDESC_DESCRIPTION, "UVC Payload Header Metadata", 32);
                    data.putInt(FMTDESC_PIXELFORMAT, V4L2_META_FMT_UVC);
                }
                case VIDIOC_G_FMT, VIDIOC_TRY_FMT, VIDIOC_S_FMT -> {
                    checkType(data.getInt(FORMAT_TYPE));
                    clear(data, FORMAT_FMT);
                    data.putInt(META_FORMAT_DATAFORMAT, V4L2_META_FMT_UVC);
                    data.putInt(META_FORMAT_BUFFERSIZE, UVC_META_BYTES);
                }
                default -> throw Errno.ENOTTY.exception();
            }
        }
    }
}
