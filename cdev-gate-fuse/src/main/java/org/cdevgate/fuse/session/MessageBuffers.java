package org.cdevgate.fuse.session;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.cdevgate.fuse.libc.NativeBuffer;
import org.cdevgate.fuse.protocol.FuseConstants;
import org.cdevgate.fuse.protocol.FuseOpcode;
import org.cdevgate.fuse.protocol.FuseReply;
import org.cdevgate.fuse.protocol.FuseRequest;
import org.cdevgate.fuse.protocol.InitNegotiation;

/**
 * The two buffers of a worker: requests arrive in one, replies are made in the other. A READ's data
 * are sent from where the driver put them, and a WRITE's are read where the kernel put them; those
 * of an IOCTL, 16 KiB at most, are copied once.
 *
 * <pre>
 *   in    0        40     80
 *         | header | args | WRITE data, read-only to drivers ...
 *
 *   out   0              512      544            20464    20480          20480 + maxTransfer
 *         | most replies | header | IOCTL data ... | header | READ data ... | listings, link targets
 * </pre>
 *
 * <b>A driver may keep a buffer and write to it later.</b> It reaches nothing that the kernel or
 * this server takes for a message: all that drivers can write is the two areas for data, in which
 * nothing else is ever put, not even the data that an IOCTL brings before they are copied, because
 * the next message may be a name. What is left is that all devices' data use the areas in turns.
 *
 * <p>Belongs to the worker's thread. An heir of its role calls {@link #heldBytes} and {@link
 * #discardUnused} beside it, under the worker's lock: it sees the message through the worker's
 * state, and the answer that may be sent meanwhile is in no page that is given back. A count of
 * touched bytes that is lost by that costs pages that are given back later.
 */
final class MessageBuffers {
    /** Where replies begin, but those to READ and IOCTL, listings and link targets. */
    static final int REPLY_OFFSET = 0;

    /** Where the reply to an IOCTL begins: with few data it is in one page, as the kernel likes. */
    static final int IOCTL_REPLY_OFFSET = 512;

    static final int IOCTL_DATA_OFFSET = IOCTL_REPLY_OFFSET + FuseReply.IOCTL_PAYLOAD_OFFSET;

    /** Where the data of a READ's reply are: at a page, as those of its caller often are. */
    static final int READ_DATA_OFFSET = 5 * 4096;

    /** Where the reply to a READ begins. */
    static final int READ_REPLY_OFFSET = READ_DATA_OFFSET - FuseReply.HEADER_BYTES;

    /** A system call is not worth fewer bytes than this. */
    private static final int WORTH_DISCARDING = 64 * 1024;

    private static final int FEW_BYTES = 128;

    /** The most bytes of a listing; getdents(2) of the C libraries asks for half of it. */
    static final int LISTING_BYTES = 64 * 1024;

    private final NativeBuffer in;
    private final NativeBuffer out;
    private final ByteBuffer readData;
    private final ByteBuffer writeData;
    private final ByteBuffer ioctlData;
    private final int maxTransfer;
    private final int listingReplyOffset;

    // Up to where messages and data have filled the buffers since pages were given back.
    private int inTouched;
    private int outTouched = READ_DATA_OFFSET;

    MessageBuffers(InitNegotiation.Agreed agreed) {
        this.maxTransfer = agreed.maxTransfer();
        this.listingReplyOffset = READ_DATA_OFFSET + maxTransfer;
        this.in = NativeBuffer.allocate(agreed.requestBytes());
        this.out =
                NativeBuffer.allocate(listingReplyOffset + FuseReply.HEADER_BYTES + LISTING_BYTES);
        this.readData = out.view(READ_DATA_OFFSET, maxTransfer);
        this.writeData =
                in.view(FuseRequest.WRITE_PAYLOAD_OFFSET, agreed.maxWrite()).asReadOnlyBuffer();
        this.ioctlData = out.view(IOCTL_DATA_OFFSET, FuseConstants.IOC_SIZE_MAX);
    }

    /** Where requests are received. */
    NativeBuffer in() {
        return in;
    }

    /** Where replies are made. */
    NativeBuffer out() {
        return out;
    }

    int maxTransfer() {
        return maxTransfer;
    }

    int maxWrite() {
        return writeData.capacity();
    }

    int listingReplyOffset() {
        return listingReplyOffset;
    }

    /** Where the data of a READ go. */
    ByteBuffer readData(int size) {
        return fresh(readData, size);
    }

    /** The data of a WRITE, read-only. */
    ByteBuffer writeData(int size) {
        return fresh(writeData, size);
    }

    /** What the caller passed, then zeros up to what it wants back. */
    ByteBuffer ioctlData(int passed, int wanted) {
        int size = Math.max(passed, wanted);
        // By buffers that no driver has: one that kept its view may be moving its limit now.
        ByteBuffer from = in.bytes();
        ByteBuffer to = out.bytes();
        if (passed > FEW_BYTES) {
            to.put(IOCTL_DATA_OFFSET, from, FuseRequest.IOCTL_PAYLOAD_OFFSET, passed);
        } else { // most are a few words, for which a bulk copy costs more than they do
            int whole = passed & -Long.BYTES;
            for (int i = 0; i < whole; i += Long.BYTES) {
                to.putLong(
                        IOCTL_DATA_OFFSET + i, from.getLong(FuseRequest.IOCTL_PAYLOAD_OFFSET + i));
            }
            for (int i = whole; i < passed; i++) {
                to.put(IOCTL_DATA_OFFSET + i, from.get(FuseRequest.IOCTL_PAYLOAD_OFFSET + i));
            }
        }
        for (int i = IOCTL_DATA_OFFSET + passed; i < IOCTL_DATA_OFFSET + size; i++) {
            to.put(i, (byte) 0);
        }
        return fresh(ioctlData, size);
    }

    // A driver may have left any position, limit or order in it.
    private static ByteBuffer fresh(ByteBuffer view, int size) {
        return view.clear().limit(size).order(ByteOrder.nativeOrder());
    }

    /** A message stands in the buffer of requests. */
    void received(int length) {
        inTouched = Math.max(inTouched, length);
    }

    /** A reply was encoded, with what data it has. */
    void replied(int offset, int length) {
        if (offset < listingReplyOffset) {
            outTouched = Math.max(outTouched, offset + length);
        }
    }

    /** What a call holds outside the heap if it parks. */
    int heldBytes(FuseRequest request) {
        int answer = Math.min(outTouched - READ_DATA_OFFSET, readBytes(request));
        return request.length() + (answer > WORTH_DISCARDING ? answer : 0);
    }

    /** How much of the data area is the driver's in this call, if it is a READ. */
    private int readBytes(FuseRequest request) {
        return request.opcode() == FuseOpcode.READ ? Math.min(request.size(), maxTransfer) : 0;
    }

    /** Gives back what reads have left. */
    void discardReadData() {
        out.discard(READ_DATA_OFFSET, outTouched);
        outTouched = READ_DATA_OFFSET;
    }

    /** Gives back what earlier and larger requests have left, this one's message excepted. */
    void discardUnused(FuseRequest request) {
        int inUse = request.length();
        if (inTouched - inUse > WORTH_DISCARDING) {
            in.discard(inUse, inTouched);
            inTouched = inUse;
        }
        int outUse = READ_DATA_OFFSET + readBytes(request);
        if (outTouched - outUse > WORTH_DISCARDING) {
            out.discard(outUse, outTouched);
            outTouched = outUse;
        }
    }
}
