package org.cdevgate.fuse.faults;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.cdevgate.fuse.faults.judge.History;

/** The clients of a round, and what is done to them. For one thread. */
final class Crowd {
    private static final int[] FATAL = {
        Keeper.SIGKILL, Keeper.SIGKILL, Keeper.SIGTERM, Keeper.SIGQUIT
    };
    private static final int MAX_STOP_MICROS = 10_000;

    private final FaultPlan plan;
    private final FaultStage stage;
    private final Path logs;
    private final Path control;
    private final History history;
    private final Consumer<String> violations;
    private final List<Client> clients = new ArrayList<>();
    private final List<Client> killed = new ArrayList<>();
    private int started;

    /**
     * A client.
     *
     * @param alone whether its threads share no descriptor, so that none waits for another one's
     *     call: it has to die at once when it is killed
     */
    private record Client(int pid, boolean alone) {}

    Crowd(
            FaultPlan plan,
            FaultStage stage,
            Path logs,
            History history,
            Consumer<String> violations) {
        this.plan = plan;
        this.stage = stage;
        this.logs = logs;
        this.control = logs.resolve("control");
        this.history = history;
        this.violations = violations;
    }

    void start() throws IOException, InterruptedException {
        Files.write(control, new byte[] {0});
        for (int i = 0; i < plan.clients; i++) {
            clients.add(startOne());
        }
    }

    private Client startOne() throws IOException, InterruptedException {
        int number = started++;
        boolean alone = number % 2 == 0;
        List<String> command = new ArrayList<>();
        command.add(stage.client().toString());
        command.add(stage.folder().path().toString());
        command.add(control.toString());
        command.add(logs.resolve(number + ".log").toString());
        command.add(Long.toString((plan.seed << 16) + number & Long.MAX_VALUE));
        command.add(Integer.toString(plan.threads));
        command.add(alone ? "private" : "shared");
        command.addAll(FaultPlan.NAMES);
        return new Client(stage.keeper().start(command), alone);
    }

    void kill(int choice, int variant) throws IOException, InterruptedException {
        int index = choice % clients.size();
        Client client = clients.get(index);
        send(client.pid, FATAL[variant % FATAL.length]);
        killed.add(client);
        clients.set(index, startOne());
    }

    void signal(int choice) throws IOException, InterruptedException {
        send(clients.get(choice % clients.size()).pid, Keeper.SIGUSR1);
    }

    private void send(int pid, int signal) throws IOException, InterruptedException {
        Keeper.Sent sent = stage.keeper().kill(pid, signal);
        if (sent.delivered()) { // it may have ended by itself
            history.signal(pid, signal, sent.before(), Long.MAX_VALUE);
        }
    }

    void stopForAWhile(int choice, int variant) throws IOException, InterruptedException {
        int pid = clients.get(choice % clients.size()).pid;
        Keeper.Sent stop = stage.keeper().kill(pid, Keeper.SIGSTOP);
        LockSupport.parkNanos(variant % MAX_STOP_MICROS * 1000L);
        Keeper.Sent cont = stage.keeper().kill(pid, Keeper.SIGCONT);
        if (stop.delivered()) {
            history.signal(pid, Keeper.SIGSTOP, stop.before(), cont.after());
        }
    }

    /** A killed process goes, whatever its calls do, while the devices stay as they are. */
    void awaitKilled() throws IOException, InterruptedException {
        for (Client client : killed) {
            if (client.alone && !stage.keeper().awaitEnd(client.pid)) {
                violations.accept(
                        "a killed client does not end: "
                                + ProcessTable.describe(client.pid)
                                + stage.report());
            }
        }
    }

    /**
     * Tells the clients to stop and waits until none is left.
     *
     * @param patient whether every device was removed, so that every mapping is to go
     */
    void endByStop(boolean patient) throws IOException, InterruptedException {
        try (RandomAccessFile file = new RandomAccessFile(control.toFile(), "rw")) {
            file.write(patient ? 1 : 2);
        }
        if (!stage.keeper().awaitNoneLeft(Limits.ANSWER.toSeconds())) {
            StringBuilder text = new StringBuilder("clients do not end though all is removed:\n");
            for (int pid : ProcessTable.clients(stage.client())) {
                text.append(ProcessTable.describe(pid));
            }
            violations.accept(text + stage.report());
            endByForce();
        }
    }

    /** Kills what is left. */
    void endByForce() throws IOException, InterruptedException {
        for (int pid : ProcessTable.clients(stage.client())) {
            stage.keeper().kill(pid, Keeper.SIGKILL);
        }
        if (!stage.keeper().awaitNoneLeft(Limits.ANSWER.toSeconds())) {
            violations.accept("clients survive SIGKILL");
            stage.folder().clear();
        }
    }

    /** How each ended, so far. */
    Map<Integer, Keeper.Exit> exits() {
        return new TreeMap<>(stage.keeper().exits());
    }
}
