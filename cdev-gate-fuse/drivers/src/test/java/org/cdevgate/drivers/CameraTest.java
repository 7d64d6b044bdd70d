package org.cdevgate.drivers;

import static org.cdevgate.drivers.V4l2.*;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.abi.IoctlCommand;
import org.cdevgate.abi.OpenFlags;
import org.cdevgate.abi.PollEvents;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.front.Caller;
import org.junit.jupiter.api.Test;

/** What a program of its own cannot be made to ask: the camera's node, call by call. */
class CameraTest {
    private static final int IMAGE_BYTES = 160 * 120 * 2;
    private static final int READABLE = PollEvents.POLLIN | PollEvents.POLLRDNORM;

    private boolean broken;
    private final Camera camera = Camera.triggered(this::expose, "video0", "video1");
    private final FopsGate video = camera.gates().gates().get(0);
    private final FopsGate metadata = camera.gates().gates().get(1);

    /** Each byte of a picture is the number of its frame. */
    private void expose(int number, Camera.Mode mode, ByteBuffer picture) {
        if (broken) {
            throw new IllegalStateException("the lens is closed");
        }
        while (picture.hasRemaining()) {
            picture.put((byte) number);
        }
    }

    private static OpenFile open(FopsGate gate) throws ErrnoException {
        return gate.front().open(OpenFlags.O_RDWR | OpenFlags.O_NONBLOCK, Caller.local());
    }

    /** Ints of the struct of a command, at offset 0, 4 and so on; the struct afterwards. */
    private static ByteBuffer ioctl(OpenFile file, int command, int... fields)
            throws ErrnoException {
        ByteBuffer struct =
                ByteBuffer.allocateDirect(IoctlCommand.size(command))
                        .order(ByteOrder.nativeOrder());
        struct.asIntBuffer().put(fields);
        file.gate().front().ioctl(file, command, 0, struct, Caller.local());
        return struct;
    }

    private static ByteBuffer buffer(OpenFile file, int command, int index) throws ErrnoException {
        ByteBuffer struct =
                ByteBuffer.allocateDirect(IoctlCommand.size(command))
                        .order(ByteOrder.nativeOrder());
        struct.putInt(BUFFER_INDEX, index).putInt(BUFFER_TYPE, V4L2_BUF_TYPE_VIDEO_CAPTURE);
        struct.putInt(BUFFER_MEMORY, V4L2_MEMORY_MMAP);
        file.gate().front().ioctl(file, command, 0, struct, Caller.local());
        return struct;
    }

    private static int request(OpenFile file, int count) throws ErrnoException {
        return ioctl(file, VIDIOC_REQBUFS, count, V4L2_BUF_TYPE_VIDEO_CAPTURE, V4L2_MEMORY_MMAP)
                .getInt(REQUESTBUFFERS_COUNT);
    }

    private static void stream(OpenFile file, int command) throws ErrnoException {
        ioctl(file, command, V4L2_BUF_TYPE_VIDEO_CAPTURE);
    }

    private interface Action {
        void run() throws ErrnoException;
    }

    private static void expect(Errno errno, Action action) {
        assertEquals(errno.number(), assertThrows(ErrnoException.class, action::run).errno());
    }

    /** A file that streams, with so many buffers queued. */
    private OpenFile streaming(int buffers) throws ErrnoException {
        OpenFile file = open(video);
        assertEquals(buffers, request(file, buffers));
        for (int index = 0; index < buffers; index++) {
            buffer(file, VIDIOC_QBUF, index);
        }
        stream(file, VIDIOC_STREAMON);
        return file;
    }

    @Test
    void theNearestFormatAndRateAreGiven() throws ErrnoException {
        OpenFile file = open(video);
        ByteBuffer format =
                ioctl(
                        file,
                        VIDIOC_TRY_FMT,
                        V4L2_BUF_TYPE_VIDEO_CAPTURE,
                        0,
                        -1, // 4294967295 pixels wide
                        200,
                        0x12345678);
        assertEquals(320, format.getInt(PIX_FORMAT_WIDTH));
        assertEquals(240, format.getInt(PIX_FORMAT_HEIGHT));
        assertEquals(V4L2_PIX_FMT_YUYV, format.getInt(PIX_FORMAT_PIXELFORMAT));
        assertEquals(320 * 240 * 2, format.getInt(PIX_FORMAT_SIZEIMAGE));
        assertEquals(
                160,
                ioctl(file, VIDIOC_G_FMT, V4L2_BUF_TYPE_VIDEO_CAPTURE).getInt(PIX_FORMAT_WIDTH),
                "TRY_FMT changes nothing");
        ByteBuffer rate =
                ioctl(file, VIDIOC_S_PARM, V4L2_BUF_TYPE_VIDEO_CAPTURE, 0, 0, 1, 12); // 1/12 s
        assertEquals(10, rate.getInt(CAPTUREPARM_DENOMINATOR));
        rate = ioctl(file, VIDIOC_S_PARM, V4L2_BUF_TYPE_VIDEO_CAPTURE, 0, 0, 0, 0);
        assertEquals(25, rate.getInt(CAPTUREPARM_DENOMINATOR), "0/0 is the default");
    }

    @Test
    void badQuestionsGetTheErrnoOfTheHeader() throws ErrnoException {
        OpenFile file = open(video);
        expect(Errno.EINVAL, () -> ioctl(file, VIDIOC_ENUM_FMT, 2, V4L2_BUF_TYPE_VIDEO_CAPTURE));
        expect(Errno.EINVAL, () -> ioctl(file, VIDIOC_ENUM_FMT, -1, V4L2_BUF_TYPE_VIDEO_CAPTURE));
        expect(Errno.EINVAL, () -> ioctl(file, VIDIOC_G_FMT, V4L2_BUF_TYPE_META_CAPTURE));
        expect(Errno.EINVAL, () -> ioctl(file, VIDIOC_ENUM_FRAMESIZES, 0, 0x12345678));
        expect(Errno.EINVAL, () -> ioctl(file, VIDIOC_S_INPUT, 1));
        expect(Errno.ENODATA, () -> ioctl(file, VIDIOC_ENUMSTD));
        expect(Errno.ENOTTY, () -> ioctl(file, 0x5401));
        expect(Errno.ENOTTY, () -> ioctl(open(metadata), VIDIOC_ENUMINPUT));
        expect(
                Errno.EINVAL,
                () -> ioctl(file, VIDIOC_REQBUFS, 4, V4L2_BUF_TYPE_VIDEO_CAPTURE, 2)); // USERPTR
        expect(Errno.EINVAL, () -> stream(file, VIDIOC_STREAMON));
        expect(Errno.EINVAL, () -> buffer(file, VIDIOC_DQBUF, 0));
        assertEquals(8, request(file, -1), "as many as there are");
        expect(Errno.EINVAL, () -> buffer(file, VIDIOC_QUERYBUF, 8));
        expect(Errno.EINVAL, () -> buffer(file, VIDIOC_QBUF, -1));
        buffer(file, VIDIOC_QBUF, 3);
        expect(Errno.EINVAL, () -> buffer(file, VIDIOC_QBUF, 3));
    }

    @Test
    void framesComeInOrderAndOneWithoutABufferIsAGap() throws ErrnoException {
        OpenFile file = streaming(2);
        assertEquals(0, video.front().poll(file, Caller.local(), null));
        expect(Errno.EAGAIN, () -> buffer(file, VIDIOC_DQBUF, 0));
        assertTrue(camera.capture());
        assertTrue(camera.capture());
        assertFalse(camera.capture(), "a third frame in two buffers");
        assertEquals(READABLE, video.front().poll(file, Caller.local(), null));
        long time = 0;
        for (int frame = 0; frame < 2; frame++) {
            ByteBuffer got = buffer(file, VIDIOC_DQBUF, 0);
            assertEquals(frame, got.getInt(BUFFER_INDEX));
            assertEquals(frame, got.getInt(BUFFER_SEQUENCE));
            assertEquals(IMAGE_BYTES, got.getInt(BUFFER_BYTESUSED));
            assertEquals(V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC, got.getInt(BUFFER_FLAGS));
            long now =
                    got.getLong(BUFFER_TIMESTAMP_SEC) * 1_000_000
                            + got.getLong(BUFFER_TIMESTAMP_USEC);
            assertTrue(now >= time, now + " after " + time);
            time = now;
        }
        buffer(file, VIDIOC_QBUF, 1);
        broken = true;
        assertFalse(camera.capture(), "a sensor that throws");
        broken = false;
        assertTrue(camera.capture(), "its buffer is used for the next");
        assertEquals(4, buffer(file, VIDIOC_DQBUF, 0).getInt(BUFFER_SEQUENCE));
    }

    @Test
    void theQueueHasOneOwnerUntilThatLetsGo() throws ErrnoException {
        OpenFile owner = streaming(2);
        OpenFile other = open(video);
        ioctl(other, VIDIOC_QUERYCAP);
        buffer(other, VIDIOC_QUERYBUF, 1);
        expect(Errno.EBUSY, () -> request(other, 1));
        expect(Errno.EBUSY, () -> buffer(other, VIDIOC_QBUF, 0));
        expect(Errno.EBUSY, () -> buffer(other, VIDIOC_DQBUF, 0));
        expect(Errno.EBUSY, () -> stream(other, VIDIOC_STREAMON));
        expect(Errno.EBUSY, () -> stream(other, VIDIOC_STREAMOFF));
        expect(Errno.EBUSY, () -> ioctl(other, VIDIOC_S_FMT, V4L2_BUF_TYPE_VIDEO_CAPTURE));
        expect(
                Errno.EBUSY,
                () -> video.front().read(other, ByteBuffer.allocateDirect(8), 0, Caller.local()));
        assertEquals(PollEvents.POLLERR, video.front().poll(other, Caller.local(), null));
        expect(Errno.EBUSY, () -> request(owner, 0)); // it streams
        stream(owner, VIDIOC_STREAMOFF);
        request(owner, 0);
        assertEquals(1, request(other, 1));
        video.front().close(other);
        assertEquals(2, request(owner, 2));
    }

    @Test
    void aReadGivesFramesInPiecesAndOwnsTheQueue() throws ErrnoException {
        OpenFile file = open(video);
        ByteBuffer part = ByteBuffer.allocateDirect(IMAGE_BYTES - 1);
        expect(Errno.EAGAIN, () -> video.front().read(file, part, 0, Caller.local()));
        camera.capture();
        camera.capture();
        for (int frame = 0; frame < 2; frame++) {
            for (int count : new int[] {IMAGE_BYTES - 1, 1}) {
                part.clear();
                assertEquals(count, video.front().read(file, part, 0, Caller.local()));
                byte[] got = new byte[count];
                byte[] expected = new byte[count];
                part.get(0, got);
                Arrays.fill(expected, (byte) frame);
                assertArrayEquals(expected, got, "frame " + frame);
            }
        }
        expect(Errno.EBUSY, () -> request(file, 2));
    }

    /** The kernel, which fetches and brings back pages of a mapping. */
    private static final class Pages extends Caller {
        @Override
        public int tid() {
            return -1;
        }

        @Override
        public int pid() {
            return -1;
        }

        @Override
        public int uid() {
            return -1;
        }

        @Override
        public int gid() {
            return -1;
        }

        @Override
        protected boolean isMappedPage() {
            return true;
        }
    }

    private int pageByte(OpenFile file) throws ErrnoException {
        ByteBuffer page = ByteBuffer.allocateDirect(4096);
        assertEquals(4096, video.front().read(file, page, 0, new Pages()));
        return page.get(17);
    }

    private void storePage(OpenFile file) throws ErrnoException {
        ByteBuffer page = ByteBuffer.allocateDirect(4096);
        page.put(17, (byte) 'X');
        assertEquals(4096, video.front().write(file, page, 0, new Pages()));
    }

    @Test
    void whatAProgramStoresStaysUntilItGivesTheBufferBack() throws ErrnoException {
        OpenFile file = streaming(1);
        video.front().mmap(file, 0, IMAGE_BYTES, Caller.local());
        camera.capture();
        buffer(file, VIDIOC_DQBUF, 0);
        assertEquals(0, pageByte(file));
        storePage(file);
        assertEquals('X', pageByte(file));
        buffer(file, VIDIOC_QBUF, 0);
        storePage(file);
        camera.capture();
        storePage(file); // a page that comes late, over the next frame
        buffer(file, VIDIOC_DQBUF, 0);
        assertEquals(1, pageByte(file), "a frame torn by an old page");
    }

    @Test
    void whoHasNoBuffersSeesNoneOfTheirPages() throws ErrnoException {
        OpenFile owner = streaming(1);
        OpenFile other = open(video);
        expect(Errno.EINVAL, () -> video.front().mmap(other, 0, IMAGE_BYTES, Caller.local()));
        expect(Errno.EINVAL, () -> pageByte(other));
        camera.capture();
        video.front().close(owner);
        request(other, 1);
        camera.capture();
        assertEquals(0, pageByte(other), "cleared");
    }

    @Test
    void theRemovalTakesBothNodes() throws ErrnoException {
        OpenFile picture = streaming(2);
        OpenFile about = open(metadata);
        assertTrue(camera.gates().unregisterSync());
        expect(Errno.ENODEV, () -> buffer(picture, VIDIOC_DQBUF, 0));
        expect(Errno.ENODEV, () -> ioctl(about, VIDIOC_QUERYCAP));
        assertFalse(camera.capture());
    }
}
