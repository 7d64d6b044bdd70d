package org.cdevgate.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import jnr.ffi.Pointer;
import org.cdevgate.abi.PollEvents;
import org.cdevgate.gate.stress.workload.Usage;
import ru.serce.jnrfuse.ErrorCodes;
import ru.serce.jnrfuse.FuseFillDir;
import ru.serce.jnrfuse.FuseStubFS;
import ru.serce.jnrfuse.struct.FileStat;
import ru.serce.jnrfuse.struct.FuseFileInfo;
import ru.serce.jnrfuse.struct.FusePollhandle;

/**
 * What a Java programmer would write today: jnr-fuse, which binds libfuse 2's high-level interface
 * and its multi-threaded loop. The same node as {@link NullServer}'s.
 */
public final class JnrFuseServer extends FuseStubFS {
    private static final String NODE = "/null0";
    private static final int LARGEST = 128 * 1024;

    private final byte[] device = new byte[LARGEST];

    /** Serves the folder that is given until standard input ends; says "ready" before. */
    public static void main(String[] args) throws IOException {
        new Usage(JnrFuseServer.class, "FOLDER", "Serves one node until standard input ends.")
                .check(args, 1, 1);
        JnrFuseServer server = new JnrFuseServer();
        server.mount(Path.of(args[0]), false, false, new String[] {"-o", "direct_io,big_writes"});
        System.out.println("ready");
        while (System.in.read() >= 0) {
            // What is written there does not matter.
        }
        server.umount();
        System.exit(0); // its threads are not daemons
    }

    @Override
    public int getattr(String path, FileStat stat) {
        boolean folder = Objects.equals(path, "/");
        if (!folder && !path.equals(NODE)) {
            return -ErrorCodes.ENOENT();
        }
        stat.st_mode.set(folder ? FileStat.S_IFDIR | 0755 : FileStat.S_IFREG | 0600);
        stat.st_nlink.set(1);
        return 0;
    }

    @Override
    public int readdir(
            String path, Pointer buffer, FuseFillDir filler, long offset, FuseFileInfo file) {
        filler.apply(buffer, NODE.substring(1), null, 0);
        return 0;
    }

    @Override
    public int open(String path, FuseFileInfo file) {
        return 0; // its file info has no direct_io to set: the mount has it
    }

    @Override
    public int read(String path, Pointer buffer, long size, long offset, FuseFileInfo file) {
        buffer.put(0, device, 0, (int) size);
        return (int) size;
    }

    @Override
    public int write(String path, Pointer buffer, long size, long offset, FuseFileInfo file) {
        buffer.get(0, device, 0, (int) size);
        return (int) size;
    }

    @Override
    public int ioctl(
            String path,
            int command,
            Pointer argument,
            FuseFileInfo file,
            long flags,
            Pointer data) {
        return 0; // the caller's bytes go back to it as they are
    }

    @Override
    public int poll(String path, FuseFileInfo file, FusePollhandle handle, Pointer revents) {
        revents.putInt(
                0,
                PollEvents.POLLIN
                        | PollEvents.POLLOUT
                        | PollEvents.POLLRDNORM
                        | PollEvents.POLLWRNORM);
        return 0;
    }
}
