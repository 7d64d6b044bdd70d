package org.cdevgate.fuse.protocol;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FuseRequestTest {
    private static final long FH = 0x7766554433221100L;

    @Test
    void headerFieldsStandWhereFuseInHeaderHasThem() {
        FuseRequest request = RequestBytes.of(FuseOpcode.STATFS).sound();

        assertAll(
                () -> assertEquals(40, request.length()),
                () -> assertEquals(FuseOpcode.STATFS, request.opcode()),
                () -> assertEquals(RequestBytes.UNIQUE, request.unique()),
                () -> assertEquals(RequestBytes.NODE, request.nodeId()),
                () -> assertEquals(1000, request.uid()),
                () -> assertEquals(1001, request.gid()),
                () -> assertEquals(4242, request.pid()));
    }

    @Test
    void lookupCarriesItsName() {
        FuseRequest request = RequestBytes.of(FuseOpcode.LOOKUP).name("ttyÖ0").sound();
        assertEquals("ttyÖ0", request.name());
        assertEquals(6, request.nameLength(), "in bytes");
    }

    @Test
    void initWithoutExtensionIgnoresWhatStandsInFlags2() {
        FuseRequest request =
                RequestBytes.of(FuseOpcode.INIT).u32(7, 31, 131072, 0x8, 0xffffffff).sound();

        assertAll(
                () -> assertEquals(7, request.initOffer().major()),
                () -> assertEquals(31, request.initOffer().minor()),
                () -> assertEquals(131072, request.initOffer().maxReadahead()),
                () -> assertEquals(0x8, request.initOffer().flags()));
    }

    @Test
    void initWithExtensionJoinsBothFlagWords() {
        // As Linux 6.18 sends it.
        FuseRequest request =
                RequestBytes.of(FuseOpcode.INIT)
                        .u32(7, 45, 131072, 0x73fffffb, 0x5fd)
                        .zeros(44)
                        .sound();

        assertEquals(104, request.length());
        assertEquals(0x5fd73fffffbL, request.initOffer().flags());
    }

    @Test
    void openCarriesTheFlagsOfOpen2() {
        assertEquals(0x802, RequestBytes.of(FuseOpcode.OPEN).u32(0x802, 0).sound().openFlags());
        assertEquals(
                0x10000, RequestBytes.of(FuseOpcode.OPENDIR).u32(0x10000, 0).sound().openFlags());
    }

    @Test
    void createAndMknodCarryTheirName() {
        FuseRequest create =
                RequestBytes.of(FuseOpcode.CREATE).u32(0x41, 0x81a4, 022, 0).name("new").sound();
        FuseRequest mknod =
                RequestBytes.of(FuseOpcode.MKNOD).u32(0x21b6, 0x103, 022, 0).name("null").sound();

        assertAll(
                () -> assertEquals(0x41, create.openFlags()),
                () -> assertEquals("new", create.name()),
                () -> assertEquals("null", mknod.name()));
    }

    @Test
    void readFieldsStandWhereFuseReadInHasThem() {
        for (FuseOpcode opcode :
                List.of(FuseOpcode.READ, FuseOpcode.READDIR, FuseOpcode.READDIRPLUS)) {
            FuseRequest request =
                    RequestBytes.of(opcode).u64(FH, 77).u32(4096, 2).u64(99).u32(0x800, 0).sound();

            assertAll(
                    () -> assertEquals(FH, request.fh()),
                    () -> assertEquals(77, request.offset()),
                    () -> assertEquals(4096, request.size()),
                    () -> assertEquals(2, request.readFlags()),
                    () -> assertEquals(0x800, request.fileFlags()));
        }
    }

    @Test
    void writeCarriesItsDataAtThePayloadOffset() {
        FuseRequest request = write(3).sound();

        assertAll(
                () -> assertEquals(FH, request.fh()),
                () -> assertEquals(77, request.offset()),
                () -> assertEquals(3, request.size()),
                () -> assertEquals(1, request.writeFlags()),
                () -> assertEquals(0x401, request.fileFlags()),
                () -> assertEquals(FuseRequest.WRITE_PAYLOAD_OFFSET + 3, request.length()));
    }

    @Test
    void writeWhoseSizeIsNotWhatItCarriesIsRefused() {
        for (int claimed : new int[] {2, 4, -1, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
            RequestBytes bytes =
                    RequestBytes.of(FuseOpcode.WRITE)
                            .u64(FH, 77)
                            .u32(claimed, 1)
                            .u64(99)
                            .u32(0x401, 0)
                            .zeros(3);
            assertEquals(
                    DecodeError.PAYLOAD_MISMATCH,
                    new FuseRequest(bytes.message()).wrap(bytes.length()),
                    "a driver would have read " + claimed + " bytes of another message");
        }
    }

    @Test
    void extensionsAreNoPartOfThePayload() {
        RequestBytes bytes = write(3).zeros(16).extensionBytes(16);
        FuseRequest request = new FuseRequest(bytes.message());

        assertEquals(DecodeError.NONE, request.wrap(bytes.length()));
        assertEquals(3, request.size());
        assertEquals(
                DecodeError.EXTENSION_TRUNCATED,
                new FuseRequest(bytes.extensionBytes(0xfff8).message()).wrap(bytes.length()));
    }

    @Test
    void ioctlFieldsStandWhereFuseIoctlInHasThem() {
        FuseRequest request = ioctl(4, 16383, 4).sound();

        assertAll(
                () -> assertEquals(FH, request.fh()),
                () -> assertEquals(9, request.ioctlFlags()),
                () -> assertEquals(0xc0045401, request.ioctlCommand()),
                () -> assertEquals(0x7fff_1234_5678L, request.ioctlArgument()),
                () -> assertEquals(4, request.ioctlInSize()),
                () -> assertEquals(16383, request.ioctlOutSize()),
                () -> assertEquals(FuseRequest.IOCTL_PAYLOAD_OFFSET + 4, request.length()));
    }

    @Test
    void ioctlWithSizesThatNoCommandCanEncodeIsRefused() {
        assertEquals(DecodeError.SIZE_OUT_OF_RANGE, wrap(ioctl(16384, 0, 16384)));
        assertEquals(DecodeError.SIZE_OUT_OF_RANGE, wrap(ioctl(0, 16384, 0)));
        assertEquals(DecodeError.SIZE_OUT_OF_RANGE, wrap(ioctl(0, -1, 0)));
        assertEquals(DecodeError.PAYLOAD_MISMATCH, wrap(ioctl(8, 0, 4)));
        assertEquals(DecodeError.PAYLOAD_MISMATCH, wrap(ioctl(4, 0, 8)));
        assertEquals(DecodeError.NONE, wrap(ioctl(16383, 16383, 16383)));
    }

    @Test
    void pollFieldsStandWhereFusePollInHasThem() {
        FuseRequest request =
                RequestBytes.of(FuseOpcode.POLL).u64(FH, 0xabcdefL).u32(1, 0x19).sound();

        assertAll(
                () -> assertEquals(FH, request.fh()),
                () -> assertEquals(0xabcdefL, request.pollHandle()),
                () -> assertEquals(1, request.pollFlags()));
    }

    @Test
    void lseekFieldsStandWhereFuseLseekInHasThem() {
        FuseRequest request = RequestBytes.of(FuseOpcode.LSEEK).u64(FH, 512).u32(3, 0).sound();

        assertAll(
                () -> assertEquals(FH, request.fh()),
                () -> assertEquals(512, request.offset()),
                () -> assertEquals(3, request.whence()));
    }

    @Test
    void flushFsyncAndReleaseNameTheirOpenFile() {
        FuseRequest flush = RequestBytes.of(FuseOpcode.FLUSH).u64(FH).u32(0, 0).u64(99).sound();
        FuseRequest fsync = RequestBytes.of(FuseOpcode.FSYNC).u64(FH).u32(1, 0).sound();
        FuseRequest release =
                RequestBytes.of(FuseOpcode.RELEASE).u64(FH).u32(0x802, 1).u64(99).sound();

        assertAll(
                () -> assertEquals(FH, flush.fh()),
                () -> assertEquals(FH, fsync.fh()),
                () -> assertEquals(1, fsync.fsyncFlags()),
                () -> assertEquals(FH, release.fh()),
                () -> assertEquals(0x802, release.fileFlags()));
    }

    @Test
    void attributeRequestsStandWhereTheirStructsHaveThem() {
        FuseRequest getattr = RequestBytes.of(FuseOpcode.GETATTR).u32(1, 0).u64(FH).sound();
        FuseRequest setattr =
                RequestBytes.of(FuseOpcode.SETATTR)
                        .u32(0x7f, 0)
                        .u64(FH, 8192, 99, 11, 12, 13)
                        .u32(21, 22, 23)
                        .u32(0100600, 0, 1000, 1001, 0)
                        .sound();
        FuseRequest access = RequestBytes.of(FuseOpcode.ACCESS).u32(6, 0).sound();

        assertAll(
                () -> assertEquals(FH, getattr.fh()),
                () -> assertEquals(128, setattr.length()),
                () -> assertEquals(0x7f, setattr.setattr().valid()),
                () -> assertEquals(FH, setattr.fh()),
                () -> assertEquals(11, setattr.setattr().atime()),
                () -> assertEquals(12, setattr.setattr().mtime()),
                () -> assertEquals(21, setattr.setattr().atimeNanos()),
                () -> assertEquals(22, setattr.setattr().mtimeNanos()),
                () -> assertEquals(0100600, setattr.setattr().mode()),
                () -> assertEquals(1000, setattr.setattr().uid()),
                () -> assertEquals(1001, setattr.setattr().gid()),
                () -> assertEquals(6, access.accessMask()));
    }

    @Test
    void interruptAndForgetNameTheirTargets() {
        FuseRequest interrupt = RequestBytes.of(FuseOpcode.INTERRUPT).u64(8).sound();
        FuseRequest forget = RequestBytes.of(FuseOpcode.FORGET).u64(3).sound();
        FuseRequest batch =
                RequestBytes.of(FuseOpcode.BATCH_FORGET).u32(2, 0).u64(5, 1, 6, 2).sound();

        assertAll(
                () -> assertEquals(8, interrupt.interruptUnique()),
                () -> assertEquals(3, forget.forget().lookups(0)),
                () -> assertEquals(2, batch.forget().count()),
                () -> assertEquals(5, batch.forget().nodeId(0)),
                () -> assertEquals(1, batch.forget().lookups(0)),
                () -> assertEquals(6, batch.forget().nodeId(1)),
                () -> assertEquals(2, batch.forget().lookups(1)));
    }

    @Test
    void batchForgetThatCountsMoreThanItCarriesIsRefused() {
        for (int count : new int[] {3, Integer.MAX_VALUE, -1, 0x10000002}) {
            assertEquals(
                    DecodeError.COUNT_MISMATCH,
                    wrap(RequestBytes.of(FuseOpcode.BATCH_FORGET).u32(count, 0).u64(5, 1, 6, 2)));
        }
    }

    @Test
    void readOfMoreThanTwoGibibytesIsRefused() {
        assertEquals(
                DecodeError.SIZE_OUT_OF_RANGE,
                wrap(RequestBytes.of(FuseOpcode.READ).u64(FH, 0).u32(-1, 0).u64(0).u32(0, 0)));
    }

    @Test
    void namesThatAreEmptyOrUnterminatedAreRefused() {
        assertEquals(DecodeError.NAME_INVALID, wrap(RequestBytes.of(FuseOpcode.LOOKUP).name("")));
        assertEquals(DecodeError.NAME_INVALID, wrap(RequestBytes.of(FuseOpcode.LOOKUP).u32(-1)));
        assertEquals(
                DecodeError.NAME_INVALID,
                wrap(RequestBytes.of(FuseOpcode.RENAME).u64(1).name("only one")));
    }

    @Test
    void anUnknownOpcodeIsSoundSoThatItCanBeAnswered() {
        for (int opcode : new int[] {0, 7, 19, 54, 4096, -1, Integer.MIN_VALUE}) {
            FuseRequest request = RequestBytes.of(opcode).u64(1, 2).sound();
            assertEquals(RequestBytes.UNIQUE, request.unique());
            assertTrue(request.describe(DecodeError.NONE).startsWith("opcode " + opcode + " "));
        }
    }

    @Test
    void describeNamesTheOpcodeAndEverySize() {
        RequestBytes bytes = ioctl(8, 16, 4);
        FuseRequest request = new FuseRequest(bytes.message());
        String text = request.describe(request.wrap(bytes.length()));

        for (String part :
                new String[] {
                    "IOCTL", "76 bytes", "in_size 8", "out_size 16", "0xc0045401", "PAYLOAD"
                }) {
            assertTrue(text.contains(part), text + " lacks " + part);
        }
    }

    @Test
    void aBufferInForeignByteOrderIsRefused() {
        ByteOrder foreign =
                ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN
                        ? ByteOrder.BIG_ENDIAN
                        : ByteOrder.LITTLE_ENDIAN;
        ByteBuffer buffer = ByteBuffer.allocate(64).order(foreign);
        assertThrows(IllegalArgumentException.class, () -> new FuseRequest(buffer));
    }

    @Test
    void limitAndPositionOfTheBufferDoNotMatter() {
        ByteBuffer message = write(3).message();
        FuseRequest request = new FuseRequest(message.position(5).limit(7));
        assertEquals(DecodeError.NONE, request.wrap(83));
        assertEquals(3, request.size());
        assertEquals(5, message.position());
    }

    static Stream<RequestBytes> oneOfEach() {
        return Stream.of(
                RequestBytes.of(FuseOpcode.LOOKUP).name("n"),
                RequestBytes.of(FuseOpcode.FORGET).u64(1),
                RequestBytes.of(FuseOpcode.GETATTR).zeros(16),
                RequestBytes.of(FuseOpcode.SETATTR).zeros(88),
                RequestBytes.of(FuseOpcode.SYMLINK).name("a").name("b"),
                RequestBytes.of(FuseOpcode.MKNOD).zeros(16).name("n"),
                RequestBytes.of(FuseOpcode.MKDIR).zeros(8).name("n"),
                RequestBytes.of(FuseOpcode.UNLINK).name("n"),
                RequestBytes.of(FuseOpcode.RMDIR).name("n"),
                RequestBytes.of(FuseOpcode.RENAME).zeros(8).name("a").name("b"),
                RequestBytes.of(FuseOpcode.LINK).zeros(8).name("n"),
                RequestBytes.of(FuseOpcode.OPEN).zeros(8),
                RequestBytes.of(FuseOpcode.READ).zeros(40),
                write(3),
                RequestBytes.of(FuseOpcode.RELEASE).zeros(24),
                RequestBytes.of(FuseOpcode.FSYNC).zeros(16),
                RequestBytes.of(FuseOpcode.SETXATTR).u32(2, 0).name("user.x").zeros(2),
                RequestBytes.of(FuseOpcode.GETXATTR).zeros(8).name("user.x"),
                RequestBytes.of(FuseOpcode.LISTXATTR).zeros(8),
                RequestBytes.of(FuseOpcode.REMOVEXATTR).name("user.x"),
                RequestBytes.of(FuseOpcode.FLUSH).zeros(24),
                RequestBytes.of(FuseOpcode.INIT).u32(7, 45, 0, 1 << 30, 0),
                RequestBytes.of(FuseOpcode.OPENDIR).zeros(8),
                RequestBytes.of(FuseOpcode.READDIR).zeros(40),
                RequestBytes.of(FuseOpcode.RELEASEDIR).zeros(24),
                RequestBytes.of(FuseOpcode.FSYNCDIR).zeros(16),
                RequestBytes.of(FuseOpcode.GETLK).zeros(48),
                RequestBytes.of(FuseOpcode.SETLK).zeros(48),
                RequestBytes.of(FuseOpcode.SETLKW).zeros(48),
                RequestBytes.of(FuseOpcode.ACCESS).zeros(8),
                RequestBytes.of(FuseOpcode.CREATE).zeros(16).name("n"),
                RequestBytes.of(FuseOpcode.INTERRUPT).zeros(8),
                RequestBytes.of(FuseOpcode.BMAP).zeros(16),
                ioctl(4, 0, 4),
                RequestBytes.of(FuseOpcode.POLL).zeros(24),
                RequestBytes.of(FuseOpcode.NOTIFY_REPLY).zeros(40),
                RequestBytes.of(FuseOpcode.BATCH_FORGET).u32(2, 0).zeros(32),
                RequestBytes.of(FuseOpcode.FALLOCATE).zeros(32),
                RequestBytes.of(FuseOpcode.READDIRPLUS).zeros(40),
                RequestBytes.of(FuseOpcode.RENAME2).zeros(16).name("a").name("b"),
                RequestBytes.of(FuseOpcode.LSEEK).zeros(24),
                RequestBytes.of(FuseOpcode.COPY_FILE_RANGE).zeros(56),
                RequestBytes.of(FuseOpcode.SETUPMAPPING).zeros(40),
                RequestBytes.of(FuseOpcode.REMOVEMAPPING).zeros(4),
                RequestBytes.of(FuseOpcode.SYNCFS).zeros(8),
                RequestBytes.of(FuseOpcode.TMPFILE).zeros(16).name("n"),
                RequestBytes.of(FuseOpcode.STATX).zeros(24),
                RequestBytes.of(FuseOpcode.COPY_FILE_RANGE_64).zeros(56));
    }

    @ParameterizedTest
    @MethodSource("oneOfEach")
    void aRequestThatIsOneByteShortAnywhereIsRefusedAndDescribed(RequestBytes whole) {
        assertEquals(DecodeError.NONE, wrap(whole));
        for (int length = 0; length < whole.length(); length++) {
            // The kernel's header may tell of the loss or not.
            for (ByteBuffer message : new ByteBuffer[] {whole.message(length), whole.message()}) {
                FuseRequest request = new FuseRequest(message);
                DecodeError error = request.wrap(length);
                assertNotEquals(DecodeError.NONE, error, "cut to " + length + " bytes");
                assertNotNull(request.describe(error));
            }
        }
    }

    @Test
    void onlyWhatTheKernelDoesNotWaitForExpectsNoReply() {
        for (FuseOpcode opcode : FuseOpcode.values()) {
            boolean unanswered =
                    Set.of(
                                    FuseOpcode.FORGET,
                                    FuseOpcode.BATCH_FORGET,
                                    FuseOpcode.INTERRUPT,
                                    FuseOpcode.NOTIFY_REPLY)
                            .contains(opcode);
            assertEquals(!unanswered, opcode.expectsReply(), opcode.name());
        }
    }

    private static DecodeError wrap(RequestBytes bytes) {
        return new FuseRequest(bytes.message()).wrap(bytes.length());
    }

    private static RequestBytes write(int bytes) {
        return RequestBytes.of(FuseOpcode.WRITE)
                .u64(FH, 77)
                .u32(bytes, 1)
                .u64(99)
                .u32(0x401, 0)
                .zeros(bytes);
    }

    private static RequestBytes ioctl(int inSize, int outSize, int carried) {
        return RequestBytes.of(FuseOpcode.IOCTL)
                .u64(FH)
                .u32(9, 0xc0045401)
                .u64(0x7fff_1234_5678L)
                .u32(inSize, outSize)
                .zeros(carried);
    }
}
