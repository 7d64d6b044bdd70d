package org.cdevgate.fuse.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.cdevgate.fuse.harness.MessageGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever bytes come, the decoder says what is wrong or reads within them. Each message lies in a
 * read-only buffer that ends with it, so that a look beyond its end throws. The seed is {@code
 * -Dcdevgate.fuzz.seed}, how many messages {@code -Dcdevgate.fuzz.messages}.
 */
class MessagePropertyTest {
    private static final long SEED = Long.getLong("cdevgate.fuzz.seed", 20240607);
    private static final int MESSAGES = Integer.getInteger("cdevgate.fuzz.messages", 30_000);

    /** Accessors without an assertion on their opcode, and those of the header. */
    private static final Set<FuseOpcode> WITH_FH =
            Set.of(
                    FuseOpcode.READ,
                    FuseOpcode.WRITE,
                    FuseOpcode.READDIR,
                    FuseOpcode.READDIRPLUS,
                    FuseOpcode.IOCTL,
                    FuseOpcode.POLL,
                    FuseOpcode.LSEEK,
                    FuseOpcode.FLUSH,
                    FuseOpcode.FSYNC,
                    FuseOpcode.FSYNCDIR,
                    FuseOpcode.RELEASE,
                    FuseOpcode.RELEASEDIR,
                    FuseOpcode.FALLOCATE,
                    FuseOpcode.GETATTR,
                    FuseOpcode.SETATTR);

    private static final List<Method> ACCESSORS = accessors(FuseRequest.class);
    private static final List<Method> OF_SETATTR = accessors(SetattrArguments.class);
    private static final Map<FuseOpcode, List<Method>> BY_OPCODE = accessorsByOpcode();

    private static List<Method> accessors(Class<?> type) {
        return Arrays.stream(type.getDeclaredMethods())
                .filter(method -> java.lang.reflect.Modifier.isPublic(method.getModifiers()))
                .filter(method -> method.getParameterCount() == 0 && !method.isSynthetic())
                .sorted(Comparator.comparing(Method::getName))
                .toList();
    }

    /** Which accessors each opcode has: those that do not object to a sound message of it. */
    private static Map<FuseOpcode, List<Method>> accessorsByOpcode() {
        MessageGenerator generator = new MessageGenerator(SEED, MessageGenerator.NOWHERE);
        Map<FuseOpcode, List<Method>> all = new HashMap<>();
        for (FuseOpcode opcode : MessageGenerator.opcodes()) {
            byte[] message = generator.sound(opcode);
            FuseRequest request = view(message);
            assertEquals(DecodeError.NONE, request.wrap(message.length));
            List<Method> own = new ArrayList<>();
            for (Method accessor : ACCESSORS) {
                if (accessor.getName().equals("fh")
                        ? WITH_FH.contains(opcode)
                        : !objects(accessor, request)) {
                    own.add(accessor);
                }
            }
            all.put(opcode, own);
        }
        return all;
    }

    private static boolean objects(Method accessor, FuseRequest request) {
        try {
            accessor.invoke(request);
            return false;
        } catch (InvocationTargetException e) {
            return e.getCause() instanceof AssertionError;
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(e.getMessage(), e);
        }
    }

    private static FuseRequest view(byte[] message) {
        return new FuseRequest(
                ByteBuffer.wrap(message).asReadOnlyBuffer().order(ByteOrder.nativeOrder()));
    }

    static List<FuseOpcode> opcodes() {
        return MessageGenerator.opcodes();
    }

    @Test
    void everyAccessorBelongsToAnOpcodeThatIsGenerated() {
        Set<String> used = new TreeSet<>();
        BY_OPCODE.values().forEach(all -> all.forEach(each -> used.add(each.getName())));
        Set<String> declared = new TreeSet<>();
        ACCESSORS.forEach(each -> declared.add(each.getName()));
        assertEquals(declared, used, "some accessor is never tried");
    }

    @Test
    void everyOpcodeIsAmongThem() {
        assertEquals(
                FuseOpcode.values().length - 1, opcodes().size(), "all but UNKNOWN have a layout");
    }

    @ParameterizedTest
    @MethodSource("opcodes")
    void soundMessagesAreTakenAndReadWithinTheirBytes(FuseOpcode opcode) {
        MessageGenerator generator = new MessageGenerator(SEED, MessageGenerator.NOWHERE);
        for (int i = 0; i < 200; i++) {
            byte[] message = generator.sound(opcode);
            assertEquals(DecodeError.NONE, judge(message), () -> describe(message));
        }
    }

    @ParameterizedTest
    @MethodSource("opcodes")
    void messagesCutAtEveryLengthAreRefusedOrReadWithinTheirBytes(FuseOpcode opcode) {
        MessageGenerator generator = new MessageGenerator(SEED, MessageGenerator.NOWHERE);
        byte[] whole = generator.sound(opcode);
        while (whole.length > 6000) {
            whole = generator.sound(opcode);
        }
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            DecodeError error = judge(cut);
            assertTrue(
                    error == DecodeError.HEADER_TRUNCATED || error == DecodeError.LENGTH_MISMATCH,
                    () -> describe(cut));
            judge(MessageGenerator.withLength(cut)); // the header may know of the loss
        }
    }

    @Test
    void mutatedMessagesAreRefusedOrReadWithinTheirBytes() {
        MessageGenerator generator = new MessageGenerator(SEED, MessageGenerator.NOWHERE);
        Set<DecodeError> seen = EnumSet.noneOf(DecodeError.class);
        for (int i = 0; i < MESSAGES; i++) {
            seen.add(judge(generator.mutated(generator.anyOpcode())));
        }
        assertEquals(EnumSet.allOf(DecodeError.class), seen, "seed " + SEED + " misses an outcome");
    }

    @Test
    void noiseIsRefusedOrReadWithinItsBytes() {
        MessageGenerator generator = new MessageGenerator(SEED, MessageGenerator.NOWHERE);
        for (int i = 0; i < MESSAGES; i++) {
            judge(generator.noise());
        }
    }

    /** More cannot have been received than the buffer holds, whatever the header agrees to. */
    @Test
    void aLengthBeyondTheBufferIsRefused() {
        for (int length : new int[] {81, 4096, Integer.MAX_VALUE}) {
            byte[] message = RequestBytes.of(FuseOpcode.READ).zeros(40).message().array();
            ByteBuffer.wrap(message).order(ByteOrder.nativeOrder()).putInt(0, length);
            FuseRequest request = view(message);
            assertEquals(DecodeError.LENGTH_MISMATCH, request.wrap(length));
            assertFalse(request.describe(DecodeError.LENGTH_MISMATCH).isEmpty());
        }
    }

    private static String describe(byte[] message) {
        FuseRequest request = view(message);
        DecodeError error = request.wrap(message.length);
        return "seed " + SEED + ": " + request.describe(error) + "; " + start(message);
    }

    private static String start(byte[] message) {
        return HexFormat.of().formatHex(message, 0, Math.min(message.length, 200));
    }

    /** Decodes, describes, and uses every accessor that the message's opcode has. */
    private static DecodeError judge(byte[] message) {
        FuseRequest request = view(message);
        try {
            DecodeError error = request.wrap(message.length);
            assertFalse(request.describe(error).isEmpty());
            if (error.isAnswerable()) {
                request.unique();
                request.opcode();
            }
            if (error == DecodeError.NONE) {
                useEverything(request);
            }
            return error;
        } catch (RuntimeException | ReflectiveOperationException e) {
            throw new AssertionError("seed " + SEED + ": " + start(message), e);
        }
    }

    private static void useEverything(FuseRequest request) throws ReflectiveOperationException {
        FuseOpcode opcode = request.opcode();
        for (Method accessor : BY_OPCODE.getOrDefault(opcode, List.of())) {
            accessor.invoke(request);
        }
        switch (opcode) {
            case WRITE -> within(request, FuseRequest.WRITE_PAYLOAD_OFFSET, request.size());
            case IOCTL -> {
                within(request, FuseRequest.IOCTL_PAYLOAD_OFFSET, request.ioctlInSize());
                assertTrue(request.ioctlOutSize() >= 0 && request.ioctlOutSize() <= 16383);
            }
            case READ, READDIR, READDIRPLUS -> assertTrue(request.size() >= 0, "a negative size");
            case SETATTR -> {
                for (Method accessor : OF_SETATTR) {
                    accessor.invoke(request.setattr());
                }
            }
            case FORGET, BATCH_FORGET -> {
                ForgetArguments forget = request.forget();
                for (int i = 0; i < forget.count(); i++) {
                    forget.nodeId(i);
                    forget.lookups(i);
                }
            }
            default -> {
                // No data of its own.
            }
        }
    }

    private static void within(FuseRequest request, int offset, int size) {
        assertTrue(
                size >= 0 && offset + size <= request.length(),
                () -> "a driver would see bytes of another message: " + size);
    }
}
