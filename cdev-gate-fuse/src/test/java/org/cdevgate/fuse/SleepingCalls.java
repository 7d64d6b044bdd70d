package org.cdevgate.fuse;

import java.io.IOException;
import org.cdevgate.abi.OpenFlags;
import org.cdevgate.fuse.driver.VerbDriver;
import org.cdevgate.fuse.driver.Waiting;
import org.cdevgate.fuse.harness.ClientProcess;
import org.cdevgate.fuse.harness.Pending;
import org.cdevgate.fuse.harness.Within;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.calls.Verb;

/** A node on which a call of one verb sleeps, in the way of the test's choice. */
final class SleepingCalls implements AutoCloseable {
    private final TestMount mount;
    private final Verb verb;
    private final Waiting waiting;
    private final VerbDriver driver;
    private final FopsGate gate;

    /** Registers the node; its name must be new. */
    SleepingCalls(TestMount mount, String name, Verb verb, Waiting waiting) throws IOException {
        this.mount = mount;
        this.verb = verb;
        this.waiting = waiting;
        driver = new VerbDriver(verb, waiting);
        gate = driver.gate(name, false);
        mount.register(gate, DeviceNode.named(name).flush(verb == Verb.FLUSH), driver);
    }

    VerbDriver driver() {
        return driver;
    }

    FopsGate gate() {
        return gate;
    }

    String path() {
        return mount.path(gate.name());
    }

    /** Begins the call, and returns when it sleeps. */
    Pending begin(ClientProcess client) throws Exception {
        Pending call = send(client);
        Within.limit(
                call + " sleeps",
                () -> isAsleep() || call.isDone(),
                () -> "in flight: " + gate.callsInFlight());
        if (call.isDone()) {
            throw new AssertionError(call + " did not sleep but returned " + call.await());
        }
        return call;
    }

    private boolean isAsleep() {
        return (waiting == Waiting.OWN_CODE || waiting == Waiting.DEAF)
                ? driver.inOwnCode() == 1
                : TestMount.asleep(gate, verb) == 1;
    }

    private Pending send(ClientProcess client) throws Exception {
        if (verb == Verb.OPEN) {
            return client.beginOpen(path(), OpenFlags.O_RDWR);
        }
        int fd = client.open(path(), OpenFlags.O_RDWR);
        return switch (verb) {
            case READ -> client.beginRead(fd, 8);
            case WRITE -> client.beginWrite(fd, "abcd");
            case IOCTL -> client.beginIoctl(fd, VerbDriver.EXCHANGE);
            case FSYNC -> client.beginFsync(fd);
            case FLUSH -> client.beginClose(fd);
            case MMAP -> client.beginLoad(client.map(fd, VerbDriver.PAGE));
            default -> throw new IllegalArgumentException(verb + " does not sleep");
        };
    }

    /** Fails the test unless the call returned what the driver answers, from beginning to end. */
    void expectAnswer(Pending call) throws InterruptedException {
        switch (verb) {
            case OPEN -> call.await().success();
            case READ -> call.await().expect(VerbDriver.DATA.length());
            case WRITE -> call.await().expect(4);
            case IOCTL -> call.await().expect(8);
            case MMAP -> call.await().expect('p');
            default -> call.await().expect(0);
        }
    }

    /** What the library holds for a process that has gone is gone too. */
    void expectNothingLeft() {
        TestMount.awaitReleased(driver);
        TestMount.awaitNoCalls(gate);
    }

    /** Lets all calls go and removes the node. */
    @Override
    public void close() {
        driver.answer();
        try {
            mount.remove(gate);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new AssertionError("cannot remove " + gate.name(), e);
        }
    }
}
