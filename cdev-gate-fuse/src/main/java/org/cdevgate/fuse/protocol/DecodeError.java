package org.cdevgate.fuse.protocol;

/**
 * Why {@link FuseRequest#wrap} refused a message. The kernel sends none of these; they guard the
 * server against a protocol it does not know. {@link FuseRequest#describe} adds the sizes.
 */
public enum DecodeError {
    /** The message is sound. */
    NONE(true, "sound"),
    /** Fewer bytes than {@code struct fuse_in_header}; nothing of the request can be read. */
    HEADER_TRUNCATED(false, "shorter than the 40 bytes of fuse_in_header"),
    /** {@code fuse_in_header.len} is not the number of bytes that were received. */
    LENGTH_MISMATCH(false, "the header's length is not the number of bytes received"),
    /** The extensions that {@code total_extlen} announces do not fit into the message. */
    EXTENSION_TRUNCATED(true, "shorter than its extensions (fuse_in_header.total_extlen)"),
    /** The struct that belongs to the opcode does not fit. */
    ARGUMENT_TRUNCATED(true, "shorter than the argument struct of its opcode"),
    /** A name that belongs to the opcode is empty or does not end with a NUL. */
    NAME_INVALID(true, "a name is empty or not terminated"),
    /** A WRITE, IOCTL or SETXATTR does not carry exactly as many data bytes as it says. */
    PAYLOAD_MISMATCH(true, "the data carried are not as long as the argument says"),
    /**
     * A READ or READDIR asks for more than 2 GiB, an IOCTL for more than 16383 bytes, or a WRITE
     * carries more than was agreed at INIT.
     */
    SIZE_OUT_OF_RANGE(true, "a size is larger than the kernel can mean"),
    /** A BATCH_FORGET has not room for as many entries as it says. */
    COUNT_MISMATCH(true, "fewer entries than the count says");

    private final boolean answerable;
    private final String meaning;

    DecodeError(boolean answerable, String meaning) {
        this.answerable = answerable;
        this.meaning = meaning;
    }

    /**
     * Tells whether the header can be trusted, so that the request can be answered with EIO under
     * {@link FuseRequest#unique}. When it cannot, no answer is possible, and the caller waits until
     * the connection ends.
     */
    public boolean isAnswerable() {
        return answerable;
    }

    String meaning() {
        return meaning;
    }
}
