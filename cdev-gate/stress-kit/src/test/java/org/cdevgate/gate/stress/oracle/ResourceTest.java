package org.cdevgate.gate.stress.oracle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class ResourceTest {
    private final Findings findings = new Findings(finding -> {});
    private final DeviceLife life = new DeviceLife("dev0", 1, findings);
    private final Resource regs = new Resource("regs", life);

    private interface Port extends AutoCloseable {
        int read();

        @Override
        void close();
    }

    private Finding only() {
        List<Finding> all = findings.all();
        assertEquals(1, all.size(), () -> "findings: " + all);
        return all.get(0);
    }

    private static void frees(Resource resource) {
        resource.free();
    }

    private static void touches(Resource resource) {
        resource.touch();
    }

    @Test
    void aTouchAfterTheFreeIsReportedWithBothStacks() {
        touches(regs);
        frees(regs);
        touches(regs);
        touches(regs);
        Finding found = only();
        assertEquals(Finding.Kind.TOUCHED_AFTER_FREE, found.kind());
        assertEquals(2, found.times(), "a use after free must be counted each time");
        assertTrue(
                found.detail().contains("ResourceTest.frees")
                        && found.detail().contains("ResourceTest.touches"),
                () -> "the author cannot see who freed and who touched:\n" + found.detail());
    }

    @Test
    void aSecondFreeIsReportedWithBothStacks() {
        regs.free();
        frees(regs);
        Finding found = only();
        assertEquals(Finding.Kind.FREED_TWICE, found.kind());
        assertTrue(found.detail().contains("ResourceTest.frees"), found::detail);
    }

    @Test
    void whatIsNotFreedWhenTheRemoverReturnsIsLost() {
        life.registered();
        life.removerCalls();
        life.teardownBegins();
        life.teardownEnds();
        life.removerReturned(true);
        Finding found = only();
        assertEquals(Finding.Kind.LOST, found.kind());
        assertEquals("regs", found.subject());
        assertTrue(found.detail().contains("ResourceTest"), "where it was made is not shown");
    }

    @Test
    void aTouchAfterTheRemovalIsReportedThoughNobodyFreed() {
        whatIsNotFreedWhenTheRemoverReturnsIsLost();
        regs.touch();
        assertEquals(Finding.Kind.TOUCHED_AFTER_FREE, findings.all().get(1).kind());
    }

    @Test
    void aGuardedInterfaceTouchesAtEachCallAndFreesAtClose() {
        Port real =
                new Port() {
                    @Override
                    public int read() {
                        return 7;
                    }

                    @Override
                    public void close() {}
                };
        Port port = regs.guard(Port.class, real);
        assertEquals(7, port.read());
        assertTrue(findings.isEmpty());
        port.close();
        assertEquals(7, port.read(), "the driver must not notice");
        assertEquals(Finding.Kind.TOUCHED_AFTER_FREE, only().kind());
    }

    @Test
    void whatIsNoInterfaceCannotBeGuarded() {
        IllegalArgumentException refused =
                assertThrows(
                        IllegalArgumentException.class, () -> regs.guard(String.class, "regs"));
        assertTrue(refused.getMessage().contains("java.lang.String"), refused::getMessage);
    }
}
