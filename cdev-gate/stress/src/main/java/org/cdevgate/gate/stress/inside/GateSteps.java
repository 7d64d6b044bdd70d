package org.cdevgate.gate.stress.inside;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.cdevgate.gate.DriverAction;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.accounting.CallFrame;
import org.cdevgate.gate.accounting.CallRecords;
import org.cdevgate.gate.accounting.GateRef;
import org.cdevgate.gate.front.RequestSleeper;
import org.cdevgate.gate.sides.RequestSide;

/**
 * Single steps of a gate that are no method for users. Constant method handles, which optimized
 * code calls as it does the methods: no fence comes between two steps that is not theirs.
 *
 * <p>For tests on the class path; a step that is renamed fails the class, and GateStepsTest.
 */
final class GateSteps {
    private static final MethodHandle REF;
    private static final MethodHandle SET_FLAG;
    private static final MethodHandle HAS_NO_HOLD;
    private static final MethodHandle IS_TIMED;

    static {
        try {
            MethodHandles.Lookup gate = inside(FopsGate.class);
            Class<?> holds = gate.findClass("org.cdevgate.gate.HoldTable");
            REF = gate.findVirtual(FopsGate.class, "ref", type(GateRef.class));
            SET_FLAG = gate.findVirtual(FopsGate.class, "setFlag", type(void.class));
            HAS_NO_HOLD =
                    MethodHandles.filterReturnValue(
                            gate.findVirtual(FopsGate.class, "holds", type(holds)),
                            gate.findVirtual(holds, "isEmpty", type(boolean.class)));
            IS_TIMED =
                    MethodHandles.filterReturnValue(
                            inside(RequestSleeper.class)
                                    .findGetter(RequestSleeper.class, "side", RequestSide.class),
                            MethodHandles.lookup()
                                    .findVirtual(
                                            RequestSide.class, "isTimed", type(boolean.class)));
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private GateSteps() {}

    /** What frames publish of a gate. */
    static GateRef ref(FopsGate gate) {
        try {
            return (GateRef) REF.invokeExact(gate);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** Begins a removal that does nothing more. */
    static void setFlag(FopsGate gate) {
        try {
            SET_FLAG.invokeExact(gate);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** The look of a remover for holds. */
    static boolean hasNoHold(FopsGate gate) {
        try {
            return (boolean) HAS_NO_HOLD.invokeExact(gate);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** Whether a timer is running that will end the request's sleep. */
    static boolean isTimed(RequestSleeper request) {
        try {
            return (boolean) IS_TIMED.invokeExact(request);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** The callback of a call, registered nowhere: the test fires it and ends the call. */
    static final class Callback {
        private static final MethodHandle NEW;
        private static final MethodHandle FIRE;
        private static final MethodHandle CALL_ENDS;

        static {
            try {
                MethodHandles.Lookup gate = inside(FopsGate.class);
                Class<?> callback = gate.findClass("org.cdevgate.gate.CancelCallback");
                Class<?> frame = gate.findClass("org.cdevgate.gate.Frame");
                MethodType made =
                        type(void.class, FopsGate.class, frame, DriverAction.class, callback);
                NEW =
                        gate.findConstructor(callback, made)
                                .asType(
                                        type(
                                                Object.class,
                                                FopsGate.class,
                                                CallFrame.class,
                                                DriverAction.class,
                                                Object.class));
                MethodType step = type(void.class, Object.class);
                FIRE = gate.findVirtual(callback, "fire", type(void.class)).asType(step);
                CALL_ENDS = gate.findVirtual(callback, "callEnds", type(void.class)).asType(step);
            } catch (ReflectiveOperationException e) {
                throw new ExceptionInInitializerError(e);
            }
        }

        private final Object callback;

        /** Of a call of this thread, which publishes nothing meanwhile. */
        Callback(FopsGate gate, DriverAction action) {
            CallFrame call = CallRecords.currentFrame();
            try {
                callback = (Object) NEW.invokeExact(gate, call, action, (Object) null);
            } catch (Throwable e) {
                throw unexpected(e);
            }
        }

        void fire() {
            try {
                FIRE.invokeExact(callback);
            } catch (Throwable e) {
                throw unexpected(e);
            }
        }

        /** On the call's thread. */
        void callEnds() {
            try {
                CALL_ENDS.invokeExact(callback);
            } catch (Throwable e) {
                throw unexpected(e);
            }
        }
    }

    private static MethodHandles.Lookup inside(Class<?> type) throws IllegalAccessException {
        return MethodHandles.privateLookupIn(type, MethodHandles.lookup());
    }

    private static MethodType type(Class<?> result, Class<?>... parameters) {
        return MethodType.methodType(result, parameters);
    }

    private static AssertionError unexpected(Throwable thrown) {
        return new AssertionError("no step of a gate throws", thrown);
    }
}
