package org.cdevgate.gate.stress.design;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DesignMatrixTest {
    private static final Path PROTOCOL = Path.of("../../docs/protocol.md");

    /** The rows of docs/protocol.md's table of whole designs, as numbers and texts. */
    @Test
    void thePromisesAreThoseOfTheProtocol() throws IOException {
        String table =
                Files.readString(PROTOCOL)
                        .split("Whole designs, which", 2)[1]
                        .split("Building blocks", 2)[0];
        List<String> rows = new ArrayList<>();
        Matcher row = Pattern.compile("(?m)^\\| (\\d+ [^|]*) \\|").matcher(table);
        while (row.find()) {
            rows.add(row.group(1));
        }
        assertEquals(rows, Arrays.stream(Promise.values()).map(Promise::toString).toList());
    }

    @ParameterizedTest
    @EnumSource
    void theGateKeepsEachPromise(Promise promise) {
        Answer answer = promise.ask(new GateDesign());
        assertEquals(Answer.Verdict.KEPT, answer.verdict(), answer::seen);
    }

    private static Map<Answer.Verdict, List<Promise>> verdicts(Design design) {
        return Arrays.stream(Promise.values())
                .collect(Collectors.groupingBy(promise -> promise.ask(design).verdict()));
    }

    @Test
    void aCorrectDesignIsNotBlamedForItsShape() {
        Map<Answer.Verdict, List<Promise>> verdicts = verdicts(new CountedDesign());
        assertEquals(List.of(Promise.SELF_REMOVAL), verdicts.get(Answer.Verdict.BROKEN));
        assertEquals(
                List.of(Promise.WAKES_BY_ITSELF, Promise.BOUNDED_WAIT, Promise.ENDS_NESTED_SLEEPS),
                verdicts.get(Answer.Verdict.NOT_MODELLED));
    }

    /** Has an ioctl and nothing else, and tears down on a thread of its own. */
    private static final class Small implements Design {
        @Override
        public ModelDevice register(int minor, ModelDriver driver) {
            return new ModelDevice() {
                private boolean gone; // guarded by this

                @Override
                public ModelFile open() {
                    return new ModelFile() {
                        @Override
                        public int call(Op op) {
                            if (op != Op.IOCTL) {
                                throw new NotModelledException(op.toString());
                            }
                            synchronized (Small.this) {
                                try {
                                    return isRemoving() ? -6 : driver.call(op, own(), this);
                                } catch (InterruptedException e) {
                                    return -4;
                                }
                            }
                        }
                    };
                }

                private ModelDevice own() {
                    return this;
                }

                @Override
                public synchronized boolean isRemoving() {
                    return gone;
                }

                @Override
                public void remove() throws InterruptedException {
                    synchronized (this) {
                        if (gone) {
                            throw new NotModelledException("a second removal");
                        }
                        gone = true;
                    }
                    driver.wake();
                    synchronized (Small.this) {
                        Thread last = new Thread(driver::tearDown);
                        last.start();
                        last.join();
                    }
                }
            };
        }
    }

    @Test
    void aSmallDesignIsAskedForWhatItHas() {
        Map<Answer.Verdict, List<Promise>> verdicts = verdicts(new Small());
        assertTrue(
                verdicts.get(Answer.Verdict.KEPT)
                        .containsAll(
                                List.of(
                                        Promise.NOTHING_RUNS,
                                        Promise.EVERY_VERB,
                                        Promise.NO_LOST_WAKE_UP,
                                        Promise.ACCOUNTED_BY_CALL)),
                verdicts::toString);
        assertTrue(
                verdicts.get(Answer.Verdict.NOT_MODELLED)
                        .containsAll(
                                List.of(
                                        Promise.REMOVERS_MEET,
                                        Promise.WAKES_BY_ITSELF,
                                        Promise.RELEASE_ONCE,
                                        Promise.BOUNDED_WAIT)),
                verdicts::toString);
        // One lock for all devices.
        assertTrue(
                verdicts.get(Answer.Verdict.BROKEN)
                        .containsAll(List.of(Promise.OWN_CALLS_ONLY, Promise.NOTHING_SHARED)),
                verdicts::toString);
    }

    /** Guards nothing at all. */
    public static final class Unguarded implements Design {
        @Override
        public ModelDevice register(int minor, ModelDriver driver) {
            Semaphore flag = new Semaphore(0);
            return new ModelDevice() {
                @Override
                public ModelFile open() {
                    ModelDevice own = this;
                    return new ModelFile() {
                        @Override
                        public int call(Op op) {
                            try {
                                return driver.call(op, own, this);
                            } catch (InterruptedException e) {
                                return -4;
                            }
                        }
                    };
                }

                @Override
                public boolean isRemoving() {
                    return flag.availablePermits() > 0;
                }

                @Override
                public void remove() {
                    flag.release();
                    driver.tearDown();
                }
            };
        }
    }

    @Test
    void aDesignThatGuardsNothingBreaksWhatItSeemsToKeep() {
        Map<Answer.Verdict, List<Promise>> verdicts = verdicts(new Unguarded());
        assertTrue(
                verdicts.get(Answer.Verdict.BROKEN)
                        .containsAll(
                                List.of(
                                        Promise.ORDER,
                                        Promise.NOTHING_RUNS,
                                        Promise.EVERY_VERB,
                                        Promise.REMOVERS_MEET,
                                        Promise.STAYS_DEAD)),
                verdicts::toString);
    }

    private static String command(int status, String... args) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
            int ended = DesignMatrix.run(args, out);
            String text = bytes.toString(StandardCharsets.UTF_8);
            assertEquals(status, ended, text);
            return text;
        }
    }

    @Test
    void theCommandPrintsATableAndWhatWasSeen() throws Exception {
        String text = command(0, CountedDesign.class.getName());
        assertTrue(text.startsWith("| promise | this gate | count and flag |\n"), text);
        assertTrue(text.contains("| 9 self-removal | kept | broken |\n"), text);
        assertTrue(text.contains("| 10 bounded wait, culprits | kept | – |\n"), text);
        assertTrue(text.contains("\n- count and flag, promise 9: "), text);
    }

    @Test
    void theCommandNamesWhatIsWrong() throws Exception {
        assertTrue(command(2, "no.such.Thing").contains("no.such.Thing"));
        assertTrue(command(2, "java.lang.String").contains("java.lang.String"));
        assertTrue(command(2).contains("usage: DesignMatrix"));
        assertTrue(command(0, "--help").contains("usage: DesignMatrix"));
    }
}
