package org.cdevgate.cli.hold;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.cdevgate.cli.Main;
import org.cdevgate.cli.protocol.Json;
import org.cdevgate.cli.protocol.Refusal;

/** The command {@code hold --json} as a process, spoken to in lines. */
final class HoldProcess implements AutoCloseable {
    static final int LIMIT_SECONDS = 60;

    private final Process process;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final List<Map<String, Object>> events = new ArrayList<>();
    private final Map<String, Object> ready;
    private int lastId;

    /** Starts it with a folder for its socket. */
    HoldProcess(Path runtime, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(java());
        command.addAll(List.of("hold", "--json"));
        command.addAll(List.of(arguments));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("XDG_RUNTIME_DIR", runtime.toString());
        process = builder.start();
        BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
        Thread reader = new Thread(() -> out.lines().forEach(lines::add), "hold-output");
        reader.setDaemon(true);
        reader.start();
        ready = next();
    }

    /** The command without arguments. */
    static List<String> java() {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx128m",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName());
    }

    /** How a command ended. */
    record Result(int exit, String output, String errors) {}

    /** Runs the command as another shell would. */
    static Result run(Path runtime, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(java());
        command.addAll(List.of(arguments));
        Path output = Files.createTempFile("cli-", ".out");
        Path errors = Files.createTempFile("cli-", ".err");
        try {
            ProcessBuilder builder =
                    new ProcessBuilder(command)
                            .redirectOutput(output.toFile())
                            .redirectError(errors.toFile());
            builder.environment().put("XDG_RUNTIME_DIR", runtime.toString());
            Process process = builder.start();
            process.getOutputStream().close();
            if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError(List.of(arguments) + " hangs");
            }
            return new Result(
                    process.exitValue(), Files.readString(output), Files.readString(errors));
        } finally {
            Files.delete(output);
            Files.delete(errors);
        }
    }

    Process process() {
        return process;
    }

    Map<String, Object> ready() {
        return ready;
    }

    /** Where a device is. */
    String path(String device) {
        return ((Map<?, ?>) ready.get("devices")).get(device).toString();
    }

    void send(String line) throws IOException {
        OutputStream in = process.getOutputStream();
        in.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        in.flush();
    }

    /** The next line. */
    Map<String, Object> next() throws InterruptedException, Refusal {
        String line = lines.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
        if (line == null) {
            throw new AssertionError("the holder says nothing more");
        }
        return Json.read(line);
    }

    /** Sends a request of an object's fields without id; returns the id. */
    int begin(String fields) throws IOException {
        int id = ++lastId;
        send("{\"id\":" + id + "," + fields + "}");
        return id;
    }

    /** The answer to a request; events that come before are kept. */
    Map<String, Object> answer(int id) throws InterruptedException, Refusal {
        while (true) {
            Map<String, Object> line = next();
            if (Integer.valueOf(id).equals(line.get("id"))) {
                return line;
            }
            events.add(line);
        }
    }

    /** The answer to a request, which has to be a good one. */
    Map<String, Object> ask(String fields) throws Exception {
        Map<String, Object> answer = answer(begin(fields));
        if (!Boolean.TRUE.equals(answer.get("ok"))) {
            throw new AssertionError(fields + " is refused: " + answer);
        }
        return answer;
    }

    /** The error that a request gets. */
    Map<String, Object> refused(String fields) throws Exception {
        return error(answer(begin(fields)));
    }

    static Map<String, Object> error(Map<String, Object> answer) {
        if (!Boolean.FALSE.equals(answer.get("ok"))) {
            throw new AssertionError("not refused: " + answer);
        }
        Map<String, Object> error = new LinkedHashMap<>();
        ((Map<?, ?>) answer.get("error")).forEach((key, value) -> error.put("" + key, value));
        return error;
    }

    /** Lines so far that were no answers. */
    List<Map<String, Object>> events() {
        return events;
    }

    /** The next event, whatever was kept. */
    Map<String, Object> event() throws InterruptedException, Refusal {
        return events.isEmpty() ? next() : events.remove(0);
    }

    /** Ends its input; returns its exit code. */
    int end() throws Exception {
        process.getOutputStream().close();
        if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("the holder does not end with its input");
        }
        return process.exitValue();
    }

    @Override
    public void close() throws IOException {
        process.getOutputStream().close();
        try {
            if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
