package org.cdevgate.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.OpenFlags;
import org.cdevgate.fuse.driver.FifoDriver;
import org.cdevgate.fuse.driver.Sleep;
import org.cdevgate.fuse.harness.Shell;
import org.cdevgate.gate.FopsGate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What programs are told that try to make names in the mount, or to take them away. */
class RefusalIT extends MountBase {
    private static final int O_CREAT = 0x40;
    private static final int O_EXCL = 0x80;

    private final FifoDriver driver = new FifoDriver(Sleep.THREADLESS);

    @BeforeEach
    void register() throws Exception {
        DeviceNode node = DeviceNode.named("fifo").mode(0666).link("link");
        mount.register(FopsGate.of("fifo", driver), node, driver);
        mount.register("dir/other", new FifoDriver(Sleep.THREADLESS));
    }

    private Shell.Result inMount(String script) throws Exception {
        return Shell.run("cd \"$1\" && " + script, mount.path());
    }

    @Test
    void namesComeAndGoByRegistrationOnly() throws Exception {
        for (String command :
                List.of(
                        "touch new",
                        "echo x > new",
                        "cp /etc/hostname new",
                        "dd if=/etc/hostname of=new",
                        "mkdir new",
                        "mkdir dir/new",
                        "ln -s fifo new",
                        "ln fifo new",
                        "mkfifo new",
                        "mknod new p",
                        "rm -f fifo",
                        "rm -f link",
                        "rm -rf dir",
                        "unlink fifo",
                        "rmdir dir",
                        "mv fifo new",
                        "mv -f fifo dir/other",
                        "mv dir new")) {
            for (int time = 0; time < 2; time++) { // the kernel must not have learnt another answer
                inMount(command).expectFailure("Operation not permitted");
            }
        }
        assertEquals(
                ". ./dir ./dir/other ./fifo ./link",
                inMount("find . | sort").expect(0).strip().replace('\n', ' '));
        inMount("echo ok > fifo").expect(0);
        assertEquals("ok\n", driver.drain());
    }

    @Test
    void namesInUseAreSaidToExist() throws Exception {
        for (String command :
                List.of(
                        "mkdir fifo",
                        "ln -s x fifo",
                        "mknod fifo p",
                        "ln dir/other fifo",
                        "mkdir link")) {
            inMount(command).expectFailure("File exists");
        }
    }

    @Test
    void openWithCreateOpensWhatIsThere() throws Exception {
        int writeOnly = OpenFlags.O_WRONLY;
        String path = mount.path("fifo");
        int fd = client.open(path, writeOnly | O_CREAT);
        client.write(fd, "abc").expect(3);
        client.tryOpen(path, writeOnly | O_CREAT | O_EXCL).expect(Errno.EEXIST);
        client.tryOpen(mount.path("new"), writeOnly | O_CREAT).expect(Errno.EPERM);
        client.tryOpen(mount.path("new"), writeOnly | O_CREAT | O_EXCL).expect(Errno.EPERM);
        client.tryOpen(mount.path("dir/new"), writeOnly | O_CREAT).expect(Errno.EPERM);
        client.tryOpen(mount.path("no/new"), writeOnly | O_CREAT).expect(Errno.ENOENT);
        assertEquals("abc", driver.drain());
    }

    /** One that comes between the kernel's look and its create was absent; ESTALE never shows. */
    @Test
    void openWithCreateWhileTheNodeComesAndGoes() throws Exception {
        String loop =
                "cd \"$1\"; while test ! -e stop; do : > node; done 2>&1 | sed 's/.*: //' | sort -u";
        try (Shell opener = Shell.start(loop, mount.path())) {
            for (int i = 0; i < 1_500; i++) {
                mount.remove(mount.register("node", new FifoDriver(Sleep.THREADLESS)));
            }
            mount.register("stop", new FifoDriver(Sleep.THREADLESS));
            List<String> errors = new ArrayList<>(opener.await().expect(0).lines().toList());
            // Absent when it was looked up; removed between look-up and open.
            errors.removeAll(List.of("Operation not permitted", "No such device"));
            assertEquals(List.of(), errors, "errors of open with O_CREAT");
        }
    }

    @Test
    void extendedAttributesAreQuietlyAbsent() throws Exception {
        assertEquals("", inMount("ls -l fifo dir > /dev/null").errors());
        Shell.Result copy =
                inMount("d=$(mktemp -d) && cp -a link \"$d\" && ls \"$d\"; rm -r \"$d\"");
        assertEquals("link\n", copy.expect(0));
        assertEquals("", copy.errors());
        inMount("echo x > fifo").expect(0); // the kernel has asked for security.capability
        inMount("ls --color=always fifo").expect(0);
        inMount("fallocate -l 10 fifo").expectFailure("Operation not supported");
        inMount("chmod 4755 fifo && chmod u-s fifo").expect(0);
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '|',
            value = {"256, File name too long", "1000, File name too long", "255, No such file"})
    void longNamesAreRefusedAsByAnyFileSystem(int bytes, String error) throws Exception {
        inMount("cat \"$(printf \"%" + bytes + "s\" | tr ' ' x)\"").expectFailure(error);
    }
}
