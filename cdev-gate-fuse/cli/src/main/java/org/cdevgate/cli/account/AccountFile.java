package org.cdevgate.cli.account;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.cdevgate.cli.exit.CommandFailure;
import org.cdevgate.cli.exit.ExitCodes;

/** A file for an account, whose name says in which form. */
public final class AccountFile {
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
        String name = file.toString();
        String text =
                name.endsWith(".json")
                        ? AccountJson.of(account)
                        : name.endsWith(".xml")
                                ? AccountJunit.of(account)
                                : AccountText.of(account);
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
