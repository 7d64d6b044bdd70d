package org.cdevgate.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.cdevgate.abi.OpenFlags;
import org.cdevgate.abi.PollEvents;
import org.cdevgate.abi.Seek;
import org.cdevgate.fuse.driver.FifoDriver;
import org.cdevgate.fuse.driver.MemoryDisk;
import org.cdevgate.fuse.driver.Sleep;
import org.cdevgate.fuse.harness.ClientProcess;
import org.cdevgate.fuse.harness.Pending;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.Verb;
import org.junit.jupiter.api.Test;

/** What the tests learn does not depend on which of the two clients asks. */
class ClientIT extends MountBase {
    private static final int PAGE = 4096;

    private List<String> answers(ClientProcess asking, String name) throws Exception {
        List<String> answers = new ArrayList<>();
        FifoDriver fifo = new FifoDriver(Sleep.PARKED);
        FopsGate gate = mount.register(name, fifo);
        MemoryDisk disk = new MemoryDisk("0123456789abcdef".repeat(PAGE / 16), true);
        FopsGate store = disk.gate(name + "-disk");
        mount.register(store, DeviceNode.named(store.name()), disk);
        int fd = asking.open(mount.path(name), OpenFlags.O_RDWR);
        int onDisk = asking.open(mount.path(store.name()), OpenFlags.O_RDWR);
        int epoll = asking.epollCreate();
        asking.epollAdd(epoll, fd, PollEvents.POLLIN);
        answers.add("write " + asking.write(fd, "abc"));
        answers.add("epoll_wait " + asking.epollWait(epoll, -1));
        answers.add("read " + asking.read(fd, 8).text());
        answers.add("epoll_wait " + asking.epollWait(epoll, 0));
        answers.add("ioctl " + asking.ioctl(fd, FifoDriver.ECHO, "12345678").text());
        answers.add("ioctl " + asking.ioctl(fd, 0, ""));
        answers.add("lseek " + asking.lseek(fd, 0, Seek.SEEK_SET));
        answers.add("lseek " + asking.lseek(onDisk, -2, Seek.SEEK_END));
        answers.add("read " + asking.read(onDisk, 8).text());
        answers.add("pread " + asking.pread(onDisk, 2, 10).text());
        answers.add("fstat " + asking.fstat(onDisk));
        answers.add("fsync " + asking.fsync(fd));
        long address = asking.map(onDisk, PAGE);
        answers.add("peek " + asking.peek(address + 5).text());
        answers.add("poke " + asking.poke(address, "X"));
        answers.add("disk " + disk.content().charAt(0));
        answers.add("poll " + asking.poll(fd, PollEvents.POLLIN | PollEvents.POLLOUT, 0));
        answers.add("select " + asking.select(fd, "rwx", 0));
        Pending read = asking.beginRead(fd, 8);
        TestMount.awaitAsleep(gate, Verb.READ, 1);
        asking.interrupt(read);
        answers.add("interrupted " + read.await());
        Pending asleep = asking.beginRead(asking.dup(fd), 8);
        Pending polling = asking.beginPoll(fd, PollEvents.POLLIN).awaitPolling();
        TestMount.awaitAsleep(gate, Verb.READ, 1);
        remove(gate);
        remove(store);
        answers.add("removed " + asleep.await() + " " + polling.await());
        answers.add("peek " + asking.peek(address));
        answers.add("open " + asking.tryOpen(mount.path(name), OpenFlags.O_RDWR));
        answers.add("close " + asking.close(fd));
        answers.add("close " + asking.close(fd));
        answers.add("closeall " + asking.closeAll());
        return answers;
    }

    @Test
    void clientsInCAndInJavaGetTheSameAnswers() throws Exception {
        try (ClientProcess inC = ClientProcess.startInC();
                ClientProcess inJava = ClientProcess.startInJava()) {
            assertEquals(answers(inJava, "java"), answers(inC, "c"));
        }
    }
}
