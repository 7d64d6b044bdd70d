package org.cdevgate.gate.stress.proposals;

/**
 * The kernel's rw_semaphore as far as it shows: readers queue behind a writer that waits, and a
 * reader that takes it twice queues like any other.
 */
final class RwSemaphore {
    // Guarded by this.
    private int readers;
    private int waitingWriters;
    private boolean writing;

    /**
     * down_read_killable()
     *
     * @throws InterruptedException if the thread was told to give up
     */
    synchronized void downRead() throws InterruptedException {
        while (writing || waitingWriters > 0) {
            wait();
        }
        readers++;
    }

    synchronized void upRead() {
        readers--;
        notifyAll();
    }

    synchronized void downWrite() throws InterruptedException {
        waitingWriters++;
        try {
            while (writing || readers > 0) {
                wait();
            }
            writing = true;
        } finally {
            waitingWriters--;
        }
    }

    synchronized void upWrite() {
        writing = false;
        notifyAll();
    }
}
