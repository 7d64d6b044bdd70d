package org.cdevgate.fuse.memory;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CallerMemoryRightsTest {
    private static final String ROOT = "Name:\tjava\nCapPrm:\t0\nCapEff:\t000001ffffffffff\n";
    private static final String ONLY_PTRACE = "CapEff:\t0000000000080000\nSeccomp:\t0\n";
    private static final String ALL_BUT_PTRACE = "CapEff:\t000001fffff7ffff\n";
    private static final String USER = "CapPrm:\t0000000000080000\nCapEff:\t0000000000000000\n";

    @ParameterizedTest
    @ValueSource(strings = {"0", "1", "2"})
    void theCapabilityOpensAllThatYamaCan(String scope) {
        assertNull(CallerMemoryRights.refusal(ROOT, scope));
        assertNull(CallerMemoryRights.refusal(ONLY_PTRACE, scope));
    }

    @ParameterizedTest
    @ValueSource(strings = {ALL_BUT_PTRACE, USER})
    void withoutItScopeZeroOpensTheProcessesOfTheSameUser(String status) {
        assertNull(CallerMemoryRights.refusal(status, "0"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "2"})
    void refusalNamesBothRemedies(String scope) {
        for (String status : new String[] {ALL_BUT_PTRACE, USER, ""}) {
            String refusal = CallerMemoryRights.refusal(status, scope);
            assertNotNull(refusal, "mounted, and every copy would fail");
            assertTrue(refusal.contains("CAP_SYS_PTRACE"), refusal);
            assertTrue(refusal.contains("ptrace_scope is " + scope), refusal);
            assertTrue(refusal.contains("kernel.yama.ptrace_scope=0"), refusal);
        }
    }

    /** No capability helps there, so none is recommended. */
    @Test
    void scopeThreeIsRefusedToEverybody() {
        String refusal = CallerMemoryRights.refusal(ROOT, "3");
        assertNotNull(refusal);
        assertTrue(refusal.contains("next boot"), refusal);
        assertNotNull(CallerMemoryRights.refusal(USER, "3"));
    }
}
