package org.cdevgate.fuse.protocol;

import java.nio.ByteBuffer;

/**
 * Says in one line what a message is and what is wrong with it, with every size that matters, for
 * the log. Reads nothing beyond the bytes received, whatever {@link MessageCheck} said of them.
 */
final class MessageDescription {
    private MessageDescription() {}

    /**
     * Describes a message at the start of a buffer.
     *
     * @param received bytes received and in the buffer
     */
    static String of(ByteBuffer buffer, int received, DecodeError error) {
        StringBuilder text = new StringBuilder(160);
        if (received < MessageCheck.HEADER_BYTES) {
            text.append("message of ").append(received).append(" bytes");
        } else {
            FuseOpcode opcode = MessageCheck.opcode(buffer);
            text.append(MessageCheck.opcodeName(buffer))
                    .append(" unique=")
                    .append(Long.toUnsignedString(buffer.getLong(8)))
                    .append(" node=")
                    .append(Long.toUnsignedString(buffer.getLong(16)))
                    .append(" pid=")
                    .append(buffer.getInt(32))
                    .append(": ")
                    .append(received)
                    .append(" bytes received, header says ")
                    .append(Integer.toUnsignedString(buffer.getInt(0)))
                    .append(", extensions ")
                    .append(MessageCheck.extensionBytes(buffer));
            if (opcode != FuseOpcode.UNKNOWN) {
                describeArgument(text, buffer, opcode, received);
            }
        }
        if (error != DecodeError.NONE) {
            text.append("; ").append(error).append(" (").append(error.meaning()).append(')');
        }
        return text.toString();
    }

    private static void describeArgument(
            StringBuilder text, ByteBuffer buffer, FuseOpcode opcode, int received) {
        int argumentEnd = opcode.argumentEnd();
        text.append(", header and argument need ").append(argumentEnd);
        if (opcode.names() > 0) {
            text.append(" and ").append(opcode.names()).append(" name(s)");
        }
        if (received < argumentEnd) {
            return;
        }
        int argument = MessageCheck.HEADER_BYTES;
        switch (opcode.sizes()) {
            case ASKED, WRITTEN -> unsigned(text, ", size ", buffer.getInt(argument + 16));
            case IOCTL -> {
                text.append(", command 0x")
                        .append(Integer.toHexString(buffer.getInt(argument + 12)));
                unsigned(text, ", in_size ", buffer.getInt(argument + 24));
                unsigned(text, ", out_size ", buffer.getInt(argument + 28));
            }
            case FORGETS -> unsigned(text, ", count ", buffer.getInt(argument));
            case XATTR -> unsigned(text, ", size ", buffer.getInt(argument));
            case FIXED, INIT -> {
                // No size of its own.
            }
        }
    }

    private static void unsigned(StringBuilder text, String what, int value) {
        text.append(what).append(Integer.toUnsignedString(value));
    }
}
