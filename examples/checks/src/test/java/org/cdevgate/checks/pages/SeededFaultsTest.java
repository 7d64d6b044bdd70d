package org.cdevgate.checks.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each kind of fault in a page is found, with its line; and what is right is not. */
class SeededFaultsTest {
    private static final Path DOCUMENT = Path.of("docs/page.md");

    @TempDir Path classes;

    private List<PageFinding> findings(String page) throws Exception {
        Checks checks = Checks.get();
        Page read = Page.of(DOCUMENT, page);
        List<PageFinding> findings = new ArrayList<>(checks.links.check(read));
        findings.addAll(Checks.languages(read));
        findings.addAll(checks.programs(read));
        findings.addAll(JavaBlocks.check(List.of(read), classes));
        findings.addAll(checks.shell.check(read));
        findings.addAll(checks.declarations.check(read));
        findings.addAll(checks.names.check(read));
        return findings;
    }

    private void assertFound(String page, int line, String part) throws Exception {
        List<PageFinding> findings = findings(page);
        assertTrue(
                findings.stream()
                        .anyMatch(
                                each ->
                                        each.toString().startsWith("docs/page.md:" + line + ": ")
                                                && each.text().contains(part)),
                () -> "not found in line " + line + ": " + part + ", but " + findings);
    }

    private void assertRight(String page) throws Exception {
        assertEquals(List.of(), findings(page));
    }

    @Test
    void aProgramThatIsNoFileIsFound() throws Exception {
        assertFound("text\n\n```python\nprint('no such program')\n```\n", 3, "no .py file");
        assertRight("text\n\n```python\nimport os\nimport sys\n```\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "`org.cdevgate.gat`",
                "`org.cdevgate.gate.FopsGat`",
                "`FopsGat.unregisterSync()`",
                "`FopsGate.unregisterSink()`",
                "`FopsGate::unregisterSink`",
                "`Removal.claim()`",
                "`RemovalProfile.TTX`",
                "`NullPointerExceptional`",
                "`Thread.stopNicely()`",
                "`wakeSleepersUpp()`",
                "`call.wouldNotBlock(queue)`",
                "`if (call.wouldNotBlock(queue)) return;`",
                "`maxSleepyBytes`",
                "`NOT_EXERCIZED`",
                "`-Dcdevgate.nothing.reads=true`",
                "`--no-such-option N`",
                "`docs/fuze.md`",
                "`examples/no/such/folder`",
                "[text](fuze.md)",
                "[text](../examples/Nothing.java)",
                "[text](fuse.md#no-such-heading)",
                "[text](#no-such-heading)",
                "`bash examples/demo.sh --hodl`",
                "`bash examples/demos.sh`",
                "`mvn -B verify -pl no-such-module`",
            })
    void aWrongNameIsFound(String fault) throws Exception {
        assertFound("# Title\n\ntext\n" + fault + " text\n", 4, "");
        assertFound("| a | b |\n| --- | --- |\n| " + fault + " | b |\n", 3, "");
    }

    @Test
    void rightNamesAreNotFound() throws Exception {
        assertRight(
                """
                # A title, with `code`

                `org.cdevgate.gate` `FopsGate` `FopsGate.unregisterSync()` `unregisterSync()`
                `call.await(queue, condition)` `RemovalProfile.TTY` `ENODEV` `read(2)` `cdev_del()`
                `Files.copy` `docs/fuse.md` `-Dcdevgate.fuzz.seed` `--long` `O_NONBLOCK`
                [here](#a-title-with-code) [there](fuse.md#ioctl) [web](https://www.kernel.org/#x)
                `bash examples/demo.sh --hold` `mvn -B verify`
                """);
    }

    @Test
    void javaThatDoesNotCompileIsFound() throws Exception {
        assertFound("text\n\n```java\nint i = 0;\nint j = k;\n```\n", 5, "cannot find symbol");
        assertFound("```java\nint i = ;\n```\n", 2, "illegal start");
        assertFound("```java\nFopsGate gate = …\n```\n", 2, "illegal character");
        assertFound("```java\nFopsGate.of(\"x\", null).claim();\n```\n", 2, "claim");
        assertFound("```java\nreturn 1;\n```\n", 2, "unexpected return value");
        assertFound("```java\npackage a;\n\nclass B extends C {}\n```\n", 4, "cannot find symbol");
        assertFound("<!-- with\nNothing it;\n-->\n```java\nit.run();\n```\n", 4, "comment before");
        assertFound("* item\n\n  ```java\n  int i = j;\n  ```\n", 4, "cannot find symbol");
        // One fault does not hide another.
        assertFound("```java\nint i = ;\n```\n\n```java\nint i = j;\n```\n", 6, "cannot find");
    }

    @Test
    void javaThatCompilesIsNotFound() throws Exception {
        assertRight(
                """
                <!-- with
                FopsGate gate;
                -->
                ```java
                gate.unregisterSync();
                ```

                <!-- in int read(OpenFile file, ByteBuffer dst, long position, Call call) -->
                ```java
                return dst.remaining();
                ```

                <!-- members
                import java.math.BigInteger;
                -->
                ```java
                BigInteger number() {
                    return BigInteger.ONE;
                }
                ```

                ```java
                package a;

                public final class B {}
                ```
                """);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bash examples/demos.sh",
                "bash examples/demo.sh --hodl",
                "bash cdev-gate-fuse/faults/run.sh --rounds",
                "bash cdev-gate-fuse/faults/run.sh --rounds none",
                "bash examples/cycles.sh 300 1 2",
                "X=1 bash examples/demos.sh",
                "for i in 1 2; do bash examples/demos.sh; done",
                "bash examples/demo.sh && (bash examples/demos.sh)",
                "bash examples/demo.sh | bash examples/demos.sh",
                "mvn -B verify -pl cdev-gate,cdev-gate-fuze",
                "mvn -B test -Dtest=NoSuchTest",
                "mvn -B test -Dtest='WaitQueueTest,NoSuch*Test'",
                "mvn -B verify -Dit.test=NoSuchIT",
                "mvn -B verify -Dcdevgate.nothing=1",
                "mvn -B verfy",
                "mvn -B test-compile -Pno-such-profile",
                "java -cp cdev-gate/stress/target/jstress.jar"
                        + " org.cdevgate.gate.stress.WrongDesigns",
                "java -cp cdev-gate/stress/target/jcstress.jar org.cdevgate.gate.stress.NoSuchMain",
                "java -cp cdev-gate/stress/target/jcstress.jar org.cdevgate.gate.stress.soak.Soak"
                        + " --secondz 1",
                "target=cdev-gate/stress/targets; java -cp $target/target/x.jar"
                        + " org.cdevgate.gate.stress.WrongDesigns",
                "java -cp a.jar",
                "basch examples/demo.sh",
                "echo 'not closed",
                "echo $not_set",
            })
    void aCommandThatCannotBeRunIsFound(String command) throws Exception {
        assertFound("text\n\n```sh\n" + command + "\n```\n", 4, "");
    }

    @Test
    void commandsThatCanBeRunAreNotFound() throws Exception {
        assertRight(
                """
                ```sh
                bash examples/demo.sh --hold
                bash cdev-gate/stress/run.sh -t TwoRemovers
                target=cdev-gate/stress/target; agent=$(echo $target/cdev-gate-stress-*.jar)
                java -javaagent:$agent -cp "$agent:$target/lib/*" \\
                  org.cdevgate.gate.stress.model.ModelCheck --traces
                mvn -B test -pl cdev-gate,cdev-gate-fuse -Dtest='*FuzzTest,*PropertyTest'
                ```
                """);
    }

    @Test
    void aModuleOrArtifactThatIsNoneIsFound() throws Exception {
        assertFound(
                "```java\nmodule a {\n    requires org.cdevgate.gat;\n}\n```\n",
                3,
                "org.cdevgate.gat");
        assertFound(
                "```xml\n<dependency>\n<artifactId>cdev-gat</artifactId>\n</dependency>\n```\n",
                3,
                "cdev-gat");
        assertFound("```xml\n<dependency>\n```\n", 1, "no XML");
        assertRight(
                """
                ```java
                module a {
                    requires org.cdevgate.gate;
                    requires org.cdevgate.fuse;
                }
                ```

                ```xml
                <dependency>
                  <artifactId>cdev-gate-fuse</artifactId>
                </dependency>
                ```
                """);
    }

    @Test
    void aBlockThatNobodyWouldCheckIsFound() throws Exception {
        assertFound("text\n\n```bash\nexit\n```\n", 3, "bash");
        assertFound("~~~Java\nint i;\n~~~\n", 1, "Java");
    }

    @Test
    void aWrongNameInJavadocIsFound() throws Exception {
        String source =
                "/**\n * Text,\n * {@code\n *     FopsGate.claimed} text.\n */\nclass A {}\n";
        List<PageFinding> findings =
                Checks.get().names.check(Path.of("A.java"), Checks.codesOf(source));
        assertEquals(1, findings.size(), findings::toString);
        assertTrue(findings.get(0).toString().startsWith("A.java:3: "), findings::toString);
    }
}
