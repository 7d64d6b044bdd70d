package org.cdevgate.examples;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.cdevgate.fuse.DeviceMount;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.WaitQueue;

/** Holds one message: a read of the empty box sleeps, and so does a write to the full one. */
public final class Mailbox implements FileOperations {
    private final WaitQueue full = new WaitQueue("full");
    private final WaitQueue empty = new WaitQueue("empty");
    private byte[] message;

    @Override
    public synchronized int read(OpenFile file, ByteBuffer dst, long position, Call call) {
        if (message == null) {
            return call.wouldBlock(full); // run again after full.wakeUp()
        }
        int count = Math.min(message.length, dst.remaining());
        dst.put(message, 0, count);
        message = null;
        empty.wakeUp();
        return count;
    }

    @Override
    public synchronized int write(OpenFile file, ByteBuffer src, long position, Call call) {
        if (message != null) {
            return call.wouldBlock(empty);
        }
        byte[] taken = new byte[src.remaining()];
        src.get(taken);
        message = taken;
        full.wakeUp();
        return taken.length;
    }

    public static void main(String[] args) throws Exception {
        try (DeviceMount dev = DeviceMount.mount(Path.of(args[0]))) {
            FopsGate gate = dev.register("mailbox", new Mailbox());
            System.out.println("cat " + dev.path("mailbox") + " elsewhere; Enter here unplugs it");
            System.in.read();
            gate.unregisterSync(); // each caller has its answer, none is in the driver
        }
    }
}
