package org.cdevgate.fuse.faults.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What a server is told, a line each: {@code ID COMMAND ARGUMENT...}, answered with {@code ID ok
 * ...} or {@code ID failed ...} when it is done. Each runs on a thread of its own, because a
 * removal may wait. The server says that it is ready as the answer to command 0.
 */
final class Commands {
    /** Does what a command says; the result follows "ok". */
    interface Executor {
        String execute(String command, String[] arguments) throws Exception;
    }

    private Commands() {}

    /** Says that the server is ready and serves until the end of the input. */
    static void serve(Journal journal, Executor executor) throws IOException {
        journal.answer("0", "ok ready");
        BufferedReader in =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] words = line.split(" ", -1);
            new Thread(
                            () -> answer(journal, executor, words),
                            "faults-" + words[1] + "-" + words[0])
                    .start();
        }
    }

    private static void answer(Journal journal, Executor executor, String[] words) {
        String[] arguments = Arrays.copyOfRange(words, 2, words.length);
        try {
            journal.answer(words[0], "ok " + executor.execute(words[1], arguments));
        } catch (Exception | Error e) {
            StringWriter stack = new StringWriter();
            e.printStackTrace(new PrintWriter(stack, true));
            journal.answer(words[0], "failed " + stack);
        }
    }
}
