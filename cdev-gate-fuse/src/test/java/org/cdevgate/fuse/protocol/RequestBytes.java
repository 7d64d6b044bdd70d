package org.cdevgate.fuse.protocol;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Builds requests as the kernel would, field by field in the order of linux/fuse.h. */
final class RequestBytes {
    static final long UNIQUE = 0x1122334455667788L;
    static final long NODE = 0x0102030405060708L;

    private final ByteBuffer bytes =
            ByteBuffer.allocate(1 << 16).order(ByteOrder.nativeOrder()).position(40);

    private RequestBytes(int opcode) {
        bytes.putInt(4, opcode);
        bytes.putLong(8, UNIQUE);
        bytes.putLong(16, NODE);
        bytes.putInt(24, 1000);
        bytes.putInt(28, 1001);
        bytes.putInt(32, 4242);
    }

    static RequestBytes of(FuseOpcode opcode) {
        return of(opcode.number());
    }

    /** One of a number that may mean nothing. */
    static RequestBytes of(int opcode) {
        return new RequestBytes(opcode);
    }

    RequestBytes u32(int... values) {
        for (int value : values) {
            bytes.putInt(value);
        }
        return this;
    }

    RequestBytes u64(long... values) {
        for (long value : values) {
            bytes.putLong(value);
        }
        return this;
    }

    RequestBytes name(String name) {
        bytes.put(name.getBytes(StandardCharsets.UTF_8)).put((byte) 0);
        return this;
    }

    RequestBytes zeros(int count) {
        bytes.put(new byte[count]);
        return this;
    }

    /** Says in the header that so many of the last bytes are extensions. */
    RequestBytes extensionBytes(int count) {
        bytes.putShort(36, (short) (count / 8));
        return this;
    }

    int length() {
        return bytes.position();
    }

    /** Returns the message with its length in the header. */
    ByteBuffer message() {
        return message(length());
    }

    /** Returns the first bytes of the message, with that length in the header if it fits. */
    ByteBuffer message(int length) {
        byte[] copy = new byte[length];
        bytes.get(0, copy);
        ByteBuffer message = ByteBuffer.wrap(copy).order(ByteOrder.nativeOrder());
        if (length >= 4) {
            message.putInt(0, length);
        }
        return message;
    }

    /** Returns a request over the message, which must be sound. */
    FuseRequest sound() {
        FuseRequest request = new FuseRequest(message());
        DecodeError error = request.wrap(length());
        if (error != DecodeError.NONE) {
            throw new AssertionError(request.describe(error));
        }
        return request;
    }
}
