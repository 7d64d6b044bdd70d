package org.cdevgate.fuse.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The layouts and numbers of this package are those of the machine's own linux/fuse.h, which {@link
 * LinuxHeader} asks. An older header knows less; that is left out.
 */
class LinuxHeaderTest {
    private static final long MARK = 0x0102_0304_0506_0708L;

    /** Structs of requests, and opcodes whose argument they are. */
    private static final Map<String, List<FuseOpcode>> ARGUMENTS =
            Map.ofEntries(
                    Map.entry("fuse_forget_in", List.of(FuseOpcode.FORGET)),
                    Map.entry("fuse_getattr_in", List.of(FuseOpcode.GETATTR)),
                    Map.entry("fuse_setattr_in", List.of(FuseOpcode.SETATTR)),
                    Map.entry("fuse_mknod_in", List.of(FuseOpcode.MKNOD)),
                    Map.entry("fuse_mkdir_in", List.of(FuseOpcode.MKDIR)),
                    Map.entry("fuse_rename_in", List.of(FuseOpcode.RENAME)),
                    Map.entry("fuse_rename2_in", List.of(FuseOpcode.RENAME2)),
                    Map.entry("fuse_link_in", List.of(FuseOpcode.LINK)),
                    Map.entry("fuse_open_in", List.of(FuseOpcode.OPEN, FuseOpcode.OPENDIR)),
                    Map.entry("fuse_create_in", List.of(FuseOpcode.CREATE)),
                    Map.entry(
                            "fuse_read_in",
                            List.of(FuseOpcode.READ, FuseOpcode.READDIR, FuseOpcode.READDIRPLUS)),
                    Map.entry("fuse_write_in", List.of(FuseOpcode.WRITE)),
                    Map.entry(
                            "fuse_release_in", List.of(FuseOpcode.RELEASE, FuseOpcode.RELEASEDIR)),
                    Map.entry("fuse_flush_in", List.of(FuseOpcode.FLUSH)),
                    Map.entry("fuse_fsync_in", List.of(FuseOpcode.FSYNC, FuseOpcode.FSYNCDIR)),
                    Map.entry(
                            "fuse_getxattr_in", List.of(FuseOpcode.GETXATTR, FuseOpcode.LISTXATTR)),
                    Map.entry(
                            "fuse_lk_in",
                            List.of(FuseOpcode.GETLK, FuseOpcode.SETLK, FuseOpcode.SETLKW)),
                    Map.entry("fuse_access_in", List.of(FuseOpcode.ACCESS)),
                    Map.entry("fuse_interrupt_in", List.of(FuseOpcode.INTERRUPT)),
                    Map.entry("fuse_bmap_in", List.of(FuseOpcode.BMAP)),
                    Map.entry("fuse_ioctl_in", List.of(FuseOpcode.IOCTL)),
                    Map.entry("fuse_poll_in", List.of(FuseOpcode.POLL)),
                    Map.entry("fuse_batch_forget_in", List.of(FuseOpcode.BATCH_FORGET)),
                    Map.entry("fuse_fallocate_in", List.of(FuseOpcode.FALLOCATE)),
                    Map.entry("fuse_lseek_in", List.of(FuseOpcode.LSEEK)),
                    Map.entry("fuse_copy_file_range_in", List.of(FuseOpcode.COPY_FILE_RANGE)),
                    Map.entry("fuse_notify_retrieve_in", List.of(FuseOpcode.NOTIFY_REPLY)));

    /**
     * Fields of requests, of the struct that is named after the opcode: the mark is put where the
     * header has the field, and read back.
     */
    private record In(
            FuseOpcode opcode, String name, int bytes, ToLongFunction<FuseRequest> accessor) {
        String field() {
            return "fuse_" + opcode.name().toLowerCase(Locale.ROOT) + "_in." + name;
        }
    }

    private static final List<In> FIELDS_IN =
            List.of(
                    new In(FuseOpcode.OPEN, "flags", 4, FuseRequest::openFlags),
                    new In(FuseOpcode.CREATE, "flags", 4, FuseRequest::openFlags),
                    new In(FuseOpcode.READ, "fh", 8, FuseRequest::fh),
                    new In(FuseOpcode.READ, "offset", 8, FuseRequest::offset),
                    new In(FuseOpcode.READ, "size", 4, FuseRequest::size),
                    new In(FuseOpcode.READ, "read_flags", 4, FuseRequest::readFlags),
                    new In(FuseOpcode.READ, "flags", 4, FuseRequest::fileFlags),
                    new In(FuseOpcode.WRITE, "fh", 8, FuseRequest::fh),
                    new In(FuseOpcode.WRITE, "offset", 8, FuseRequest::offset),
                    new In(FuseOpcode.WRITE, "write_flags", 4, FuseRequest::writeFlags),
                    new In(FuseOpcode.WRITE, "flags", 4, FuseRequest::fileFlags),
                    new In(FuseOpcode.RELEASE, "fh", 8, FuseRequest::fh),
                    new In(FuseOpcode.RELEASE, "flags", 4, FuseRequest::fileFlags),
                    new In(FuseOpcode.FLUSH, "fh", 8, FuseRequest::fh),
                    new In(FuseOpcode.FSYNC, "fh", 8, FuseRequest::fh),
                    new In(FuseOpcode.FSYNC, "fsync_flags", 4, FuseRequest::fsyncFlags),
                    new In(FuseOpcode.LSEEK, "fh", 8, FuseRequest::fh),
                    new In(FuseOpcode.LSEEK, "offset", 8, FuseRequest::offset),
                    new In(FuseOpcode.LSEEK, "whence", 4, FuseRequest::whence),
                    new In(FuseOpcode.IOCTL, "fh", 8, FuseRequest::fh),
                    new In(FuseOpcode.IOCTL, "flags", 4, FuseRequest::ioctlFlags),
                    new In(FuseOpcode.IOCTL, "cmd", 4, FuseRequest::ioctlCommand),
                    new In(FuseOpcode.IOCTL, "arg", 8, FuseRequest::ioctlArgument),
                    new In(FuseOpcode.POLL, "fh", 8, FuseRequest::fh),
                    new In(FuseOpcode.POLL, "kh", 8, FuseRequest::pollHandle),
                    new In(FuseOpcode.POLL, "flags", 4, FuseRequest::pollFlags),
                    new In(FuseOpcode.GETATTR, "fh", 8, FuseRequest::fh),
                    new In(FuseOpcode.ACCESS, "mask", 4, FuseRequest::accessMask),
                    new In(FuseOpcode.INTERRUPT, "unique", 8, FuseRequest::interruptUnique),
                    new In(FuseOpcode.FORGET, "nlookup", 8, r -> r.forget().lookups(0)),
                    new In(FuseOpcode.SETATTR, "valid", 4, r -> r.setattr().valid()),
                    new In(FuseOpcode.SETATTR, "fh", 8, FuseRequest::fh),
                    new In(FuseOpcode.SETATTR, "atime", 8, r -> r.setattr().atime()),
                    new In(FuseOpcode.SETATTR, "mtime", 8, r -> r.setattr().mtime()),
                    new In(FuseOpcode.SETATTR, "atimensec", 4, r -> r.setattr().atimeNanos()),
                    new In(FuseOpcode.SETATTR, "mtimensec", 4, r -> r.setattr().mtimeNanos()),
                    new In(FuseOpcode.SETATTR, "mode", 4, r -> r.setattr().mode()),
                    new In(FuseOpcode.SETATTR, "uid", 4, r -> r.setattr().uid()),
                    new In(FuseOpcode.SETATTR, "gid", 4, r -> r.setattr().gid()),
                    new In(FuseOpcode.INIT, "major", 4, r -> r.initOffer().major()),
                    new In(FuseOpcode.INIT, "minor", 4, r -> r.initOffer().minor()),
                    new In(FuseOpcode.INIT, "max_readahead", 4, r -> r.initOffer().maxReadahead()),
                    new In(FuseOpcode.INIT, "flags", 4, r -> r.initOffer().flags()));

    private static Map<String, Long> known;

    @BeforeAll
    static void askTheHeader(@TempDir Path folder) throws Exception {
        List<String> fields = FIELDS_IN.stream().map(In::field).toList();
        known = LinuxHeader.ask(folder, fields, ARGUMENTS.keySet());
    }

    /** Where the header has a field, behind the header of the message. */
    private static int at(String field, int start) {
        Long offset = known.get(field);
        assertNotNull(offset, field);
        return start + Math.toIntExact(offset);
    }

    @Test
    void everyOpcodeAndConstantHasTheNumberOfTheHeader() throws IllegalAccessException {
        int compared = 0;
        for (FuseOpcode opcode : FuseOpcode.values()) {
            compared += compare("FUSE_" + opcode, opcode.number());
        }
        for (Field constant : FuseConstants.class.getFields()) {
            boolean isVersion = constant.getName().equals("FUSE_KERNEL_MINOR_VERSION");
            compared +=
                    isVersion
                            ? 0
                            : compare(
                                    constant.getName(), ((Number) constant.get(null)).longValue());
        }
        int all = FuseOpcode.values().length + FuseConstants.class.getFields().length;
        assertEquals(true, compared > all / 2, "the header knows but " + compared + " of " + all);
    }

    private static int compare(String name, long value) {
        Long theirs = known.get(name);
        if (theirs == null) {
            return 0; // newer than this header, or with a name of its own here
        }
        assertEquals(theirs, Long.valueOf(value), name);
        return 1;
    }

    @Test
    void everyArgumentIsAsLongAsItsStruct() {
        ARGUMENTS.forEach(
                (struct, opcodes) -> {
                    for (FuseOpcode opcode : opcodes) {
                        assertEquals(
                                known.get(struct),
                                Long.valueOf(opcode.argumentEnd() - 40),
                                opcode.name());
                    }
                });
        assertEquals(known.get("fuse_in_header"), Long.valueOf(FuseRequest.HEADER_BYTES));
        assertEquals(known.get("fuse_forget_one"), Long.valueOf(MessageCheck.FORGET_ONE_BYTES));
    }

    @Test
    void everyAccessorReadsTheFieldOfItsName() {
        for (In each : FIELDS_IN) {
            // A name for those that have one; READ and WRITE take a size of 0 as well.
            int length = each.opcode.argumentEnd() + (hasName(each.opcode) ? 2 : 0);
            ByteBuffer message = ByteBuffer.allocate(length).order(ByteOrder.nativeOrder());
            message.putInt(0, length).putInt(4, each.opcode.number());
            if (hasName(each.opcode)) {
                message.put(length - 2, (byte) 'n');
            }
            long value = each.bytes == 8 ? MARK : MARK & 0x0fff_ffff;
            if (each.bytes == 8) {
                message.putLong(at(each.field(), 40), value);
            } else {
                message.putInt(at(each.field(), 40), (int) value);
            }
            FuseRequest request = new FuseRequest(message);
            assertEquals(DecodeError.NONE, request.wrap(length), each.field());
            assertEquals(value, each.accessor.applyAsLong(request), each.field());
        }
    }

    private static boolean hasName(FuseOpcode opcode) {
        return opcode.names() > 0;
    }

    @Test
    void sizesAndHeaderFieldsStandWhereTheHeaderHasThem() {
        ByteBuffer message = ByteBuffer.allocate(72 + 5).order(ByteOrder.nativeOrder());
        message.putInt(at("fuse_in_header.len", 0), 77)
                .putInt(at("fuse_in_header.opcode", 0), FuseOpcode.IOCTL.number())
                .putLong(at("fuse_in_header.unique", 0), 11)
                .putLong(at("fuse_in_header.nodeid", 0), 12)
                .putInt(at("fuse_in_header.uid", 0), 13)
                .putInt(at("fuse_in_header.gid", 0), 14)
                .putInt(at("fuse_in_header.pid", 0), 15)
                .putInt(at("fuse_ioctl_in.in_size", 40), 5)
                .putInt(at("fuse_ioctl_in.out_size", 40), 16);
        FuseRequest ioctl = new FuseRequest(message);
        assertEquals(DecodeError.NONE, ioctl.wrap(77));
        assertEquals(11, ioctl.unique());
        assertEquals(12, ioctl.nodeId());
        assertEquals(13, ioctl.uid());
        assertEquals(14, ioctl.gid());
        assertEquals(15, ioctl.pid());
        assertEquals(5, ioctl.ioctlInSize());
        assertEquals(16, ioctl.ioctlOutSize());
        assertEquals(
                known.get("fuse_ioctl_in"), Long.valueOf(FuseRequest.IOCTL_PAYLOAD_OFFSET - 40));
        assertEquals(
                known.get("fuse_write_in"), Long.valueOf(FuseRequest.WRITE_PAYLOAD_OFFSET - 40));
        assertEquals(
                known.get("fuse_ioctl_out"), Long.valueOf(FuseReply.IOCTL_PAYLOAD_OFFSET - 16));

        ByteBuffer forget = ByteBuffer.allocate(40 + 8 + 32).order(ByteOrder.nativeOrder());
        int second = 40 + 8 + Math.toIntExact(known.get("fuse_forget_one"));
        forget.putInt(0, 80).putInt(4, FuseOpcode.BATCH_FORGET.number());
        forget.putInt(at("fuse_batch_forget_in.count", 40), 2);
        forget.putLong(at("fuse_forget_one.nodeid", second), 21);
        forget.putLong(at("fuse_forget_one.nlookup", second), 22);
        FuseRequest batch = new FuseRequest(forget);
        assertEquals(DecodeError.NONE, batch.wrap(80));
        assertEquals(21, batch.forget().nodeId(1));
        assertEquals(22, batch.forget().lookups(1));
    }

    private final ByteBuffer reply = ByteBuffer.allocate(512).order(ByteOrder.nativeOrder());

    private void assertInt(String field, int start, int expected) {
        assertEquals(expected, reply.getInt(at(field, start)), field);
    }

    private void assertLong(String field, int start, long expected) {
        assertEquals(expected, reply.getLong(at(field, start)), field);
    }

    private void assertReply(String struct, int length) {
        assertEquals(known.get(struct), Long.valueOf(length - 16), struct);
        assertInt("fuse_out_header.len", 0, length);
        assertInt("fuse_out_header.error", 0, 0);
        assertLong("fuse_out_header.unique", 0, 9);
    }

    @Test
    void everyReplyHasItsFieldsWhereTheHeaderHasThem() {
        FuseAttr attr =
                new FuseAttr()
                        .ino(1)
                        .size(2)
                        .blocks(3)
                        .atime(4, 5)
                        .mtime(6, 7)
                        .ctime(8, 9)
                        .mode(10)
                        .nlink(11)
                        .uid(12)
                        .gid(13);
        assertReply("fuse_entry_out", FuseReply.entry(reply, 0, 9, 20, 21, attr));
        assertLong("fuse_entry_out.nodeid", 16, 20);
        assertLong("fuse_entry_out.generation", 16, 21);
        assertAttr(at("fuse_entry_out.attr", 16));
        assertReply("fuse_attr_out", FuseReply.attr(reply, 0, 9, attr));
        assertAttr(at("fuse_attr_out.attr", 16));
        assertReply("fuse_open_out", FuseReply.open(reply, 0, 9, 30, 31));
        assertLong("fuse_open_out.fh", 16, 30);
        assertInt("fuse_open_out.open_flags", 16, 31);
        assertReply("fuse_write_out", FuseReply.write(reply, 0, 9, 32));
        assertInt("fuse_write_out.size", 16, 32);
        assertReply("fuse_ioctl_out", FuseReply.ioctl(reply, 0, 9, 33, 0));
        assertInt("fuse_ioctl_out.result", 16, 33);
        assertReply("fuse_poll_out", FuseReply.poll(reply, 0, 9, 34));
        assertInt("fuse_poll_out.revents", 16, 34);
        assertReply("fuse_lseek_out", FuseReply.lseek(reply, 0, 9, 35));
        assertLong("fuse_lseek_out.offset", 16, 35);
        assertReply("fuse_kstatfs", FuseReply.statfs(reply, 0, 9, 37));
        assertLong("fuse_kstatfs.files", 16, 0);
        assertInt("fuse_kstatfs.namelen", 16, 37);
        assertInt("fuse_kstatfs.bsize", 16, 4096);
        assertInt("fuse_kstatfs.frsize", 16, 4096);
    }

    private void assertAttr(int start) {
        assertLong("fuse_attr.ino", start, 1);
        assertLong("fuse_attr.size", start, 2);
        assertLong("fuse_attr.blocks", start, 3);
        assertLong("fuse_attr.atime", start, 4);
        assertInt("fuse_attr.atimensec", start, 5);
        assertLong("fuse_attr.mtime", start, 6);
        assertInt("fuse_attr.mtimensec", start, 7);
        assertLong("fuse_attr.ctime", start, 8);
        assertInt("fuse_attr.ctimensec", start, 9);
        assertInt("fuse_attr.mode", start, 10);
        assertInt("fuse_attr.nlink", start, 11);
        assertInt("fuse_attr.uid", start, 12);
        assertInt("fuse_attr.gid", start, 13);
        assertInt("fuse_attr.rdev", start, 0);
        assertInt("fuse_attr.blksize", start, 4096);
    }

    @Test
    void whatWasAgreedStandsWhereTheHeaderHasIt() {
        InitNegotiation.Agreed agreed =
                new InitNegotiation.Agreed(
                        new InitNegotiation.Offer(7, 45, 0, 0),
                        45,
                        0x0000_0006_0000_0005L,
                        1,
                        2,
                        3,
                        4,
                        7,
                        8,
                        9);
        assertReply("fuse_init_out", FuseReply.init(reply, 0, 9, agreed));
        assertInt("fuse_init_out.major", 16, 7);
        assertInt("fuse_init_out.minor", 16, 45);
        assertInt("fuse_init_out.max_readahead", 16, 1);
        assertInt("fuse_init_out.flags", 16, 5);
        assertEquals(7, reply.getShort(at("fuse_init_out.max_background", 16)));
        assertEquals(8, reply.getShort(at("fuse_init_out.congestion_threshold", 16)));
        assertInt("fuse_init_out.max_write", 16, 2);
        assertInt("fuse_init_out.time_gran", 16, 9);
        assertEquals(3, reply.getShort(at("fuse_init_out.max_pages", 16)));
        if (known.containsKey("fuse_init_out.flags2")) {
            assertInt("fuse_init_out.flags2", 16, 6);
        }
    }

    @Test
    void everyDirentAndNotificationHasItsFieldsWhereTheHeaderHasThem() {
        byte[] name = {'a', 'b', 'c'};
        DirentWriter writer = new DirentWriter();
        writer.begin(reply, 0, 512);
        writer.add(40, 41, 8, name);
        assertLong("fuse_dirent.ino", 0, 40);
        assertLong("fuse_dirent.off", 0, 41);
        assertInt("fuse_dirent.namelen", 0, 3);
        assertInt("fuse_dirent.type", 0, 8);
        assertEquals('a', reply.get(at("fuse_dirent.name", 0)));

        assertNotification("fuse_notify_poll_wakeup_out", FuseNotification.poll(reply, 0, 50));
        assertLong("fuse_notify_poll_wakeup_out.kh", 16, 50);
        assertNotification(
                "fuse_notify_inval_inode_out",
                FuseNotification.invalidateInode(reply, 0, 51, 52, 53));
        assertLong("fuse_notify_inval_inode_out.ino", 16, 51);
        assertLong("fuse_notify_inval_inode_out.off", 16, 52);
        assertLong("fuse_notify_inval_inode_out.len", 16, 53);
    }

    private static void assertNotification(String struct, int length) {
        assertEquals(known.get(struct), Long.valueOf(length - 16), struct);
    }
}
