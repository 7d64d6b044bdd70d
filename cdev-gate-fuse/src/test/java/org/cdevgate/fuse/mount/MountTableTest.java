package org.cdevgate.fuse.mount;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MountTableTest {
    private static final String TABLE =
            """
            27 1 254:0 / / rw,relatime shared:1 - ext4 /dev/root rw
            40 27 0:38 / /mnt/a\\040b rw,nosuid - fuse.cdev-gate one rw,user_id=0,group_id=0
            41 27 0:39 / /mnt/two rw shared:9 master:1 - fuse.cdev-gate x rw,user_id=7,allow_other
            42 41 0:40 /sub /mnt/two rw - tmpfs  rw
            43 27 0:41 / /mnt/back\\134slash\\011tab rw - tmpfs none rw
            """;

    private static MountTable table() {
        return MountTable.parse(TABLE.getBytes(StandardCharsets.UTF_8));
    }

    private static Optional<MountEntry> at(String path) {
        return table().topAt(Path.of(path));
    }

    @Test
    void escapedPathsAreFoundByTheirRealName() {
        assertTrue(at("/mnt/a b").orElseThrow().isOurType());
        assertTrue(at("/mnt/back\\slash\ttab").isPresent());
        assertTrue(at("/mnt/a").isEmpty());
    }

    @Test
    void theUppermostOfStackedMountsCounts() {
        assertFalse(at("/mnt/two").orElseThrow().isOurType());
    }

    @Test
    void fieldsBehindOptionalOnesAreFound() {
        MountEntry entry =
                MountEntry.parse(TABLE.lines().toList().get(2).getBytes(StandardCharsets.UTF_8));
        assertEquals(41, entry.id());
        assertEquals("0:39", entry.device());
        assertEquals("fuse.cdev-gate", entry.type());
        assertTrue(entry.answersTo(0), "allow_other");
    }

    @Test
    void aMountClosedToOthersAnswersToItsUserOnly() {
        MountEntry entry = at("/mnt/a b").orElseThrow();
        assertTrue(entry.answersTo(0));
        assertFalse(entry.answersTo(7));
    }

    @Test
    void aMountIsRecognisedWhereverItWasMoved() {
        MountEntry before = at("/mnt/a b").orElseThrow();
        MountTable moved =
                MountTable.parse(
                        TABLE.replace("/mnt/a\\040b", "/srv").getBytes(StandardCharsets.UTF_8));
        assertEquals("/srv", moved.find(before).orElseThrow().mountPoint());
    }

    @Test
    void aMountWithAnotherIdOrDeviceIsAnotherMount() {
        MountEntry before = at("/mnt/a b").orElseThrow();
        for (String later :
                new String[] {TABLE.replace("40 27 ", "50 27 "), TABLE.replace("0:38", "0:48")}) {
            MountTable table = MountTable.parse(later.getBytes(StandardCharsets.UTF_8));
            assertTrue(table.find(before).isEmpty());
        }
    }

    @Test
    void textOfAnotherFormIsRefused() {
        assertThrows(
                IllegalArgumentException.class,
                () -> MountEntry.parse("one two".getBytes(StandardCharsets.UTF_8)));
    }

    /** Bytes, not text, tell paths apart. */
    @Test
    void aMountIsNotFoundByTheNameThatItsBytesReadAs() {
        String line = "50 27 0:50 / /mnt/x\u00ff rw - fuse.cdev-gate one rw,user_id=0\n";
        MountTable table = MountTable.parse(line.getBytes(StandardCharsets.ISO_8859_1));
        assertTrue(table.topAt(Path.of(URI.create("file:///mnt/x%EF%BF%BD"))).isEmpty());
    }
}
