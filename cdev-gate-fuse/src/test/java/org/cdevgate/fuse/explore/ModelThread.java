package org.cdevgate.fuse.explore;

/**
 * What the code under test gets for {@code new Thread}: it runs when the run's schedule says so.
 */
public class ModelThread extends Thread {
    private Task task;

    public ModelThread(Runnable target) {
        super(target);
    }

    public ModelThread(Runnable target, String name) {
        super(target, name);
    }

    public ModelThread(ThreadGroup group, Runnable target, String name, long stack) {
        super(group, target, name, stack);
    }

    public ModelThread(
            ThreadGroup group, Runnable target, String name, long stack, boolean inherit) {
        super(group, target, name, stack, inherit);
    }

    /** The task that this thread is in its run; null if it is in none. */
    static Task taskOf(Thread thread) {
        return thread instanceof ModelThread model ? model.task : null;
    }

    /** Starts it as a task; it runs when it is chosen. */
    void startIn(World world) {
        task = world.add(this);
        setDaemon(true);
        super.start();
    }

    @Override
    public void run() {
        if (task == null) {
            super.run(); // started by code of the JDK, outside of what is explored
            return;
        }
        World world = task.world;
        world.awaitTurn(task);
        try {
            super.run();
        } catch (Throwable e) {
            world.fail(task + " ended with " + e, e);
        }
        world.ended(task);
    }
}
