package org.cdevgate.gate.stress.script;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * A forced interleaving. Its actors are threads that run one at a time, each as far as the script
 * says: to a named point of the code, to its end, or until it waits for one of the others.
 *
 * <pre>{@code
 * try (Script script = new Script()) {
 *     script.actor("caller", () -> ...);
 *     script.actor("remover", () -> ...);
 *     script.advance("caller", "between check and use");
 *     script.finish("remover");
 *     script.finish("caller");
 * }
 * }</pre>
 *
 * <p>An actor that waits counts as far enough, because that is what a correct gate makes it do; it
 * goes on by itself when it is let. So one script can be played against code that is broken and
 * code that is not. Every step is bounded: one that takes 20 s fails with the stack of the actor.
 * Nothing is concluded from time having passed otherwise.
 *
 * <p>An actor is seen to wait by its thread's state, several times in a row, because a thread may
 * park for a moment where no script would look for it (in a lock of the class loader's). And one
 * that was unparked looks parked until a processor is free for it; one that was notified does not.
 * So one that is parked is looked at longer, and so is a deadlock, which is safe to tell where at
 * least one of those that are not in one waits on a monitor or with a time limit, as the remover of
 * the real gate does.
 *
 * <p>The methods are for the thread that made the script, {@link #at} for actors; other threads
 * pass all points.
 */
public final class Script implements PausePoints, AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final long LOOK_AGAIN_MILLIS = 1;
    private static final int LOOKS_AT_A_WAIT = 5;
    private static final int LOOKS_AT_A_PARKED = 25;
    private static final int LOOKS_AT_A_DEADLOCK = 100;

    private final Map<String, Actor> actors = new LinkedHashMap<>();
    private final Duration limit;

    /** A script without actors. */
    public Script() {
        this(LIMIT);
    }

    /** A script whose steps have less time, to see what becomes of one that takes too long. */
    Script(Duration limit) {
        this.limit = limit;
    }

    /** Makes an actor; it starts with its first step. */
    public void actor(String name, Part part) {
        if (actors.putIfAbsent(name, new Actor(this, name, part)) != null) {
            throw new IllegalArgumentException("there is an actor " + name + " already");
        }
    }

    /** What an actor does. */
    @FunctionalInterface
    public interface Part {
        void play() throws Exception;
    }

    @Override
    public void at(String point) {
        if (Thread.currentThread() instanceof Actor actor && actor.script == this) {
            actor.arriving = true;
            stop(actor, point);
            actor.arriving = false;
        }
    }

    private synchronized void stop(Actor actor, String point) {
        if (!actor.destination.contains(point)) {
            return;
        }
        actor.standsAt = point;
        actor.held = true;
        notifyAll();
        boolean interrupted = false;
        while (actor.standsAt != null) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true; // of the code, not of the script
            }
        }
        actor.held = false;
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    synchronized void failed(Actor actor, Throwable failure) {
        actor.failure = failure;
    }

    /**
     * Lets an actor run until it comes to one of the points.
     *
     * @return STANDS there; or WAITS or ENDED before it came to any
     * @throws ScriptFailure if it does none of that in time, or fails
     */
    public Progress advance(String name, String... points) {
        Actor actor = actor(name);
        synchronized (this) {
            actor.destination = Set.of(points);
            actor.standsAt = null;
            notifyAll();
        }
        if (!actor.isStarted()) {
            actor.start();
        }
        return look(actor, points.length == 0 ? "end" : "come to " + String.join(" or ", points));
    }

    /** {@link #advance} to the end. */
    public Progress finish(String name) {
        return advance(name);
    }

    /**
     * Lets an actor run until it has ended, or waits without a time limit, so that only another
     * actor can let it go on.
     *
     * @return whether it waits
     * @throws ScriptFailure if it comes to neither in time, or fails
     */
    public boolean isHeldUp(String name) {
        return finish(name) == Progress.WAITS && areStuck(List.of(actor(name)));
    }

    /**
     * Who waits where, of those that have come to no point and not to their end: "sleeper in
     * Queue.sleep, remover in Gate.drain", the innermost methods that are not the JDK's. To be
     * asked when {@link #isHeldUp} or {@link #endsInDeadlock} has said that somebody does.
     */
    public synchronized String whoWaits() {
        List<String> waiting = new ArrayList<>();
        for (Actor actor : actors.values()) {
            if (actor.isStarted() && !actor.isOver() && !actor.held) {
                waiting.add(actor.getName() + " in " + actor.whereItIs());
            }
        }
        return String.join(", ", waiting);
    }

    private Progress look(Actor actor, String wanted) {
        int waiting = 0;
        long start = System.nanoTime();
        while (true) {
            synchronized (this) {
                if (actor.standsAt != null) {
                    return Progress.STANDS;
                }
                if (actor.isOver()) {
                    checkNotFailed(actor);
                    return Progress.ENDED;
                }
                waiting = actor.isWaiting() ? waiting + 1 : 0;
                if (waiting >= LOOKS_AT_A_PARKED
                        || (waiting >= LOOKS_AT_A_WAIT && !actor.isParked())) {
                    return Progress.WAITS;
                }
                if (isOverdue(start)) {
                    throw actor.stuck(wanted, limit);
                }
                pause();
            }
        }
    }

    /**
     * Lets the actors that were started run until each has ended or can go on no more: all that
     * have not ended wait without a time limit, and there is nobody else to end that.
     *
     * @return whether they are stuck
     * @throws ScriptFailure if it comes to neither in time, or an actor fails
     */
    public boolean endsInDeadlock() {
        actors.values().forEach(this::release);
        return areStuck(actors.values());
    }

    /** Waits until those that were started have ended, or all that have not are stuck. */
    private boolean areStuck(Collection<Actor> those) {
        int stuck = 0;
        long start = System.nanoTime();
        while (true) {
            Actor going = null;
            boolean allStuck = true;
            synchronized (this) {
                for (Actor actor : those) {
                    if (actor.isOver()) {
                        checkNotFailed(actor);
                    } else if (actor.isStarted()) {
                        going = actor;
                        allStuck &= actor.isStuck();
                    }
                }
                if (going == null) {
                    return false;
                }
                stuck = allStuck ? stuck + 1 : 0;
                if (stuck == LOOKS_AT_A_DEADLOCK) {
                    return true;
                }
                if (isOverdue(start)) {
                    throw going.stuck("end or be stuck", limit);
                }
                pause();
            }
        }
    }

    /** Waits for a condition that the actors bring about. */
    public void until(String what, BooleanSupplier condition) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (isOverdue(start)) {
                throw ScriptFailure.late(what + " did not come within " + limit.toMillis() + " ms");
            }
            synchronized (this) {
                pause();
            }
        }
    }

    /** {@link #end}. */
    @Override
    public void close() {
        end();
    }

    /**
     * Lets all go on that were started, and waits until they have ended.
     *
     * @throws ScriptFailure if one does not end, or has failed
     */
    public void end() {
        long start = System.nanoTime();
        actors.values().forEach(this::release);
        for (Actor actor : actors.values()) {
            while (actor.isStarted() && !actor.isOver()) {
                if (isOverdue(start)) {
                    throw actor.stuck("end", limit);
                }
                synchronized (this) {
                    pause();
                }
            }
            checkNotFailed(actor);
        }
    }

    /** Interrupts an actor, to end a wait that nothing else will end. */
    public void interrupt(String name) {
        actor(name).interrupt();
    }

    private Actor actor(String name) {
        Actor actor = actors.get(name);
        if (actor == null) {
            throw new IllegalArgumentException(
                    "there is no actor " + name + ", only " + actors.keySet());
        }
        return actor;
    }

    private synchronized void release(Actor actor) {
        actor.destination = Set.of();
        actor.standsAt = null;
        notifyAll();
    }

    private synchronized void checkNotFailed(Actor actor) {
        if (actor.failure != null) {
            throw new ScriptFailure(actor.getName() + " failed", actor.failure);
        }
    }

    private boolean isOverdue(long start) {
        return System.nanoTime() - start > limit.toNanos();
    }

    /** Lets the monitor go for a moment, or until an actor comes to a point. */
    @SuppressWarnings("WaitNotInLoop") // those that call it loop
    private void pause() {
        try {
            wait(LOOK_AGAIN_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ScriptFailure("the script was interrupted");
        }
    }
}
