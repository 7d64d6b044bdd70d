package org.cdevgate.cli.hold;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.cdevgate.cli.protocol.Json;
import org.cdevgate.cli.protocol.LineReader;
import org.cdevgate.cli.protocol.Refusal;
import org.jspecify.annotations.Nullable;

/** The other end of a {@link HolderSocket}. For one thread. */
public final class HolderConnection implements AutoCloseable {
    private static final int MOST_BYTES = 256 * 1024 * 1024;
    private static final String ID = "id";

    /** How long a holder that lives may take for what needs no waiting. */
    private static final Duration PROMPTLY = Duration.ofSeconds(5);

    private final SocketChannel channel;
    private final OutputStream out;
    private final LineReader in;
    private final Map<String, @Nullable Object> ready;
    private int lastId;

    /**
     * @throws IOException if it does not say that it is ready
     */
    HolderConnection(SocketChannel channel) throws IOException {
        this.channel = channel;
        out = ChannelStreams.out(channel);
        in = new LineReader(ChannelStreams.in(channel), MOST_BYTES);
        ready = read(PROMPTLY);
        Object protocol = ready.get("protocol");
        if (!Integer.valueOf(Holder.PROTOCOL).equals(protocol)) {
            throw new IOException(
                    "it speaks protocol "
                            + protocol
                            + " and this command "
                            + Holder.PROTOCOL
                            + "; use the command that started it");
        }
    }

    /** The holder's process. */
    public String pid() {
        return String.valueOf(ready.get("pid"));
    }

    /** The names of its devices. */
    public List<String> devices() {
        return ready.get("devices") instanceof Map<?, ?> paths
                ? paths.keySet().stream().map(String::valueOf).toList()
                : List.of();
    }

    /**
     * Asks for something.
     *
     * @param request without id
     * @param waiting how long the holder may wait for what is asked for
     * @return the answer if it is a good one
     * @throws Refusal if it is an error
     */
    public Map<String, @Nullable Object> ask(Map<String, ?> request, Duration waiting)
            throws IOException, Refusal {
        int id = ++lastId;
        Map<String, Object> line = new LinkedHashMap<>(request);
        line.put(ID, id);
        out.write((Json.write(line) + "\n").getBytes(StandardCharsets.US_ASCII));
        Map<String, @Nullable Object> answer = read(waiting.plus(PROMPTLY));
        while (!Integer.valueOf(id).equals(answer.get(ID))) {
            answer = read(waiting.plus(PROMPTLY));
        }
        if (Boolean.TRUE.equals(answer.get("ok"))) {
            return answer;
        }
        if (answer.get("error") instanceof Map<?, ?> error) {
            Object report = error.get("report");
            throw new Refusal(
                    Refusal.Code.of(String.valueOf(error.get("code"))),
                    String.valueOf(error.get("message")),
                    report == null ? Map.of() : Map.of("report", report));
        }
        throw new IOException("the holder " + pid() + " answered " + Json.write(answer));
    }

    private Map<String, @Nullable Object> read(Duration limit) throws IOException {
        CompletableFuture<Map<String, @Nullable Object>> line = new CompletableFuture<>();
        Thread reader =
                new Thread(
                        () -> {
                            try {
                                String text = in.next();
                                if (text == null) {
                                    throw new IOException(
                                            "it has ended; cdev-gate ls lists others");
                                }
                                line.complete(Json.read(text));
                            } catch (IOException | Refusal | RuntimeException e) {
                                line.completeExceptionally(e);
                            }
                        },
                        "holder-answer");
        reader.setDaemon(true);
        reader.start();
        try {
            return line.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new IOException(
                    "it does not answer within " + limit.toSeconds() + " s; end it by its pid", e);
        } catch (ExecutionException e) {
            throw new IOException(e.getCause() == null ? "" : e.getCause().getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** Ends a read that still waits too. */
    @Override
    public void close() throws IOException {
        channel.close();
    }
}
