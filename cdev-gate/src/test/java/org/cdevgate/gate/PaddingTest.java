package org.cdevgate.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import org.cdevgate.gate.accounting.CallFrame;
import org.cdevgate.gate.accounting.CallRecord;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a thread writes at each call lies two cache lines behind what another may write. */
class PaddingTest {
    private static final long PADDING = 128;

    @ParameterizedTest
    @ValueSource(classes = {Frame.class, CallFrame.class, CallRecord.class})
    void noFieldLiesBeforeThePadding(Class<?> type) throws Exception {
        Class<?> unsafe = Class.forName("sun.misc.Unsafe");
        Field instance = unsafe.getDeclaredField("theUnsafe");
        instance.setAccessible(true);
        Method offset = unsafe.getMethod("objectFieldOffset", Field.class);
        List<String> before = new ArrayList<>();
        for (Field each : type.getDeclaredFields()) {
            if (!Modifier.isStatic(each.getModifiers())
                    && (long) offset.invoke(instance.get(null), each) < PADDING) {
                before.add(each.getName());
            }
        }
        assertEquals(List.of(), before, "threads that call at the same time slow each other down");
    }
}
