package org.cdevgate.fuse.protocol;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.cdevgate.fuse.harness.Shell;

/**
 * What the machine's own linux/fuse.h says: a C program, compiled by gcc, prints sizeof, offsetof
 * and the constants that it knows.
 */
final class LinuxHeader {
    private static final Path HEADER = Path.of("/usr/include/linux/fuse.h");

    // What newer headers have; the minor version in which it came.
    private static final Map<String, Integer> SINCE =
            Map.of(
                    "SYNCFS", 34,
                    "TMPFILE", 37,
                    "STATX", 39,
                    "COPY_FILE_RANGE_64", 45,
                    "fuse_init_in.flags2", 36,
                    "fuse_init_out.flags2", 36,
                    "fuse_in_header.total_extlen", 38);

    // Sizes that must agree with the message, headers and replies.
    private static final List<String> FIELDS =
            List.of(
                    "fuse_in_header.len",
                    "fuse_in_header.opcode",
                    "fuse_in_header.unique",
                    "fuse_in_header.nodeid",
                    "fuse_in_header.uid",
                    "fuse_in_header.gid",
                    "fuse_in_header.pid",
                    "fuse_in_header.total_extlen",
                    "fuse_write_in.size",
                    "fuse_ioctl_in.in_size",
                    "fuse_ioctl_in.out_size",
                    "fuse_init_in.flags2",
                    "fuse_batch_forget_in.count",
                    "fuse_forget_one.nodeid",
                    "fuse_forget_one.nlookup",
                    "fuse_out_header.len",
                    "fuse_out_header.error",
                    "fuse_out_header.unique",
                    "fuse_entry_out.nodeid",
                    "fuse_entry_out.generation",
                    "fuse_entry_out.attr",
                    "fuse_attr_out.attr",
                    "fuse_attr.ino",
                    "fuse_attr.size",
                    "fuse_attr.blocks",
                    "fuse_attr.atime",
                    "fuse_attr.mtime",
                    "fuse_attr.ctime",
                    "fuse_attr.atimensec",
                    "fuse_attr.mtimensec",
                    "fuse_attr.ctimensec",
                    "fuse_attr.mode",
                    "fuse_attr.nlink",
                    "fuse_attr.uid",
                    "fuse_attr.gid",
                    "fuse_attr.rdev",
                    "fuse_attr.blksize",
                    "fuse_open_out.fh",
                    "fuse_open_out.open_flags",
                    "fuse_write_out.size",
                    "fuse_ioctl_out.result",
                    "fuse_poll_out.revents",
                    "fuse_lseek_out.offset",
                    "fuse_kstatfs.files",
                    "fuse_kstatfs.bsize",
                    "fuse_kstatfs.namelen",
                    "fuse_kstatfs.frsize",
                    "fuse_init_out.major",
                    "fuse_init_out.minor",
                    "fuse_init_out.max_readahead",
                    "fuse_init_out.flags",
                    "fuse_init_out.max_background",
                    "fuse_init_out.congestion_threshold",
                    "fuse_init_out.max_write",
                    "fuse_init_out.time_gran",
                    "fuse_init_out.max_pages",
                    "fuse_init_out.flags2",
                    "fuse_dirent.ino",
                    "fuse_dirent.off",
                    "fuse_dirent.namelen",
                    "fuse_dirent.type",
                    "fuse_dirent.name",
                    "fuse_notify_poll_wakeup_out.kh",
                    "fuse_notify_inval_inode_out.ino",
                    "fuse_notify_inval_inode_out.off",
                    "fuse_notify_inval_inode_out.len");

    private LinuxHeader() {}

    /**
     * Asks. Fails where CI lacks the compiler or the header, and skips the test elsewhere.
     *
     * @param folder for the program
     * @param fields more of them, as {@code "fuse_read_in.size"}
     * @param structs more of them, as {@code "fuse_read_in"}
     * @return offsets of fields, sizes of structs, values of constants and opcodes, by their names
     */
    static Map<String, Long> ask(Path folder, List<String> fields, Set<String> structs)
            throws Exception {
        boolean usable = Files.exists(HEADER) && Shell.run("command -v gcc >/dev/null").exit() == 0;
        if (!usable && "true".equals(System.getenv("CI"))) {
            throw new AssertionError("this test needs gcc and " + HEADER + " (libc6-dev)");
        }
        assumeTrue(usable, "needs gcc and " + HEADER + "; install gcc and libc6-dev");
        Path source = folder.resolve("layout.c");
        Files.writeString(source, program(fields, structs));
        String printed =
                Shell.run(
                                "gcc -o \"$2\" \"$1\" && \"$2\"",
                                source.toString(),
                                folder.resolve("layout").toString())
                        .expect(0);
        Map<String, Long> known = new HashMap<>();
        for (String line : printed.split("\n", -1)) {
            int space = line.indexOf(' ');
            if (space > 0) {
                known.put(
                        line.substring(0, space),
                        Long.parseUnsignedLong(line.substring(space + 1)));
            }
        }
        return known;
    }

    private static String program(List<String> moreFields, Set<String> structs) {
        StringBuilder text =
                new StringBuilder(
                        "#include <stdint.h>\n#include <stddef.h>\n#include <stdio.h>\n"
                                + "#include <linux/fuse.h>\n"
                                + "#define P(NAME, VALUE) printf(NAME \" %llu\\n\","
                                + " (unsigned long long)(VALUE));\nint main(void) {\n"
                                + "P(\"minor\", FUSE_KERNEL_MINOR_VERSION)\n");
        List<String> fields = new ArrayList<>(FIELDS);
        fields.addAll(moreFields);
        for (String field : fields) {
            int dot = field.indexOf('.');
            String struct = field.substring(0, dot);
            String member = field.substring(dot + 1);
            guarded(text, field, "offsetof(struct " + struct + ", " + member + ")", field);
            print(text, struct, "sizeof(struct " + struct + ")");
        }
        for (String struct : structs) {
            print(text, struct, "sizeof(struct " + struct + ")");
        }
        for (FuseOpcode opcode : FuseOpcode.values()) {
            if (opcode != FuseOpcode.UNKNOWN) {
                guarded(text, "FUSE_" + opcode, "FUSE_" + opcode, opcode.name());
            }
        }
        for (Field constant : FuseConstants.class.getFields()) {
            String name = constant.getName();
            if (name.startsWith("FUSE_NOTIFY_")) {
                guarded(text, name, name, name);
            } else {
                text.append("#ifdef ").append(name).append('\n');
                print(text, name, "(uint64_t)" + name);
                text.append("#endif\n");
            }
        }
        return text.append("return 0;\n}\n").toString();
    }

    private static void guarded(StringBuilder text, String name, String value, String since) {
        int minor = SINCE.getOrDefault(since, 0);
        text.append("#if FUSE_KERNEL_MINOR_VERSION >= ").append(minor).append('\n');
        print(text, name, value);
        text.append("#endif\n");
    }

    private static void print(StringBuilder text, String name, String value) {
        text.append("P(\"").append(name).append("\", ").append(value).append(")\n");
    }
}
