package org.cdevgate.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.nio.file.Path;
import org.cdevgate.fuse.driver.FifoDriver;
import org.cdevgate.fuse.driver.Sleep;
import org.cdevgate.fuse.harness.Closing;
import org.cdevgate.fuse.harness.Shell;
import org.cdevgate.gate.FopsGate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who may open a node, and change its mode, owner and times, and that the change stays. */
@Timeout(60)
class PermissionIT {
    private static final String NOT_PERMITTED = "Operation not permitted";
    private static final String DENIED = "Permission denied";

    private static OrdinaryUser user;

    private TestMount mount;
    private FopsGate own;
    private FopsGate foreign;

    @BeforeAll
    static void loadEverything() throws Exception {
        TestMount.loadEverything();
        user = new OrdinaryUser();
    }

    @BeforeEach
    void mount() throws Exception {
        mount = TestMount.create(builder -> builder.allowOther(user.isPlayedByRoot()));
        Path above = mount.mount().mountPoint().getParent();
        Shell.run("chmod 755 \"$1\"", above.toString()).expect(0);
        own = register("own", 0644, user.uid(), user.uid());
        foreign = register("foreign", 0644, user.isPlayedByRoot() ? 0 : 1, user.uid());
    }

    @AfterEach
    void unmount() throws Exception {
        Closing.all(mount);
    }

    private FopsGate register(String name, int mode, int uid, int gid) throws Exception {
        FifoDriver driver = new FifoDriver(Sleep.THREADLESS);
        driver.feed("!");
        DeviceNode node = DeviceNode.named(name).mode(mode).owner(uid, gid).link(name + "-link");
        return mount.register(FopsGate.of(name, driver), node, driver);
    }

    private String stat(String format, String name) throws Exception {
        String path = name.isEmpty() ? mount.path() : mount.path(name);
        return Shell.run("stat -c \"$1\" \"$2\"", format, path).expect(0).strip();
    }

    private Shell.Result asUser(String script) throws Exception {
        return user.shell("cd \"$1\" && " + script, mount.path());
    }

    /** As on a real /dev. */
    @Test
    void modeAndOwnerDecideWhoMayOpenWhat() throws Exception {
        register("everybody", 0666, 0, 0);
        register("readable", 0644, 0, 0);
        register("private", 0600, user.uid(), 0);
        register("closed", 0600, 0, 0);
        String readAndWrite = "head -c 1 \"$1\" && echo x > \"$1\"";
        assertEquals("!", user.shell(readAndWrite, mount.path("everybody")).expect(0));
        assertEquals("!", user.shell(readAndWrite, mount.path("private")).expect(0));
        assertEquals("!", user.shell("head -c 1 \"$1\"", mount.path("readable")).expect(0));
        user.shell("echo x > \"$1\"", mount.path("readable")).expectFailure(DENIED);
        user.shell("head -c 1 \"$1\"", mount.path("closed")).expectFailure(DENIED);
        user.shell("chmod 666 \"$1\"", mount.path("closed")).expectFailure("not permitted");
    }

    @Test
    void theOwnerChangesModeAndTimes() throws Exception {
        for (String mode : new String[] {"600", "4755", "1777", "7777", "0"}) {
            asUser("chmod " + mode + " own").expect(0);
            assertEquals(mode, stat("%a", "own"));
        }
        asUser("chmod 640 own-link").expect(0);
        assertEquals("640", stat("%a", "own"));
        asUser("touch -d '2001-02-03 04:05:06.789 UTC' own").expect(0);
        assertEquals("981173106.789 981173106.789", stat("%.3X %.3Y", "own"));
        String changed = stat("%.9Z", "own");
        assertNotEquals("981173106", stat("%Z", "own"));
        Shell.run("while test \"$(date +%s%3N)\" = \"$1\"; do :; done", millis(changed)).expect(0);
        asUser("chmod 641 own").expect(0);
        assertNotEquals(changed, stat("%.9Z", "own"), "ctime after chmod");
        assertEquals("981173106", stat("%Y", "own"), "mtime after chmod");
        asUser("chgrp " + user.uid() + " own").expect(0);
        asUser("echo x > own").expect(0);
        assertEquals("641", stat("%a", "own"), "the mode of a node that was written to");

        mount.remove(own);
        own = register("own", 0644, user.uid(), user.uid());
        assertEquals("644", stat("%a", "own"), "the mode is that of the registration");
    }

    private static String millis(String seconds) {
        return seconds.replace(".", "").substring(0, seconds.indexOf('.') + 3);
    }

    @Test
    void othersChangeNothing() throws Exception {
        for (String command :
                new String[] {
                    "chmod 666 foreign",
                    "chmod 666 foreign-link",
                    "chown " + user.uid() + " foreign",
                    "chown -h " + user.uid() + " foreign-link",
                    "chown 0 own",
                    "chgrp 0 own",
                    "touch -h -d '2001-02-03 04:05:06 UTC' foreign-link",
                }) {
            if (user.isPlayedByRoot() || !command.contains("foreign-link")) {
                asUser(command).expectFailure(NOT_PERMITTED);
            }
        }
        asUser("touch foreign").expectFailure(DENIED);
        asUser("truncate -s 0 foreign").expectFailure(DENIED);
        asUser("echo x > foreign").expectFailure(DENIED);
        asUser("test -r foreign && test ! -w foreign && test ! -x foreign").expect(0);
        assertEquals("644", stat("%a", "foreign"));
        if (user.isPlayedByRoot()) {
            asUser("chmod 777 .").expectFailure(NOT_PERMITTED);
            asUser("echo x > new").expectFailure(DENIED);
            asUser("rm -f own").expectFailure(DENIED);
            asUser("mkdir new").expectFailure(DENIED);
        }
    }

    @Test
    void rootChangesEverything() throws Exception {
        if (!user.isPlayedByRoot()) {
            return; // nobody here is root
        }
        String script = "chown 1:2 \"$1\" && chmod 4711 \"$1\" && stat -c '%u %g %a' \"$1\"";
        assertEquals("1 2 4711\n", Shell.run(script, mount.path("foreign")).expect(0));
        Shell.run("chown 3:4 \"$1\"", mount.path("foreign")).expect(0);
        assertEquals("3 4 711", stat("%u %g %a", "foreign"), "the kernel takes setuid away");
        Shell.run("chown -h 5:6 \"$1\"", mount.path("foreign-link")).expect(0);
        assertEquals("5 6 777", stat("%u %g %a", "foreign-link"));
        assertEquals("3 4", stat("%u %g", "foreign"));
        Shell.run("chmod 1777 \"$1\" && chown 7:8 \"$1\"", mount.path()).expect(0);
        assertEquals("1777 7 8", stat("%a %u %g", ""));
        mount.remove(foreign);
    }
}
