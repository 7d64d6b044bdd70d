package org.cdevgate.cli.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NamespaceSwitchesTest {
    @TempDir Path sys;

    @ParameterizedTest
    @CsvSource({
        "kernel/unprivileged_userns_clone,0,kernel.unprivileged_userns_clone=1",
        "user/max_user_namespaces,0,user.max_user_namespaces=10000",
        "kernel/apparmor_restrict_unprivileged_userns,1,"
                + "kernel.apparmor_restrict_unprivileged_userns=0",
    })
    void settingThatRefusesIsNamedWithTheCommand(String file, String value, String remedy)
            throws Exception {
        Path setting = sys.resolve(file);
        Files.createDirectories(setting.getParent());
        Files.writeString(setting, value + "\n");
        String told = NamespaceSwitches.remedy(sys);
        assertTrue(told.endsWith("sudo sysctl " + remedy), told);
        Files.writeString(setting, "7\n");
        assertFalse(NamespaceSwitches.remedy(sys).contains("sysctl"));
    }

    @Test
    void withoutASettingTheContainerIsSuspected() {
        assertTrue(NamespaceSwitches.remedy(sys).contains("container"));
    }

    @Test
    void onlyCapSysAdminMounts() {
        assertTrue(Capabilities.mayMount("Name:\tx\nCapEff:\t0000000000200000\n"));
        assertEquals(false, Capabilities.mayMount("Name:\tx\nCapEff:\tffffffffffdfffff\n"));
        assertFalse(Capabilities.mayMount("CapPrm:\t0000000000200000\nCapEff:\t0000000000000000"));
    }
}
