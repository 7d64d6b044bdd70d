package org.cdevgate.gate.stress.proposals;

/**
 * The kernel's percpu_ref as far as it shows: a count of users that can be closed and waited for.
 */
final class PercpuRef {
    // Guarded by this.
    private int users;
    private boolean dead;

    /** percpu_ref_tryget_live() */
    synchronized boolean tryGetLive() {
        if (dead) {
            return false;
        }
        users++;
        return true;
    }

    /** percpu_ref_put() */
    synchronized void put() {
        users--;
        notifyAll();
    }

    synchronized boolean isDead() {
        return dead;
    }

    /** percpu_ref_kill() */
    synchronized void kill() {
        dead = true;
    }

    /** wait_for_completion() of the last put. */
    synchronized void awaitNone() throws InterruptedException {
        while (users > 0) {
            wait();
        }
    }
}
