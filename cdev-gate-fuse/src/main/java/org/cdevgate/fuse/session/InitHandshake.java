package org.cdevgate.fuse.session;

import java.io.IOException;
import org.cdevgate.abi.Errno;
import org.cdevgate.fuse.channel.FuseChannel;
import org.cdevgate.fuse.libc.NativeBuffer;
import org.cdevgate.fuse.protocol.DecodeError;
import org.cdevgate.fuse.protocol.FuseOpcode;
import org.cdevgate.fuse.protocol.FuseReply;
import org.cdevgate.fuse.protocol.FuseRequest;
import org.cdevgate.fuse.protocol.InitNegotiation;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The first requests of a connection, by which kernel and server agree on the protocol. */
final class InitHandshake {
    private static final Logger LOG = LoggerFactory.getLogger(FuseSession.class);

    private final FuseChannel channel;
    private final String name;

    InitHandshake(FuseChannel channel, String name) {
        this.channel = channel;
        this.name = name;
    }

    /**
     * Answers INIT until both sides speak one version.
     *
     * @throws IOException if the kernel's is too old or the mount is gone already
     */
    InitNegotiation.Agreed agree() throws IOException {
        InitNegotiation.Wanted wanted = InitNegotiation.Wanted.standard(NativeBuffer.pageBytes());
        NativeBuffer buffer = NativeBuffer.allocate(wanted.maxWrite() + 4096);
        FuseChannel.Receiver receiver = channel.newReceiver(buffer);
        FuseRequest request = new FuseRequest(buffer.bytes());
        while (true) {
            int length = receiver.receive();
            if (length == FuseChannel.CLOSED) {
                throw new IOException("the mount of " + name + " went away before its first use");
            }
            DecodeError error = request.wrap(length);
            if (error != DecodeError.NONE || request.opcode() != FuseOpcode.INIT) {
                throw new IOException(
                        "the kernel did not begin with INIT but with " + request.describe(error));
            }
            InitNegotiation.Outcome outcome =
                    InitNegotiation.negotiate(request.initOffer(), wanted);
            long unique = request.unique();
            if (outcome instanceof InitNegotiation.Agreed agreement) {
                send(buffer, FuseReply.init(buffer.bytes(), 0, unique, agreement));
                LOG.debug(
                        "{}: FUSE 7.{}, the kernel offers 7.{}, flags 0x{}",
                        name,
                        agreement.minor(),
                        agreement.offer().minor(),
                        Long.toHexString(agreement.flags()));
                return agreement;
            }
            if (outcome instanceof InitNegotiation.Refused refused) {
                send(buffer, FuseReply.error(buffer.bytes(), 0, unique, Errno.EPROTO.number()));
                throw new IOException(refused.message());
            }
            send(buffer, FuseReply.initVersion(buffer.bytes(), 0, unique));
        }
    }

    private void send(NativeBuffer buffer, int length) throws IOException {
        int errno = channel.send(buffer, 0, length);
        if (errno != 0) {
            throw new IOException(
                    "the kernel refused the answer to INIT: " + Errno.describe(errno));
        }
    }
}
