package org.cdevgate.cli.hold;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import org.cdevgate.cli.exit.CommandFailure;
import org.cdevgate.cli.exit.ExitCodes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets commands in other shells of the same user in, each as a session of its own. */
public final class HolderSocket implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HolderSocket.class);

    /** So many at a time; further ones wait. */
    private static final int MOST_CLIENTS = 32;

    private final Holder holder;
    private final ServerSocketChannel server;
    private final Path path;
    private final Semaphore room = new Semaphore(MOST_CLIENTS);
    private final Thread atExit = new Thread(this::deletePath, "holder-socket-exit");

    private HolderSocket(Holder holder, ServerSocketChannel server, Path path) {
        this.holder = holder;
        this.server = server;
        this.path = path;
    }

    /** Listens in a folder, from which it first clears the sockets of dead holders. */
    public static HolderSocket listen(Holder holder, SocketFolder folder)
            throws IOException, CommandFailure {
        for (SocketChannel each : folder.connectAll()) {
            each.close();
        }
        String unique = ProcessHandle.current().pid() + "-" + UUID.randomUUID();
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        boolean listening = false;
        Path hidden = folder.hiddenName(unique);
        try {
            server.bind(UnixDomainSocketAddress.of(hidden));
            Files.setPosixFilePermissions(hidden, PosixFilePermissions.fromString("rw-------"));
            Path path = folder.name(unique);
            Files.move(hidden, path, StandardCopyOption.ATOMIC_MOVE);
            HolderSocket socket = new HolderSocket(holder, server, path);
            Runtime.getRuntime().addShutdownHook(socket.atExit);
            start(socket::accept, "holder-socket");
            listening = true;
            return socket;
        } catch (IOException e) {
            throw new CommandFailure(
                    ExitCodes.FAILED,
                    "no socket can be made at "
                            + hidden
                            + ": "
                            + e.getMessage()
                            + "; set XDG_RUNTIME_DIR to a folder of yours with a short path");
        } finally {
            if (!listening) {
                server.close();
                Files.deleteIfExists(hidden);
            }
        }
    }

    private static void start(Runnable work, String name) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        try {
            while (true) {
                room.acquire();
                SocketChannel client = server.accept();
                start(() -> serve(client), "holder-client");
            }
        } catch (ClosedChannelException e) {
            LOG.debug("{} is closed", path);
        } catch (IOException e) {
            LOG.error("{} lets nobody in any more", path, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void serve(SocketChannel client) {
        Session session =
                new Session(
                        holder,
                        ChannelStreams.in(client),
                        ChannelStreams.out(client),
                        () -> hangUp(client));
        try {
            session.run();
            session.abandon();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            hangUp(client);
            room.release();
        }
    }

    private static void hangUp(SocketChannel client) {
        try {
            client.close();
        } catch (IOException e) {
            LOG.debug("a client cannot be closed", e);
        }
    }

    private void deletePath() {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            LOG.warn("{} stays; the next command deletes it", path, e);
        }
    }

    /** Lets nobody in any more. Clients that are there keep their sessions. */
    @Override
    public void close() throws IOException {
        deletePath();
        server.close();
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            LOG.debug("the JVM shuts down; the socket is gone", e);
        }
    }
}
