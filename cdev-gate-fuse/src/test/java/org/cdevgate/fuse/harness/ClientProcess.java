package org.cdevgate.fuse.harness;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.cdevgate.abi.IoctlCommand;

/**
 * A process of its own that uses the mount: one method per system call. Those named {@code begin…}
 * return while the call sleeps; the others fail if it does not return in time. It is the C program
 * of the resources; without gcc the test is skipped, or fails in CI.
 */
public final class ClientProcess extends CommandProcess {
    private ClientProcess(List<String> command) throws IOException {
        super(command);
    }

    /** Starts a client. */
    public static ClientProcess start() throws IOException {
        return startBy(List.of());
    }

    /** {@link #start()} by a command that runs another one, such as setpriv. */
    public static ClientProcess startBy(List<String> by) throws IOException {
        // Signals have their default action, whatever this JVM was started with, and dump no core.
        List<String> line = new ArrayList<>(by);
        line.addAll(List.of("sh", "-c"));
        line.add("ulimit -c 0; exec env --default-signal \"$0\"");
        line.add(program().toString());
        return start(line);
    }

    /** The client in C, for who starts it by a command of his own. */
    public static Path program() throws IOException {
        return CProgram.compiled(
                "client", "calls.c", "signals.c", "passing.c", "ways.c", "client.h");
    }

    /** Starts a client by a command that ends up in {@link #program()}. */
    public static ClientProcess start(List<String> command) throws IOException {
        return new ClientProcess(command);
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** open(2) that must succeed; returns the descriptor. */
    public int open(String path, int flags) throws IOException, InterruptedException {
        return tryOpen(path, flags).success();
    }

    /** open(2). */
    public Reply tryOpen(String path, int flags) throws IOException, InterruptedException {
        return call("open " + flags + " " + path);
    }

    /** open(2) that may sleep. */
    public Pending beginOpen(String path, int flags) throws IOException {
        return begin("open " + flags + " " + path);
    }

    /** close(2). */
    public Reply close(int fd) throws IOException, InterruptedException {
        return call("close " + fd);
    }

    /** close(2) of every descriptor that this client has opened and not closed. */
    public Reply closeAll() throws IOException, InterruptedException {
        return call("closeall");
    }

    /** dup(2) that must succeed; returns the new descriptor. */
    public int dup(int fd) throws IOException, InterruptedException {
        return call("dup " + fd).success();
    }

    /** read(2). */
    public Reply read(int fd, int count) throws IOException, InterruptedException {
        return call("read " + fd + " " + count);
    }

    /** read(2) that sleeps. */
    public Pending beginRead(int fd, int count) throws IOException {
        return begin("read " + fd + " " + count);
    }

    /** pread(2). */
    public Reply pread(int fd, int count, long offset) throws IOException, InterruptedException {
        return call("pread " + fd + " " + count + " " + offset);
    }

    /** write(2). */
    public Reply write(int fd, String text) throws IOException, InterruptedException {
        return call("write " + fd + " " + hex(bytes(text)));
    }

    /** write(2) that sleeps. */
    public Pending beginWrite(int fd, String text) throws IOException {
        return begin("write " + fd + " " + hex(bytes(text)));
    }

    /** write(2) of memory of the client's own, such as a mapping; it may sleep. */
    public Pending beginWriteFrom(int fd, long address, int count) throws IOException {
        return begin("write_from " + fd + " " + address + " " + count);
    }

    /**
     * Writes to a node whose writes sleep as many bytes as the server has memory for, up to a
     * number. It fails when not even a small write is taken.
     */
    public Pending beginFill(int fd, int bytes) throws IOException {
        return begin("fill " + fd + " " + bytes);
    }

    /** pwrite(2). */
    public Reply pwrite(int fd, String text, long offset) throws IOException, InterruptedException {
        return call("pwrite " + fd + " " + hex(bytes(text)) + " " + offset);
    }

    /** readv(2) into parts of these sizes. */
    public Reply readv(int fd, int... sizes) throws IOException, InterruptedException {
        StringBuilder line = new StringBuilder("readv " + fd);
        for (int size : sizes) {
            line.append(' ').append(size);
        }
        return call(line.toString());
    }

    /** writev(2) of these parts. */
    public Reply writev(int fd, String... parts) throws IOException, InterruptedException {
        StringBuilder line = new StringBuilder("writev " + fd);
        for (String part : parts) {
            line.append(' ').append(hex(bytes(part)));
        }
        return call(line.toString());
    }

    /** ftruncate(2). */
    public Reply ftruncate(int fd, long length) throws IOException, InterruptedException {
        return call("ftruncate " + fd + " " + length);
    }

    /** lseek(2). */
    public Reply lseek(int fd, long offset, int whence) throws IOException, InterruptedException {
        return call("lseek " + fd + " " + offset + " " + whence);
    }

    /** ioctl(2) with an argument of the size that the command says, filled with the text. */
    public Reply ioctl(int fd, int command, String argument)
            throws IOException, InterruptedException {
        return call(ioctlLine(fd, command, argument));
    }

    /** ioctl(2) that sleeps. */
    public Pending beginIoctl(int fd, int command) throws IOException {
        return beginIoctl(fd, command, "");
    }

    /** {@link #ioctl} that sleeps. */
    public Pending beginIoctl(int fd, int command, String argument) throws IOException {
        return begin(ioctlLine(fd, command, argument));
    }

    private static String ioctlLine(int fd, int command, String argument) {
        byte[] data = java.util.Arrays.copyOf(bytes(argument), IoctlCommand.size(command));
        return "ioctl " + fd + " " + command + " " + hex(data);
    }

    /** fsync(2). */
    public Reply fsync(int fd) throws IOException, InterruptedException {
        return call("fsync " + fd);
    }

    /** mmap(2) of the beginning of a file, shared; returns the address. */
    public long map(int fd, int length) throws IOException, InterruptedException {
        Reply reply = call("map " + fd + " " + length);
        reply.success();
        return reply.value();
    }

    /** mmap(2) as a call of its own. */
    public Pending beginMap(int fd, int length) throws IOException {
        return begin("map " + fd + " " + length);
    }

    /** lseek(2) as a call of its own. */
    public Pending beginLseek(int fd, long offset, int whence) throws IOException {
        return begin("lseek " + fd + " " + offset + " " + whence);
    }

    /** fstat(2) as a call of its own. */
    public Pending beginFstat(int fd) throws IOException {
        return begin("fstat " + fd);
    }

    /** stat(2) as a call of its own. */
    public Pending beginStat(String path) throws IOException {
        return begin("stat " + path);
    }

    /** mmap(2) of the beginning of a file, private; returns the address. */
    public long mapPrivate(int fd, int length) throws IOException, InterruptedException {
        Reply reply = call("map_private " + fd + " " + length);
        reply.success();
        return reply.value();
    }

    /** Touches a byte as a program does: its value, or minus the number of the signal it got. */
    public Reply load(long address) throws IOException, InterruptedException {
        return call("load " + address);
    }

    /** {@link #load} that sleeps. */
    public Pending beginLoad(long address) throws IOException {
        return begin("load " + address);
    }

    /** Stores a byte as a program does, and does not ask for it to be written back. */
    public Reply store(long address, String value) throws IOException, InterruptedException {
        return call("store " + address + " " + hex(bytes(value)));
    }

    /** Reads a byte of a mapping; EFAULT where touching it would be SIGBUS. */
    public Reply peek(long address) throws IOException, InterruptedException {
        return call("peek " + address);
    }

    /** {@link #peek} that sleeps. */
    public Pending beginPeek(long address) throws IOException {
        return begin("peek " + address);
    }

    /** fsync(2) that sleeps. */
    public Pending beginFsync(int fd) throws IOException {
        return begin("fsync " + fd);
    }

    /** close(2) that sleeps. */
    public Pending beginClose(int fd) throws IOException {
        return begin("close " + fd);
    }

    /** Stores a byte at the beginning of a mapping and waits until it is written back. */
    public Reply poke(long address, String value) throws IOException, InterruptedException {
        return call("poke " + address + " " + hex(bytes(value)));
    }

    /** fstat; the result is the size. */
    public Reply fstat(int fd) throws IOException, InterruptedException {
        return call("fstat " + fd);
    }

    /** stat(2); the result is the size. */
    public Reply stat(String path) throws IOException, InterruptedException {
        return call("stat " + path);
    }

    /** fcntl(2): adds a flag, such as O_NONBLOCK, to an open file. */
    public void addFlag(int fd, int flag) throws IOException, InterruptedException {
        int flags = call("getfl " + fd).success();
        call("setfl " + fd + " " + (flags | flag)).expect(0);
    }

    /** poll(2) of one descriptor; the result is the mask, 0 if the time is over. */
    public Reply poll(int fd, int events, int timeoutMillis)
            throws IOException, InterruptedException {
        return call("poll " + fd + " " + events + " " + timeoutMillis);
    }

    /** poll(2) without a time limit. */
    public Pending beginPoll(int fd, int events) throws IOException {
        return begin("poll " + fd + " " + events + " -1");
    }

    /** poll(2) without a time limit, then a read(2) after a pause, whose result it is. */
    public Pending beginPollThenRead(int fd, int events, int pauseMillis) throws IOException {
        return begin("poll_then_read " + fd + " " + events + " " + pauseMillis);
    }

    /** {@link #beginPollThenRead} with an epoll of the thread's own. */
    public Pending beginEpollThenRead(int fd, int events, int pauseMillis) throws IOException {
        return begin("epoll_then_read " + fd + " " + events + " " + pauseMillis);
    }

    /**
     * select(2) of one descriptor; the result is a mask: 1 readable, 2 writable, 4 exceptional.
     *
     * @param sets the sets that have the descriptor: letters r, w and x
     */
    public Reply select(int fd, String sets, int timeoutMillis)
            throws IOException, InterruptedException {
        return call("select " + fd + " " + sets + " " + timeoutMillis);
    }

    /** select(2) that sleeps. */
    public Pending beginSelect(int fd, String sets, int timeoutMillis) throws IOException {
        return begin("select " + fd + " " + sets + " " + timeoutMillis);
    }

    /** epoll_create1(2) that must succeed; returns the descriptor. */
    public int epollCreate() throws IOException, InterruptedException {
        return call("epoll_create").success();
    }

    /** epoll_ctl(2): adds a descriptor. */
    public void epollAdd(int epfd, int fd, int events) throws IOException, InterruptedException {
        call("epoll_add " + epfd + " " + fd + " " + events).expect(0);
    }

    /** epoll_wait(2) for one event; the result is its mask, 0 if the time is over. */
    public Reply epollWait(int epfd, int timeoutMillis) throws IOException, InterruptedException {
        return call("epoll_wait " + epfd + " " + timeoutMillis);
    }

    /** epoll_wait(2) without a time limit. */
    public Pending beginEpollWait(int epfd) throws IOException {
        return begin("epoll_wait " + epfd + " -1");
    }

    /** Sends a signal that has a handler to the thread of a call, if it has not returned. */
    public void interrupt(Pending call) throws IOException, InterruptedException {
        call("signal " + call.id()).success();
    }

    /** {@link #interrupt(Pending)} with a signal of choice. */
    public void interrupt(Pending call, Signal signal) throws IOException, InterruptedException {
        call("signal " + call.id() + " " + signal.number()).success();
    }

    /** Sends a signal to the thread of a call; does not wait, because it may kill the process. */
    public void signalThread(Pending call, Signal signal) throws IOException {
        send(" ", "signal " + call.id() + " " + signal.number());
    }

    /**
     * sigaction(2).
     *
     * @param how restart or norestart for a handler with SA_RESTART or without; ignore; default
     */
    public void sigaction(Signal signal, String how) throws IOException, InterruptedException {
        call("sigaction " + signal.number() + " " + how).expect(0);
    }

    /** Blocks a signal for the calls that are begun from now on. */
    public void block(Signal signal) throws IOException, InterruptedException {
        call("block " + signal.number()).expect(0);
    }

    /** Undoes {@link #block}. */
    public void unblock(Signal signal) throws IOException, InterruptedException {
        call("unblock " + signal.number()).expect(0);
    }

    /** How many signals the handlers have had. */
    public int handled() throws IOException, InterruptedException {
        return call("handled").success();
    }

    /**
     * Reads a byte again and again; the result is how often. Whatever else a read answers is the
     * result of the whole, save EINTR if another thread is to signal this one as fast as it can.
     */
    public Pending beginStorm(int fd, long millis, boolean signals) throws IOException {
        return begin("storm " + fd + " " + millis + " " + (signals ? 1 : 0));
    }

    /** exit_group(2) by the main thread, whatever the others do. */
    public void exit(int status) throws IOException {
        send(" ", "exit " + status);
    }

    /** fork(2): a child with all descriptors that reads, and ends with it. */
    public Pending forkAndRead(int fd, int count) throws IOException {
        return send(" fork ", "read " + fd + " " + count);
    }

    /** fork(2): a child with all descriptors that does nothing until it is killed. */
    public Pending forkAndPause() throws IOException {
        return send(" fork ", "pause");
    }

    /** A socket that descriptors can be sent to. */
    public int mailbox(String path) throws IOException, InterruptedException {
        return call("mailbox " + path).success();
    }

    /** Sends a descriptor to a mailbox (SCM_RIGHTS). */
    public void sendDescriptor(int fd, String mailbox) throws IOException, InterruptedException {
        call("sendfd " + fd + " " + mailbox).expect(0);
    }

    /** Takes a descriptor out of a mailbox. */
    public int receiveDescriptor(int mailbox) throws IOException, InterruptedException {
        return call("recvfd " + mailbox).success();
    }

    /**
     * Opens a node whenever it is there and sleeps in it until it is removed, again and again; the
     * result is how often.
     *
     * @param call read or poll
     */
    public Pending beginLoop(String call, String path) throws IOException {
        return begin("loop " + call + " " + path);
    }

    /** Makes the loops end with their next removal. */
    public void endLoops() throws IOException, InterruptedException {
        call("endloops").expect(0);
    }
}
