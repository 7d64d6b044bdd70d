package org.cdevgate.fuse;

import java.io.IOException;
import java.util.List;
import org.cdevgate.abi.OpenFlags;
import org.cdevgate.abi.PollEvents;
import org.cdevgate.abi.Seek;
import org.cdevgate.fuse.driver.VerbDriver;
import org.cdevgate.fuse.harness.ClientProcess;
import org.cdevgate.fuse.harness.Pending;
import org.cdevgate.gate.calls.Verb;

/**
 * What each call on a node is to answer in each situation, as data: the design's answers of the
 * default profile, and with a reason each what the kernel does differently to a node of FUSE.
 */
final class CompatibilityContract {
    /** When a call is made, or what happens to one that sleeps. */
    enum Situation {
        NORMAL("normal"),
        ASLEEP("asleep at the removal"),
        AFTER("after the removal"),
        INTERRUPTED("a signal with a handler"),
        KILLED("killed");

        final String title;

        Situation(String title) {
            this.title = title;
        }
    }

    /** What a call's result means. */
    enum Answer {
        NUMBER,
        DESCRIPTOR,
        ADDRESS,
        BYTE,
        EVENTS,
        SETS
    }

    /** The two kinds of node, as far as they differ. */
    enum Kind {
        STREAM,
        SEEKABLE
    }

    /** How a client makes the call. */
    interface Call {
        Pending begin(ClientProcess client, Target target) throws IOException;
    }

    /**
     * What a client has of a node.
     *
     * @param path of the node
     * @param fd open for reading and writing; -1 for the row of open
     * @param epoll an epoll descriptor that watches it
     * @param address of a shared mapping of a page
     */
    record Target(String path, int fd, int epoll, long address) {}

    /**
     * An answer.
     *
     * @param text as the table shows it
     * @param reason why it is not what the design says for all fronts; empty if it is
     */
    record Expected(String text, String reason) {}

    /**
     * A call.
     *
     * @param name in the table
     * @param kinds the kinds of node that answer like this
     * @param verb the driver's verb that can sleep under it; null if none can
     * @param answer what its result means
     * @param call makes it
     * @param expected one for each {@link Situation}
     */
    record Row(
            String name,
            List<Kind> kinds,
            Verb verb,
            Answer answer,
            Call call,
            List<Expected> expected) {}

    static final String DIES = "dies";
    static final String SLEEPS_ON = "sleeps on";
    static final String NEVER = "–";

    private static final List<Kind> BOTH = List.of(Kind.STREAM, Kind.SEEKABLE);
    private static final List<Kind> STREAM = List.of(Kind.STREAM);
    private static final List<Kind> SEEKABLE = List.of(Kind.SEEKABLE);

    private static final String GONE = "POLLERR, POLLHUP";

    private CompatibilityContract() {}

    private static Expected of(String text) {
        return new Expected(text, "");
    }

    private static Expected but(String text, String reason) {
        return new Expected(text, reason);
    }

    /** A call that sleeps and is answered as the default profile says. */
    private static List<Expected> sleeping(String normal, String later) {
        return List.of(of(normal), of("ENODEV"), of(later), of("EINTR"), of(DIES));
    }

    private static List<Expected> polling(String normal, String gone) {
        return List.of(of(normal), of(gone), of(gone), of("EINTR"), of(DIES));
    }

    /** A call that no driver can put to sleep. */
    private static List<Expected> awake(Expected normal, Expected later) {
        return List.of(normal, of(NEVER), later, of(NEVER), of(NEVER));
    }

    static final List<Row> ROWS =
            List.of(
                    new Row(
                            "open",
                            BOTH,
                            Verb.OPEN,
                            Answer.DESCRIPTOR,
                            (client, target) -> client.beginOpen(target.path, OpenFlags.O_RDWR),
                            sleeping("descriptor", "ENOENT")),
                    new Row(
                            "read",
                            BOTH,
                            Verb.READ,
                            Answer.NUMBER,
                            (client, target) -> client.beginRead(target.fd, 8),
                            sleeping("3", "ENODEV")),
                    new Row(
                            "write",
                            BOTH,
                            Verb.WRITE,
                            Answer.NUMBER,
                            (client, target) -> client.beginWrite(target.fd, "abcd"),
                            sleeping("4", "ENODEV")),
                    new Row(
                            "ioctl",
                            BOTH,
                            Verb.IOCTL,
                            Answer.NUMBER,
                            (client, target) -> client.beginIoctl(target.fd, VerbDriver.EXCHANGE),
                            sleeping("8", "ENODEV")),
                    new Row(
                            "fsync",
                            BOTH,
                            Verb.FSYNC,
                            Answer.NUMBER,
                            (client, target) -> client.beginFsync(target.fd),
                            sleeping("0", "ENODEV")),
                    new Row(
                            "close",
                            BOTH,
                            null,
                            Answer.NUMBER,
                            (client, target) -> client.beginClose(target.fd),
                            awake(of("0"), of("0"))),
                    new Row(
                            "close, node with `flush(true)`",
                            BOTH,
                            Verb.FLUSH,
                            Answer.NUMBER,
                            (client, target) -> client.beginClose(target.fd),
                            List.of(
                                    of("0"),
                                    but(
                                            "ENODEV",
                                            "The descriptor is closed all the same; only a flush"
                                                    + " that sleeps can make close fail."),
                                    of("0"),
                                    but(
                                            "EINTR",
                                            "The descriptor is closed all the same; only a flush"
                                                    + " that sleeps can make close fail."),
                                    of(DIES))),
                    new Row(
                            "poll",
                            BOTH,
                            Verb.POLL,
                            Answer.EVENTS,
                            (client, target) ->
                                    client.beginPoll(
                                            target.fd, PollEvents.POLLIN | PollEvents.POLLRDNORM),
                            polling("POLLIN, POLLRDNORM", GONE)),
                    new Row(
                            "select",
                            BOTH,
                            Verb.POLL,
                            Answer.SETS,
                            (client, target) -> client.beginSelect(target.fd, "rx", -1),
                            polling("readable", "readable")),
                    new Row(
                            "epoll_wait",
                            BOTH,
                            Verb.POLL,
                            Answer.EVENTS,
                            (client, target) -> client.beginEpollWait(target.epoll),
                            polling("POLLIN", GONE)),
                    new Row(
                            "lseek SEEK_SET",
                            STREAM,
                            null,
                            Answer.NUMBER,
                            (client, target) -> client.beginLseek(target.fd, 5, Seek.SEEK_SET),
                            awake(
                                    of("ESPIPE"),
                                    but(
                                            "ESPIPE",
                                            "A stream has no position: the kernel answers without"
                                                    + " asking anybody."))),
                    new Row(
                            "lseek SEEK_SET",
                            SEEKABLE,
                            null,
                            Answer.NUMBER,
                            (client, target) -> client.beginLseek(target.fd, 5, Seek.SEEK_SET),
                            awake(
                                    of("5"),
                                    but("5", "The kernel keeps the position and asks nobody."))),
                    new Row(
                            "lseek SEEK_END",
                            SEEKABLE,
                            null,
                            Answer.NUMBER,
                            (client, target) -> client.beginLseek(target.fd, -1, Seek.SEEK_END),
                            awake(
                                    of("16383"),
                                    but(
                                            "EINVAL",
                                            "The kernel asks for the size, as fstat does, and a"
                                                    + " removed node has none."))),
                    new Row(
                            "lseek SEEK_DATA",
                            SEEKABLE,
                            null,
                            Answer.NUMBER,
                            (client, target) -> client.beginLseek(target.fd, 5, Seek.SEEK_DATA),
                            awake(of("5"), of("ENODEV"))),
                    new Row(
                            "mmap",
                            BOTH,
                            null,
                            Answer.ADDRESS,
                            (client, target) -> client.beginMap(target.fd, VerbDriver.PAGE),
                            awake(
                                    of("address"),
                                    but(
                                            "address",
                                            "mmap(2) sends no request; touching the page is"
                                                    + " SIGBUS."))),
                    new Row(
                            "touch of a mapped page",
                            BOTH,
                            Verb.MMAP,
                            Answer.BYTE,
                            (client, target) -> client.beginLoad(target.address),
                            List.of(
                                    of("data"),
                                    of("SIGBUS"),
                                    of("SIGBUS"),
                                    but(
                                            SLEEPS_ON,
                                            "A page fault is not a system call: the handler runs"
                                                    + " when the page is there."),
                                    but(
                                            DIES,
                                            "The kernel does not take the page's request back: it"
                                                    + " sleeps on in the driver until it is"
                                                    + " answered or the device goes, and so long"
                                                    + " the file is not released."))),
                    new Row(
                            "fstat",
                            BOTH,
                            null,
                            Answer.NUMBER,
                            (client, target) -> client.beginFstat(target.fd),
                            awake(of("16384"), of("0"))),
                    new Row(
                            "stat of the path",
                            BOTH,
                            null,
                            Answer.NUMBER,
                            (client, target) -> client.beginStat(target.path),
                            awake(of("16384"), of("ENOENT"))));
}
