package org.cdevgate.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import org.cdevgate.fuse.driver.FifoDriver;
import org.cdevgate.fuse.driver.Sleep;
import org.cdevgate.fuse.harness.Shell;
import org.cdevgate.gate.FopsGate;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The mode and owner of a node decide who may open it, as on a real /dev. */
@Timeout(60)
class SharedMountIT {
    private static final String DENIED = "Permission denied";

    @BeforeAll
    static void loadEverything() throws Exception {
        TestMount.loadEverything();
    }

    @Test
    void permissionsDecideWhoMayOpenWhat() throws Exception {
        OrdinaryUser user = new OrdinaryUser();
        // An ordinary user's own mount is open to that user; root's only if it is shared.
        try (TestMount mount =
                TestMount.create(builder -> builder.allowOther(user.isPlayedByRoot()))) {
            Path above = mount.mount().mountPoint().getParent();
            Shell.run("chmod 755 \"$1\"", above.toString()).expect(0);
            register(mount, "everybody", 0666, 0);
            register(mount, "readable", 0644, 0);
            register(mount, "own", 0600, user.uid());
            register(mount, "foreign", 0600, 0);

            String readAndWrite = "head -c 1 \"$1\" && echo x > \"$1\"";
            assertEquals("!", user.shell(readAndWrite, mount.path("everybody")).expect(0));
            assertEquals("!", user.shell(readAndWrite, mount.path("own")).expect(0));
            assertEquals("!", user.shell("head -c 1 \"$1\"", mount.path("readable")).expect(0));
            user.shell("echo x > \"$1\"", mount.path("readable")).expectFailure(DENIED);
            user.shell("head -c 1 \"$1\"", mount.path("foreign")).expectFailure(DENIED);
            user.shell("chmod 666 \"$1\"", mount.path("foreign")).expectFailure("not permitted");
        }
    }

    private static void register(TestMount mount, String name, int mode, int uid) throws Exception {
        FifoDriver driver = new FifoDriver(Sleep.THREADLESS);
        driver.feed("!");
        DeviceNode node = DeviceNode.named(name).mode(mode).owner(uid, 0);
        mount.register(FopsGate.of(name, driver), node, driver);
    }
}
