package org.cdevgate.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.cdevgate.gate.calls.Verb;
import org.cdevgate.gate.front.RemovalListener;
import org.cdevgate.gate.front.RequestSleeper;
import org.cdevgate.gate.removal.RemovalOutcome;
import org.cdevgate.gate.removal.SelfRemoval;
import org.cdevgate.gate.removal.SelfRemovalException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Whatever a removal calls may ask for the same removal, in any form: it is answered as the form's
 * documentation says, and nothing waits for itself.
 */
class SelfRemovalInCallbacksTest {
    private static final String REFUSED = "SelfRemovalException";

    /** What is asked for in the callback: of the device itself, or of what it is removed with. */
    private enum Form {
        SYNC("unregisterSync()", REFUSED) {
            @Override
            Object ask(Removable device) {
                return device.unregisterSync();
            }
        },
        REFUSE("unregisterSync(SelfRemoval)", REFUSED) {
            @Override
            Object ask(Removable device) {
                return device.unregisterSync(SelfRemoval.REFUSE);
            }
        },
        DEFER("unregisterSync(SelfRemoval)", "false") {
            @Override
            Object ask(Removable device) {
                return device.unregisterSync(SelfRemoval.DEFER);
            }
        },
        LEAVE_OUT("unregisterSync(SelfRemoval)", REFUSED) {
            @Override
            Object ask(Removable device) {
                return device.unregisterSync(SelfRemoval.LEAVE_OUT);
            }
        },
        BOUNDED("unregisterSync(Duration)", REFUSED) {
            @Override
            Object ask(Removable device) {
                return device.unregisterSync(Duration.ofDays(1)).ending();
            }
        },
        AWAIT("awaitRemoval()", REFUSED) {
            @Override
            Object ask(Removable device) {
                return device.awaitRemoval();
            }
        },
        AWAIT_BOUNDED("awaitRemoval(Duration)", REFUSED) {
            @Override
            Object ask(Removable device) {
                return device.awaitRemoval(Duration.ofDays(1)).ending();
            }
        },
        AWAIT_INTERRUPTIBLY("awaitRemovalInterruptibly()", REFUSED) {
            @Override
            Object ask(Removable device) {
                return device.awaitRemovalInterruptibly().ending();
            }
        },
        CHECK("checkNotInside(String)", REFUSED) {
            @Override
            Object ask(Removable device) {
                device.checkNotInside("a test");
                return "inside, and not told";
            }
        },
        BEGIN("beginRemoval()", "false") {
            @Override
            Object ask(Removable device) {
                return device.beginRemoval();
            }
        },
        ASYNC("unregisterAsync()", "on its way") {
            @Override
            Object ask(Removable device) {
                later.add(device.unregisterAsync());
                return "on its way";
            }
        },
        ASYNC_ON_THIS_THREAD("unregisterAsync(Executor)", REFUSED) {
            @Override
            Object ask(Removable device) {
                CompletableFuture<RemovalOutcome> future = device.unregisterAsync(Runnable::run);
                try {
                    return future.join();
                } catch (CompletionException e) {
                    throw (RuntimeException) e.getCause();
                }
            }
        };

        /** What completes when the removal has ended. */
        @SuppressWarnings("ImmutableEnumChecker") // its stages are joined one after the other
        final List<CompletionStage<RemovalOutcome>> later = new ArrayList<>();

        final String method;
        final String answer;

        Form(String method, String answer) {
            this.method = method;
            this.answer = answer;
        }

        abstract Object ask(Removable device);
    }

    /** A removal, and one place in it where a form is asked for. */
    private static final class Stage {
        final FopsGate parent = FopsGate.of("parent", new FileOperations() {});
        final FopsGate other;
        final FopsGate gate;
        private final Form form;
        private final Removable removed;
        private final AtomicBoolean asked = new AtomicBoolean();
        private final List<Background<?>> helpers = new ArrayList<>();
        private volatile Object answer = "never asked";

        /** A front keeps its requests reachable. */
        @SuppressWarnings("unused")
        Object asleep;

        /**
         * Builds it.
         *
         * @param removal of what: a device, its parent or its group
         */
        Stage(Place place, Form form, Removal removal) throws Exception {
            this.form = form;
            GateBuilder self = FopsGate.builder("self", place.driver(this)).parent(parent);
            GateBuilder sibling = FopsGate.builder("other", new FileOperations() {});
            place.build(self, sibling, this);
            gate = self.build();
            other = sibling.build();
            removed =
                    switch (removal) {
                        case DEVICE -> gate;
                        case PARENT -> parent;
                        case GROUP -> GateGroup.of(gate, other);
                    };
            place.prepare(this);
        }

        /** In the place: asks, once. */
        void ask() {
            if (asked.compareAndSet(false, true)) {
                try {
                    answer = form.ask(removed);
                } catch (SelfRemovalException e) {
                    answer = REFUSED;
                }
            }
        }

        void ask(Callable<?> before) {
            helpers.add(Background.start(before));
        }

        RemovalListener listener(Step at) {
            return new RemovalListener() {
                @Override
                public void onFlagged() {
                    if (at == Step.FLAGGED) {
                        ask();
                    }
                }

                @Override
                public void onDrained() {
                    if (at == Step.DRAINED) {
                        ask();
                    }
                }

                @Override
                public void onTornDown() {
                    if (at == Step.TORN_DOWN) {
                        ask();
                    }
                }
            };
        }

        void run(String expected) throws Exception {
            Background<?> remover = Background.start(removed::unregisterSync);
            remover.result();
            for (Background<?> each : helpers) {
                each.result();
            }
            for (CompletionStage<RemovalOutcome> each : form.later) {
                CompletableFuture<RemovalOutcome> future = each.toCompletableFuture();
                Eventually.until("the asynchronous removal to end", future::isDone);
                assertTrue(future.join().isRemoved());
            }
            form.later.clear();
            assertTrue(removed.isRemoved());
            if (expected != null) {
                assertEquals(expected, answer.toString());
            }
            assertEquals(List.of(), gate.callsInFlight());
            GateGroup.of(parent, other).unregisterSync();
        }
    }

    private enum Step {
        FLAGGED,
        DRAINED,
        TORN_DOWN
    }

    private enum Removal {
        DEVICE,
        PARENT,
        GROUP
    }

    /** Where library or removal call what is not theirs. */
    private enum Place {
        ON_FLAGGED {
            @Override
            void prepare(Stage stage) throws Exception {
                stage.gate.front().addRemovalListener(stage.listener(Step.FLAGGED));
            }
        },
        ON_DRAINED {
            @Override
            void prepare(Stage stage) throws Exception {
                stage.gate.front().addRemovalListener(stage.listener(Step.DRAINED));
            }
        },
        ON_TORN_DOWN {
            @Override
            void prepare(Stage stage) throws Exception {
                stage.gate.front().addRemovalListener(stage.listener(Step.TORN_DOWN));
            }
        },
        WAKE_HOOK {
            @Override
            void build(GateBuilder self, GateBuilder sibling, Stage stage) {
                self.wakeHook(stage::ask);
            }
        },
        TEARDOWN {
            @Override
            void build(GateBuilder self, GateBuilder sibling, Stage stage) {
                self.onTeardown(stage::ask);
            }
        },
        RELEASE_BY_THE_REMOVER {
            @Override
            FileOperations driver(Stage stage) {
                return (Releasing) (file, call) -> stage.ask();
            }

            @Override
            void prepare(Stage stage) throws Exception {
                Answers.open(stage.gate);
            }
        },
        DESTRUCTOR {
            @Override
            void prepare(Stage stage) throws Exception {
                Answers.open(stage.gate).setPrivateData("data", data -> stage.ask());
            }
        },
        DESTRUCTOR_WITH_LATE_RELEASE {
            @Override
            void build(GateBuilder self, GateBuilder sibling, Stage stage) {
                self.lateRelease();
            }

            @Override
            void prepare(Stage stage) throws Exception {
                Answers.open(stage.gate).setPrivateData("data", data -> stage.ask());
            }
        },
        CANCEL_CALLBACK {
            @Override
            FileOperations driver(Stage stage) {
                return (Reading)
                        (file, call) -> {
                            Checkpoint cancelled = new Checkpoint();
                            call.onCancel(
                                    () -> {
                                        stage.ask();
                                        cancelled.letGo();
                                    });
                            cancelled.pass();
                            return 1;
                        };
            }

            @Override
            void prepare(Stage stage) throws Exception {
                OpenFile file = Answers.open(stage.gate);
                stage.ask(() -> Answers.read(file));
                Eventually.until("the read", () -> !stage.gate.callsInFlight().isEmpty());
            }
        },
        CANCEL_CALLBACK_OF_A_CALL_THAT_COMES_TO_IT_LATE {
            @Override
            FileOperations driver(Stage stage) {
                return (Reading)
                        (file, call) -> {
                            Eventually.until("the removal", call::isRemoving);
                            call.onCancel(stage::ask);
                            return 1;
                        };
            }

            @Override
            void prepare(Stage stage) throws Exception {
                OpenFile file = Answers.open(stage.gate);
                stage.ask(() -> Answers.read(file));
                Eventually.until("the read", () -> !stage.gate.callsInFlight().isEmpty());
            }
        },
        PART_OF_A_HOLD {
            @Override
            void prepare(Stage stage) throws Exception {
                Hold hold = stage.gate.hold("transfer");
                stage.ask(
                        () -> {
                            Eventually.until("the removal", stage.gate::isRemoving);
                            try (hold) {
                                hold.run(stage::ask);
                            }
                            return null;
                        });
            }
        },
        REQUEST_IS_TOLD {
            @Override
            void prepare(Stage stage) throws Exception {
                RequestSleeper sleeper =
                        new RequestSleeper() {
                            @Override
                            protected void runAgain() {}

                            @Override
                            protected void removed(int answer) {
                                stage.ask();
                            }
                        };
                stage.asleep = sleeper;
                Threadless.sleepOn(
                        new WaitQueue("data"), stage.gate, sleeper, new ThreadlessCaller());
            }
        },

        // Of another device that may be removed together with this one: any answer will do.

        OTHERS_ON_FLAGGED {
            @Override
            void prepare(Stage stage) throws Exception {
                stage.other.front().addRemovalListener(stage.listener(Step.FLAGGED));
                stage.parent.front().addRemovalListener(stage.listener(Step.FLAGGED));
            }
        },
        OTHERS_ON_DRAINED {
            @Override
            void prepare(Stage stage) throws Exception {
                stage.other.front().addRemovalListener(stage.listener(Step.DRAINED));
                stage.parent.front().addRemovalListener(stage.listener(Step.DRAINED));
            }
        },
        OTHERS_WAKE_HOOK {
            @Override
            void build(GateBuilder self, GateBuilder sibling, Stage stage) {
                sibling.wakeHook(stage::ask);
            }
        },
        OTHERS_TEARDOWN {
            @Override
            void build(GateBuilder self, GateBuilder sibling, Stage stage) {
                sibling.onTeardown(stage::ask);
            }
        },
        REQUEST_OF_ANOTHER_IS_WOKEN {
            @Override
            void prepare(Stage stage) throws Exception {
                // The removal hands on what may have been meant for the other device's request.
                WaitQueue shared = new WaitQueue("tokens");
                ThreadlessCaller caller = new ThreadlessCaller();
                NotingRequest own = new NotingRequest();
                Sides.of(caller)
                        .blocked(
                                new BlockedRun(
                                        Answers.open(stage.gate),
                                        Verb.READ,
                                        shared,
                                        Long.MAX_VALUE,
                                        true,
                                        BlockedRun.NONE));
                assertTrue(stage.gate.front().sleep(own, caller));
                RequestSleeper sleeper =
                        new RequestSleeper() {
                            @Override
                            protected void runAgain() {
                                stage.ask();
                            }

                            @Override
                            protected void removed(int answer) {
                                stage.ask();
                            }
                        };
                stage.asleep = List.of(own, sleeper);
                Threadless.sleepOn(shared, stage.other, sleeper, caller);
            }
        };

        boolean isOfAnother() {
            return compareTo(OTHERS_ON_FLAGGED) >= 0;
        }

        FileOperations driver(Stage stage) {
            return new FileOperations() {};
        }

        void build(GateBuilder self, GateBuilder sibling, Stage stage) {}

        void prepare(Stage stage) throws Exception {}
    }

    @ParameterizedTest
    @EnumSource(Place.class)
    void isAnsweredAndDoesNotHang(Place place) throws Exception {
        for (Form form : Form.values()) {
            for (Removal removal : Removal.values()) {
                try {
                    new Stage(place, form, removal).run(place.isOfAnother() ? null : form.answer);
                } catch (AssertionError e) {
                    throw new AssertionError(
                            form + " of " + removal + " in " + place + ": " + e.getMessage(), e);
                }
            }
        }
    }

    /** Those that a call may leave out: its own, where no removal has called it. */
    @Test
    void aVerbAndAReleaseOfACloseMayLeaveThemselvesOut() throws Exception {
        FopsGate[] gate = new FopsGate[1];
        List<Object> answers = new ArrayList<>();
        FileOperations driver =
                new FileOperations() {
                    @Override
                    public int read(OpenFile file, ByteBuffer dst, long position, Call call) {
                        answers.add(gate[0].unregisterSync(SelfRemoval.LEAVE_OUT));
                        return 0;
                    }

                    @Override
                    public void release(OpenFile file, Call call) {
                        answers.add(gate[0].unregisterSync(SelfRemoval.LEAVE_OUT));
                    }
                };
        gate[0] = FopsGate.of("closed", driver);
        OpenFile file = Answers.open(gate[0]);
        Background.start(
                        () -> {
                            gate[0].front().close(file);
                            return null;
                        })
                .result();
        assertEquals(List.of(true), answers);
    }

    /** A form that is added to Removable is asked for above, or this fails. */
    @Test
    void everyFormIsAskedFor() {
        Set<String> forms = new TreeSet<>();
        for (Method method : Removable.class.getMethods()) {
            if (!Modifier.isStatic(method.getModifiers())
                    && !Set.of("gates", "isRemoved", "timelines", "report")
                            .contains(method.getName())) {
                List<String> types =
                        Arrays.stream(method.getParameterTypes())
                                .map(Class::getSimpleName)
                                .toList();
                forms.add(method.getName() + "(" + String.join(", ", types) + ")");
            }
        }
        Set<String> asked = new TreeSet<>();
        for (Form form : Form.values()) {
            asked.add(form.method);
        }
        assertEquals(forms, asked);
        assertTrue(forms.contains("unregisterAsync(" + Executor.class.getSimpleName() + ")"));
    }
}
