package org.cdevgate.fuse.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.cdevgate.fuse.protocol.FuseAttr;
import org.cdevgate.fuse.protocol.FuseReply;
import org.cdevgate.fuse.protocol.InitNegotiation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a driver can get from an exchange and keep never covers what the kernel or the server reads
 * as a message: drivers write and servers encode in different places.
 */
class KeptViewsTest {
    private static final byte MARK = 0x5a;

    private static MessageBuffers buffers(long flags, int pageBytes) {
        InitNegotiation.Offer offer = new InitNegotiation.Offer(7, 38, 1 << 17, flags);
        InitNegotiation.Wanted wanted = InitNegotiation.Wanted.standard(pageBytes);
        return new MessageBuffers(
                (InitNegotiation.Agreed) InitNegotiation.negotiate(offer, wanted));
    }

    /** Every buffer that a worker has, whether or not a method gives it out today. */
    private static List<ByteBuffer> views(MessageBuffers buffers) throws IllegalAccessException {
        List<ByteBuffer> views = new ArrayList<>();
        for (Field field : MessageBuffers.class.getDeclaredFields()) {
            if (ByteBuffer.class.isAssignableFrom(field.getType())) {
                field.setAccessible(true);
                views.add((ByteBuffer) field.get(buffers));
            }
        }
        assertEquals(3, views.size(), "READ, WRITE and IOCTL; is another one to be looked at?");
        for (Field field : Exchange.class.getDeclaredFields()) {
            assertFalse(ByteBuffer.class.isAssignableFrom(field.getType()), field.getName());
        }
        return views;
    }

    private static List<Integer> changed(ByteBuffer bytes) {
        List<Integer> changed = new ArrayList<>();
        for (int i = 0; i < bytes.capacity(); i++) {
            if (bytes.get(i) != 0) {
                changed.add(i);
            }
        }
        return changed;
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1})
    void whatDriversWriteReachesNoMessage(long flags) throws Exception {
        MessageBuffers buffers = buffers(flags, 4096);
        for (ByteBuffer view : views(buffers)) {
            if (!view.isReadOnly()) {
                ByteBuffer all = view.duplicate().clear();
                while (all.hasRemaining()) {
                    all.put(MARK);
                }
            }
        }
        assertEquals(List.of(), changed(buffers.in().bytes()), "bytes of requests overwritten");
        for (int at : changed(buffers.out().bytes())) {
            assertTrue(
                    isWithin(at, MessageBuffers.IOCTL_DATA_OFFSET, 16383)
                            || isWithin(at, MessageBuffers.READ_DATA_OFFSET, buffers.maxTransfer()),
                    () -> "byte " + at + " of a reply's header or body was overwritten");
        }
        assertEquals(
                MessageBuffers.READ_DATA_OFFSET,
                Exchange.READ_REPLY_OFFSET + FuseReply.HEADER_BYTES,
                "data do not follow their header");
        assertEquals(
                MessageBuffers.IOCTL_DATA_OFFSET,
                Exchange.IOCTL_REPLY_OFFSET + FuseReply.IOCTL_PAYLOAD_OFFSET,
                "data do not follow their header");
    }

    private static boolean isWithin(int at, int start, int length) {
        return at >= start && at < start + length;
    }

    /** The other way round: no reply but a READ's or IOCTL's has a byte where drivers write. */
    @Test
    void noReplyIsEncodedWhereDriversWrite() throws Exception {
        MessageBuffers buffers = buffers(-1, 4096);
        ByteBuffer out = buffers.out().bytes();
        int at = Exchange.REPLY_OFFSET;
        int longest = FuseReply.entry(out, at, -1, -1, -1, new FuseAttr());
        longest = Math.max(longest, FuseReply.attr(out, at, -1, new FuseAttr()));
        longest = Math.max(longest, FuseReply.statfs(out, at, -1, -1));
        longest = Math.max(longest, FuseReply.open(out, at, -1, -1, -1));
        longest = Math.max(longest, FuseReply.write(out, at, -1, -1));
        longest = Math.max(longest, FuseReply.poll(out, at, -1, -1));
        longest = Math.max(longest, FuseReply.lseek(out, at, -1, -1));
        longest = Math.max(longest, FuseReply.error(out, at, -1, 1));
        assertTrue(at + longest <= Exchange.IOCTL_REPLY_OFFSET, "a reply runs into another's");
        int listing = buffers.listingReplyOffset();
        FuseReply.readlink(out, listing, -1, new byte[4095]);
        FuseReply.header(out, listing, -1, MessageBuffers.LISTING_BYTES);
        FuseReply.header(out, Exchange.READ_REPLY_OFFSET, -1, buffers.maxTransfer());
        FuseReply.ioctl(out, Exchange.IOCTL_REPLY_OFFSET, -1, -1, 16383);
        for (ByteBuffer view : views(buffers)) {
            if (!view.isReadOnly()) {
                assertEquals(List.of(), changed(view.duplicate().clear()), "of a message");
            }
        }
        assertTrue(
                listing + FuseReply.HEADER_BYTES + MessageBuffers.LISTING_BYTES <= out.capacity(),
                "a full listing does not fit");
    }
}
