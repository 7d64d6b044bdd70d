package org.cdevgate.cli.hold;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.cdevgate.cli.protocol.Json;
import org.cdevgate.cli.protocol.LineReader;
import org.cdevgate.cli.protocol.Refusal;
import org.cdevgate.cli.protocol.Request;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client of the line protocol, from its first line to its last. Requests begin in the order in
 * which they come; those that wait are answered when they are done, so others may overtake them.
 */
final class Session implements Events.Watcher {
    private static final Logger LOG = LoggerFactory.getLogger(Session.class);

    /** So many may wait at a time. */
    static final int MOST_WAITING = 64;

    private static final Duration LAST_WORDS = Duration.ofSeconds(2);
    private static final String WATCH = "watch";

    private final Holder holder;
    private final Requests requests;
    private final LineReader in;
    private final Outgoing out;
    private final List<String> verbs = new ArrayList<>(Requests.names());

    /** For each request that waits. */
    private final Semaphore room = new Semaphore(MOST_WAITING);

    private final Set<FutureTask<Void>> waits = ConcurrentHashMap.newKeySet();
    private volatile Set<String> watched = Set.of();
    private volatile boolean ended;

    /**
     * @param hangUp ends the input, which nobody waits for any more
     */
    Session(Holder holder, InputStream in, OutputStream out, Runnable hangUp) {
        this.holder = holder;
        this.requests = new Requests(holder);
        this.in = new LineReader(in, Request.MOST_BYTES);
        this.out = new Outgoing(out, hangUp);
        verbs.add(WATCH);
    }

    /** Serves it until its input ends. */
    void run() {
        out.start();
        try {
            out.answer(holder.ready());
            holder.events().add(this);
            while (readOne()) {
                // each line is met as it comes
            }
        } catch (IOException e) {
            LOG.debug("a client is gone", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            holder.events().remove(this);
        }
    }

    /** Nobody waits for its answers any more. */
    void abandon() throws InterruptedException {
        ended = true;
        waits.forEach(each -> each.cancel(true));
        out.end(Duration.ZERO);
    }

    /** Writes the answers to what waits, which the holder has ended, and the last line. */
    void finish() throws InterruptedException {
        ended = true;
        boolean answered =
                room.tryAcquire(MOST_WAITING, LAST_WORDS.toNanos(), TimeUnit.NANOSECONDS);
        LOG.debug("all answered: {}", answered);
        out.event(Map.of("event", "ended"));
        out.end(LAST_WORDS);
    }

    private boolean readOne() throws IOException, InterruptedException {
        Request request = new Request(Map.of());
        try {
            String line = in.next();
            if (line == null) {
                return false;
            }
            if (!line.isBlank()) {
                request = new Request(Json.read(line));
                meet(request);
            }
        } catch (Refusal e) {
            refuse(request.id(), e);
        } catch (RuntimeException e) {
            refuse(request.id(), failed(e));
        }
        return true;
    }

    private void meet(Request request) throws Refusal, InterruptedException {
        String verb = request.verb(verbs);
        Object id = request.id();
        if (verb.equals(WATCH)) {
            answer(id, watch(request));
            return;
        }
        Requests.Waiting waiting = requests.begin(verb, request);
        if (!room.tryAcquire()) {
            throw new Refusal(
                    Refusal.Code.BUSY,
                    MOST_WAITING + " requests have no answer yet; wait for one before the next");
        }
        FutureTask<Void> wait = new FutureTask<>(() -> finish(id, waiting), null);
        waits.add(wait);
        try {
            holder.waiting().execute(() -> run(wait));
        } catch (RejectedExecutionException e) {
            run(wait); // the holder ends, so that it does not wait any more
        }
    }

    private void run(FutureTask<Void> wait) {
        try {
            wait.run();
        } finally {
            waits.remove(wait);
            room.release();
        }
    }

    private void finish(@Nullable Object id, Requests.Waiting waiting) {
        try {
            try {
                answer(id, waiting.result());
            } catch (Refusal e) {
                refuse(id, e);
            } catch (InterruptedException e) {
                refuse(id, ended());
            } catch (RuntimeException e) {
                refuse(id, failed(e));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // nobody reads the answer
        }
    }

    private static Refusal failed(RuntimeException e) {
        LOG.error("a request has failed", e);
        return new Refusal(
                Refusal.Code.FAILED, "the holder has failed: " + e + "; its errors tell more");
    }

    private static Refusal ended() {
        return new Refusal(Refusal.Code.ENDED, "the holder ends; start another one");
    }

    private Map<String, Object> watch(Request request) throws Refusal {
        request.allow("events");
        watched = Set.copyOf(request.words("events", Events.NAMES));
        return Map.of("events", watched);
    }

    private void answer(@Nullable Object id, Map<String, Object> result)
            throws InterruptedException {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("id", id);
        line.put("ok", true);
        line.putAll(result);
        out.answer(line);
    }

    private void refuse(@Nullable Object id, Refusal refusal) throws InterruptedException {
        Map<String, Object> error = new LinkedHashMap<>();
        error.put("code", refusal.code().toString());
        error.put("message", refusal.getMessage());
        error.putAll(refusal.more());
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("id", id);
        line.put("ok", false);
        line.put("error", error);
        out.answer(line);
    }

    @Override
    public boolean wants(String event) {
        return !ended && watched.contains(event);
    }

    @Override
    public void happened(Map<String, ?> event) {
        out.event(event);
    }
}
