package org.cdevgate.drivers.kind;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lines of an input as they come. A thread reads them from the first {@link #peek()} on, and
 * rests while as much is waiting as a line may have.
 */
final class InputLines implements LineSource {
    private static final Logger LOG = LoggerFactory.getLogger(InputLines.class);

    private final InputStream input;
    private final int longest;

    // Guarded by this.
    private final Queue<byte[]> waiting = new ArrayDeque<>();
    private int waitingBytes;
    private boolean begun;
    private boolean over;

    /**
     * @param longest bytes of a line; a longer one comes in parts
     */
    InputLines(InputStream input, int longest) {
        this.input = input;
        this.longest = longest;
    }

    @Override
    public synchronized byte @Nullable [] peek() {
        if (!begun) {
            begun = true;
            Thread reader = new Thread(this::read, "lines of a stream");
            reader.setDaemon(true); // nobody can end a read of standard input
            reader.start();
        }
        return waiting.peek();
    }

    @Override
    public synchronized void next() {
        waitingBytes -= waiting.remove().length;
        notifyAll();
    }

    @Override
    public synchronized boolean isOver() {
        return over && waiting.isEmpty();
    }

    @Override
    public int longest() {
        return longest;
    }

    private void read() {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        try {
            for (int next = input.read(); next >= 0; next = input.read()) {
                line.write(next);
                if (next == '\n' || line.size() == longest) {
                    add(line.toByteArray());
                    line.reset();
                }
            }
            if (line.size() > 0) {
                add(line.toByteArray());
            }
        } catch (IOException e) {
            LOG.error("the input of a stream cannot be read, and ends here: {}", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // nobody does; it ends as the input would
        } finally {
            synchronized (this) {
                over = true;
            }
        }
    }

    private synchronized void add(byte[] line) throws InterruptedException {
        while (waitingBytes >= longest) {
            wait();
        }
        waiting.add(line);
        waitingBytes += line.length;
    }
}
