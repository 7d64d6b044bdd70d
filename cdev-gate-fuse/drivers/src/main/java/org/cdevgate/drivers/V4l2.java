package org.cdevgate.drivers;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What {@link Camera} needs of linux/videodev2.h, as a 64-bit program sees it: the commands, and
 * where the fields of their structs are. The names are the header's; a field is named after its
 * struct without {@code v4l2_}.
 */
final class V4l2 {
    static final int VIDIOC_QUERYCAP = 0x80685600; // struct v4l2_capability
    static final int VIDIOC_ENUM_FMT = 0xc0405602; // struct v4l2_fmtdesc
    static final int VIDIOC_G_FMT = 0xc0d05604; // struct v4l2_format
    static final int VIDIOC_S_FMT = 0xc0d05605;
    static final int VIDIOC_TRY_FMT = 0xc0d05640;
    static final int VIDIOC_REQBUFS = 0xc0145608; // struct v4l2_requestbuffers
    static final int VIDIOC_QUERYBUF = 0xc0585609; // struct v4l2_buffer
    static final int VIDIOC_QBUF = 0xc058560f;
    static final int VIDIOC_DQBUF = 0xc0585611;
    static final int VIDIOC_STREAMON = 0x40045612; // int, enum v4l2_buf_type
    static final int VIDIOC_STREAMOFF = 0x40045613;
    static final int VIDIOC_G_PARM = 0xc0cc5615; // struct v4l2_streamparm
    static final int VIDIOC_S_PARM = 0xc0cc5616;
    static final int VIDIOC_G_STD = 0x80085617; // v4l2_std_id
    static final int VIDIOC_S_STD = 0x40085618;
    static final int VIDIOC_ENUMSTD = 0xc0485619; // struct v4l2_standard
    static final int VIDIOC_ENUMINPUT = 0xc050561a; // struct v4l2_input
    static final int VIDIOC_G_INPUT = 0x80045626; // int
    static final int VIDIOC_S_INPUT = 0xc0045627;
    static final int VIDIOC_ENUM_FRAMESIZES = 0xc02c564a; // struct v4l2_frmsizeenum
    static final int VIDIOC_ENUM_FRAMEINTERVALS = 0xc034564b; // struct v4l2_frmivalenum

    static final int V4L2_CAP_VIDEO_CAPTURE = 0x00000001;
    static final int V4L2_CAP_META_CAPTURE = 0x00800000;
    static final int V4L2_CAP_READWRITE = 0x01000000;
    static final int V4L2_CAP_STREAMING = 0x04000000;
    static final int V4L2_CAP_DEVICE_CAPS = 0x80000000;
    static final int V4L2_BUF_TYPE_VIDEO_CAPTURE = 1;
    static final int V4L2_BUF_TYPE_META_CAPTURE = 13;
    static final int V4L2_MEMORY_MMAP = 1;
    static final int V4L2_BUF_CAP_SUPPORTS_MMAP = 1;
    static final int V4L2_BUF_FLAG_QUEUED = 0x00000002;
    static final int V4L2_BUF_FLAG_DONE = 0x00000004;
    static final int V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC = 0x00002000;
    static final int V4L2_PIX_FMT_YUYV = 0x56595559;
    static final int V4L2_PIX_FMT_GREY = 0x59455247;
    static final int V4L2_META_FMT_UVC = 0x48435655; // struct uvc_meta_buf, linux/uvcvideo.h
    static final int V4L2_FIELD_NONE = 1;
    static final int V4L2_COLORSPACE_SRGB = 8;
    static final int V4L2_FRMSIZE_TYPE_DISCRETE = 1;
    static final int V4L2_FRMIVAL_TYPE_DISCRETE = 1;
    static final int V4L2_CAP_TIMEPERFRAME = 0x1000;
    static final int V4L2_INPUT_TYPE_CAMERA = 2;

    static final int CAPABILITY_DRIVER = 0; // 16 bytes
    static final int CAPABILITY_CARD = 16; // 32
    static final int CAPABILITY_BUS_INFO = 48; // 32
    static final int CAPABILITY_VERSION = 80;
    static final int CAPABILITY_CAPABILITIES = 84;
    static final int CAPABILITY_DEVICE_CAPS = 88;

    static final int FMTDESC_INDEX = 0;
    static final int FMTDESC_TYPE = 4;
    static final int FMTDESC_FLAGS = 8;
    static final int FMTDESC_DESCRIPTION = 12; // 32
    static final int FMTDESC_PIXELFORMAT = 44;
    static final int FMTDESC_MBUS_CODE = 48;

    static final int FORMAT_TYPE = 0;
    static final int FORMAT_FMT = 8; // a union of these two and others
    static final int PIX_FORMAT_WIDTH = FORMAT_FMT;
    static final int PIX_FORMAT_HEIGHT = FORMAT_FMT + 4;
    static final int PIX_FORMAT_PIXELFORMAT = FORMAT_FMT + 8;
    static final int PIX_FORMAT_FIELD = FORMAT_FMT + 12;
    static final int PIX_FORMAT_BYTESPERLINE = FORMAT_FMT + 16;
    static final int PIX_FORMAT_SIZEIMAGE = FORMAT_FMT + 20;
    static final int PIX_FORMAT_COLORSPACE = FORMAT_FMT + 24;
    static final int META_FORMAT_DATAFORMAT = FORMAT_FMT;
    static final int META_FORMAT_BUFFERSIZE = FORMAT_FMT + 4;

    static final int FRMSIZEENUM_INDEX = 0;
    static final int FRMSIZEENUM_PIXEL_FORMAT = 4;
    static final int FRMSIZEENUM_TYPE = 8;
    static final int FRMSIZEENUM_WIDTH = 12;
    static final int FRMSIZEENUM_HEIGHT = 16;
    static final int FRMIVALENUM_INDEX = 0;
    static final int FRMIVALENUM_PIXEL_FORMAT = 4;
    static final int FRMIVALENUM_WIDTH = 8;
    static final int FRMIVALENUM_HEIGHT = 12;
    static final int FRMIVALENUM_TYPE = 16;
    static final int FRMIVALENUM_NUMERATOR = 20;
    static final int FRMIVALENUM_DENOMINATOR = 24;

    static final int STREAMPARM_TYPE = 0;
    static final int CAPTUREPARM_CAPABILITY = 4;
    static final int CAPTUREPARM_NUMERATOR = 12;
    static final int CAPTUREPARM_DENOMINATOR = 16;
    static final int CAPTUREPARM_READBUFFERS = 24;

    static final int INPUT_INDEX = 0;
    static final int INPUT_NAME = 4; // 32
    static final int INPUT_TYPE = 36;

    static final int REQUESTBUFFERS_COUNT = 0;
    static final int REQUESTBUFFERS_TYPE = 4;
    static final int REQUESTBUFFERS_MEMORY = 8;
    static final int REQUESTBUFFERS_CAPABILITIES = 12;

    static final int BUFFER_INDEX = 0;
    static final int BUFFER_TYPE = 4;
    static final int BUFFER_BYTESUSED = 8;
    static final int BUFFER_FLAGS = 12;
    static final int BUFFER_FIELD = 16;
    static final int BUFFER_TIMESTAMP_SEC = 24;
    static final int BUFFER_TIMESTAMP_USEC = 32;
    static final int BUFFER_SEQUENCE = 56;
    static final int BUFFER_MEMORY = 60;
    static final int BUFFER_OFFSET = 64;
    static final int BUFFER_LENGTH = 72;

    // struct uvc_meta_buf: what the driver puts before the header that UVC 1.5 describes in 2.4.3.3
    static final int UVC_META_NS = 0;
    static final int UVC_META_SOF = 8;
    static final int UVC_META_LENGTH = 10; // a byte, and so is the next
    static final int UVC_META_FLAGS = 11;
    static final int UVC_META_PTS = 12;
    static final int UVC_META_BYTES = 16;
    static final int UVC_STREAM_FID = 1; // linux/usb/video.h
    static final int UVC_STREAM_EOF = 1 << 1;
    static final int UVC_STREAM_PTS = 1 << 2;
    static final int UVC_STREAM_EOH = 1 << 7;

    private V4l2() {}

    /** Makes everything from here to the end of a struct zero. */
    static void clear(ByteBuffer struct, int from) {
        for (int at = from; at < struct.limit(); at++) {
            struct.put(at, (byte) 0);
        }
    }

    /** Puts a string into an array of so many chars, its last one a NUL. */
    static void putName(ByteBuffer struct, int at, String name, int chars) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        struct.put(at, Arrays.copyOf(Arrays.copyOf(bytes, chars - 1), chars));
    }
}
