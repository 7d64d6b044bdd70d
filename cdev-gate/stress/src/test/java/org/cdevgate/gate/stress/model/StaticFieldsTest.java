package org.cdevgate.gate.stress.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

class StaticFieldsTest {
    private static final String OWNER = Type.getInternalName(StaticFieldsTest.class);
    private static final int FINAL = Opcodes.ACC_STATIC | Opcodes.ACC_FINAL;

    @SuppressWarnings("unused") // read by its name
    private static final AtomicLong IDS = new AtomicLong(7);

    @SuppressWarnings("unused")
    private static final int[] TABLE = {1, 2};

    @SuppressWarnings("unused")
    private static final List<String> NAMES = List.of("a");

    @SuppressWarnings("unused")
    private static final List<String> CACHE = new ArrayList<>();

    private final StaticFields fields = new StaticFields();

    @Test
    void aRunFindsAStaticCounterAsItWasWhenItsClassWasLoaded() {
        int number = fields.number(OWNER, "IDS");
        RunState.begin();
        AtomicLong ids = (AtomicLong) RunState.of(number);
        assertEquals(7, ids.get());
        ids.set(8);
        assertSame(ids, RunState.of(number), "within a run the counter is one");

        RunState.begin();
        assertEquals(7, ((AtomicLong) RunState.of(number)).get(), "the next run sees the last");
        assertEquals(7, IDS.get(), "a run has changed the field itself");
    }

    @Test
    void aRunFindsAStaticTableAsItWasWhenItsClassWasLoaded() {
        int number = fields.number(OWNER, "TABLE");
        RunState.begin();
        int[] table = (int[]) RunState.of(number);
        assertNotSame(TABLE, table);
        table[0] = 9;

        RunState.begin();
        assertArrayEquals(new int[] {1, 2}, (int[]) RunState.of(number));
    }

    @Test
    void aStaticFieldThatCanBeAssignedIsRefusedByItsName() {
        IllegalStateException refused =
                assertThrows(
                        IllegalStateException.class,
                        () -> fields.declared(OWNER, "now", "J", Opcodes.ACC_STATIC));
        assertTrue(refused.getMessage().contains("StaticFieldsTest.now"), refused.getMessage());
    }

    @Test
    void aStaticListThatNobodyCanChangeIsAConstant() {
        fields.declared(OWNER, "NAMES", "Ljava/util/List;", FINAL);
        fields.check();
    }

    @Test
    void aStaticListThatCanBeChangedIsRefusedByItsName() {
        fields.declared(OWNER, "CACHE", "Ljava/util/List;", FINAL);
        IllegalStateException refused = assertThrows(IllegalStateException.class, fields::check);
        assertTrue(refused.getMessage().contains("StaticFieldsTest.CACHE"), refused.getMessage());
    }
}
