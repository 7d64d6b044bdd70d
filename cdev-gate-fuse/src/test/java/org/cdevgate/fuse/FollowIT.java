package org.cdevgate.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.cdevgate.abi.Errno;
import org.cdevgate.cdev.Cdev;
import org.cdevgate.cdev.CharDevices;
import org.cdevgate.cdev.MiscDevice;
import org.cdevgate.cdev.MiscDevices;
import org.cdevgate.cdev.NumberRegion;
import org.cdevgate.fuse.driver.FifoDriver;
import org.cdevgate.fuse.driver.Sleep;
import org.cdevgate.fuse.harness.Pending;
import org.cdevgate.fuse.harness.Shell;
import org.cdevgate.fuse.harness.Within;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.calls.Verb;
import org.cdevgate.gate.front.RemovalListener;
import org.junit.jupiter.api.Test;

/** A mount that shows what a registry has. */
class FollowIT extends MountBase {
    private final CharDevices devices = new CharDevices();
    private final NumberRegion region = devices.allocRegion(0, 4, "test");

    private FopsGate add(String name, int index) {
        FopsGate gate = FopsGate.of(name, new FifoDriver(Sleep.THREADLESS));
        devices.add(gate, region.number(index), name, 0640);
        return gate;
    }

    private String mode(String name) throws Exception {
        return Shell.run("stat -c %a \"$1\"", mount.path(name)).expect(0).trim();
    }

    @Test
    void devicesThatAreThereAndLaterOnesBecomeNodes() throws Exception {
        FopsGate before = add("before", 0);
        mount.mount().follow(devices);
        FopsGate later = add("input/event0", 1);
        assertEquals("640", mode("before"));
        assertEquals("640", mode("input/event0"));
        for (FopsGate gate : List.of(before, later)) {
            int fd = open(gate);
            Pending read = client.beginRead(fd, 8);
            TestMount.awaitAsleep(gate, Verb.READ, 1);
            remove(gate);
            read.await().expect(Errno.ENODEV);
            expectGone(gate, fd);
        }
        assertEquals(List.of(), mount.mount().gates());
    }

    @Test
    void aDriverKnowsItsNodesByTheirMinors() throws Exception {
        mount.mount().follow(devices);
        FopsGate gate = FopsGate.of("fifo", new FifoDriver(Sleep.THREADLESS));
        Cdev first = devices.add(gate, region.number(1), "first", 0600);
        devices.add(gate, region.number(3), "third", 0600);
        assertEquals(1, first.minor());
        client.open(mount.path("third"), 0);
        assertEquals(3, gate.openFiles().iterator().next().minor());
        client.open(mount.path("first"), 0);
        assertEquals(
                List.of(1, 3), gate.openFiles().stream().map(f -> f.minor()).sorted().toList());
        remove(gate);
    }

    @Test
    void aNameThatIsUsedAgainAtOnceIsAnotherDeviceToOldDescriptors() throws Exception {
        mount.mount().follow(devices);
        MiscDevices misc = new MiscDevices(devices);
        MiscDevice<Object> first = misc.register("gpio", new FifoDriver(Sleep.THREADLESS));
        int old = open(first.gate());
        Pending sleeper = client.beginRead(old, 8);
        TestMount.awaitAsleep(first.gate(), Verb.READ, 1);
        Within.run("deregister()", first::deregister);
        MiscDevice<Object> second = misc.register("gpio", new FifoDriver(Sleep.THREADLESS));
        sleeper.await().expect(Errno.ENODEV);
        int fresh = open(second.gate());
        client.write(fresh, "new").expect(3);
        client.read(old, 8).expect(Errno.ENODEV);
        client.write(old, "x").expect(Errno.ENODEV);
        client.poll(old, 0, 0).expect(GONE);
        assertEquals("new", client.read(fresh, 8).text());
        remove(second.gate());
    }

    /** The registry's listener runs before the mount's own if the device was there before. */
    @Test
    void aNameCanBeTakenTheMomentTheRegistryHasItBack() throws Exception {
        FopsGate before = add("reused", 0);
        AtomicReference<FopsGate> next = new AtomicReference<>();
        before.front()
                .addRemovalListener(
                        new RemovalListener() {
                            @Override
                            public void onFlagged() {
                                next.set(add("reused", 0));
                            }
                        });
        mount.mount().follow(devices);
        int old = open(before);
        mount.remove(before);
        int fresh = open(next.get());
        client.write(fresh, "new").expect(3);
        client.read(old, 8).expect(Errno.ENODEV);
        assertFalse(next.get().isRemoving());
        remove(next.get());
    }

    @Test
    void aNameThatTheMountCannotTakeIsRefusedAndTheDeviceRemoved() throws Exception {
        mount.mount().follow(devices);
        mount.register("taken", new FifoDriver(Sleep.THREADLESS));
        for (String name : List.of("taken", "taken/below")) {
            FopsGate gate = FopsGate.of(name, new FifoDriver(Sleep.THREADLESS));
            IllegalArgumentException refused =
                    assertThrows(
                            IllegalArgumentException.class,
                            () -> devices.add(gate, region.number(0), name, 0600));
            assertTrue(
                    refused.getMessage().contains(name)
                            && refused.getMessage().contains(mount.path()),
                    refused::getMessage);
            assertTrue(gate.isRemoved(), "a driver that nobody can reach was left running");
            assertTrue(devices.find(name).isEmpty());
        }
        FopsGate fits = add("free", 0);
        client.close(open(fits)).expect(0);
        remove(fits);
    }

    @Test
    void aMountThatCannotTakeWhatIsThereFollowsNothing() throws Exception {
        FopsGate fits = add("a", 0);
        add("taken", 1);
        mount.register("taken", new FifoDriver(Sleep.THREADLESS));
        assertThrows(IllegalArgumentException.class, () -> mount.mount().follow(devices));
        assertFalse(lists("a"), "half of the devices are published");
        add("later", 2);
        assertFalse(lists("later"), "the subscription is there though follow() failed");
        assertFalse(fits.isRemoving(), "a device is gone because a mount could not show another");
    }

    @Test
    void aSubscriptionEndsAloneAndWithItsMount() throws Exception {
        CharDevices.Subscription subscription = mount.mount().follow(devices);
        FopsGate first = add("first", 0);
        subscription.close();
        subscription.close();
        FopsGate second = add("second", 1);
        assertTrue(lists("first"), "a node went with the subscription");
        assertFalse(lists("second"));
        remove(first);
        second.unregisterSync();

        mount.mount().follow(devices);
        FopsGate third = add("third", 2);
        mount.unmount();
        assertTrue(third.isRemoved());
        FopsGate after = add("third", 2);
        assertFalse(after.isRemoving(), "a closed mount refuses devices");
        assertThrows(IllegalStateException.class, () -> mount.mount().follow(devices));
    }
}
