package org.cdevgate.cli.account;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.cdevgate.cli.exit.CommandFailure;
import org.cdevgate.cli.exit.ExitCodes;

/** A file for an account, whose name says in which form. */
public final class AccountFile {
    /** What a name asks for by its ending. */
    public enum Form {
        /** {@code .json}. */
        JSON,
        /** {@code .xml}: JUnit's. */
        XML,
        /** Any other. */
        TEXT
    }

    private final Path file;

    private AccountFile(Path file) {
        this.file = file;
    }

    /**
     * Takes a file, before anything runs: an account that nobody can write is no use afterwards.
     *
     * @throws CommandFailure if it cannot be written
     */
    public static AccountFile of(Path file) throws CommandFailure {
        Path folder = file.toAbsolutePath().getParent();
        if (Files.isDirectory(file)
                || folder == null
                || !(Files.exists(file) ? Files.isWritable(file) : Files.isWritable(folder))) {
            throw unwritable(file);
        }
        return new AccountFile(file);
    }

    /** Writes it: JSON to a name that ends with .json, JUnit's XML to .xml, else text. */
    public void write(Account account) throws CommandFailure {
        write(
                switch (form()) {
                    case JSON -> AccountJson.of(account);
                    case XML -> AccountJunit.of(account);
                    case TEXT -> AccountText.of(account);
                });
    }

    /** The form that its name asks for. */
    public Form form() {
        String name = file.toString();
        return name.endsWith(".json") ? Form.JSON : name.endsWith(".xml") ? Form.XML : Form.TEXT;
    }

    /** Writes something else, in that form. */
    public void write(String text) throws CommandFailure {
        try {
            Files.write(file, text.getBytes(StandardCharsets.UTF_8)); // replaces what it lacks
        } catch (IOException e) {
            throw unwritable(file);
        }
    }

    private static CommandFailure unwritable(Path file) {
        return new CommandFailure(
                ExitCodes.FAILED,
                "--report " + file + ": cannot be written; give a file in a folder of yours");
    }
}
