package org.cdevgate.fuse.mount;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class MountOptionsTest {
    private static final Path ANYWHERE = Path.of("/mnt/devices");

    @Test
    void aNameThatCouldSmuggleInAnOptionIsRefused() {
        for (String name :
                new String[] {"", "a,allow_other", "a\\,b", "a b", "a\nb", "#a", "x".repeat(129)}) {
            String message =
                    assertThrows(
                                    IllegalArgumentException.class,
                                    () -> new MountOptions(ANYWHERE, name, false))
                            .getMessage();
            assertTrue(message.contains("cdev-gate"), message);
        }
    }

    @Test
    void usualNamesPass() {
        for (String name : new String[] {"cdev-gate", "sensor@host:/dev/x+y=1_2.3"}) {
            assertEquals(name, new MountOptions(ANYWHERE, name, false).fsName());
        }
    }
}
