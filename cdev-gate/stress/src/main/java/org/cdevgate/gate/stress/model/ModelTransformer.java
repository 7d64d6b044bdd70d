package org.cdevgate.gate.stress.model;

import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.lang.reflect.Field;
import java.security.ProtectionDomain;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/**
 * Makes the code under test fit for the model checker, while its classes are loaded:
 *
 * <ul>
 *   <li>Static fields that hold state are read from {@link RunState}, which has new ones for each
 *       run. Otherwise a run would see the threads of those before it, and take another course than
 *       the one the model checker has planned.
 *   <li>Threads park, spin and wait in {@link Parking}.
 * </ul>
 *
 * <p>A static field that is neither known to hold state nor plainly a constant is refused, so that
 * new state is not overlooked.
 */
public final class ModelTransformer implements ClassFileTransformer {
    private static final String CODE = "org/cdevgate/";
    private static final String THIS_PACKAGE = "org/cdevgate/gate/stress/model/";
    private static final String SCENARIOS = THIS_PACKAGE + "scenarios/";
    private static final String PARKING = Type.getInternalName(Parking.class);
    private static final String RUN_STATE = Type.getInternalName(RunState.class);

    /** Types of static fields that hold state, and how each begins. */
    private static final Map<String, Supplier<Object>> STATE =
            Map.of(
                    "java/util/concurrent/atomic/AtomicBoolean",
                    java.util.concurrent.atomic.AtomicBoolean::new,
                    "java/util/concurrent/atomic/AtomicInteger",
                    java.util.concurrent.atomic.AtomicInteger::new,
                    "java/util/concurrent/atomic/AtomicLong",
                    java.util.concurrent.atomic.AtomicLong::new,
                    "java/util/concurrent/atomic/AtomicReference",
                    java.util.concurrent.atomic.AtomicReference::new,
                    "java/util/concurrent/ConcurrentLinkedQueue",
                    java.util.concurrent.ConcurrentLinkedQueue::new,
                    "java/util/concurrent/locks/ReentrantLock",
                    java.util.concurrent.locks.ReentrantLock::new,
                    "java/lang/ThreadLocal",
                    ThreadLocal::new,
                    "java/lang/ref/ReferenceQueue",
                    java.lang.ref.ReferenceQueue::new);

    /** Types of the JDK that hold no state of a run's. */
    private static final Set<String> CONSTANTS =
            Set.of(
                    "java/lang/String",
                    "java/lang/Class",
                    "java/lang/invoke/MethodHandle",
                    "java/lang/invoke/VarHandle",
                    "java/time/Duration",
                    "java/util/regex/Pattern");

    /** Fields that are not final and do not change from run to run. */
    private static final Set<String> SAME_IN_ALL_RUNS =
            Set.of("org/cdevgate/gate/diagnostics/FlightEvents.registered"); // without a recorder

    private static volatile ModelTransformer installed;

    /** What List.of, Set.of and Map.of make. */
    private static final String UNCHANGEABLE = "java.util.ImmutableCollections$";

    private final Map<String, Integer> fields = new HashMap<>();
    private final Map<String, String> unknown = new HashMap<>();
    private String refused;

    private ModelTransformer() {}

    /**
     * What {@code java -javaagent} calls before main.
     *
     * @throws IllegalStateException if a class of the code under test is loaded already
     */
    public static void premain(String arguments, Instrumentation instrumentation) {
        for (Class<?> each : instrumentation.getAllLoadedClasses()) {
            if (isCode(Type.getInternalName(each))) {
                throw new IllegalStateException(
                        each.getName() + " is loaded before it could be changed");
            }
        }
        installed = new ModelTransformer();
        instrumentation.addTransformer(installed);
    }

    private static boolean isCode(String internalName) {
        return internalName.startsWith(CODE)
                && (!internalName.startsWith(THIS_PACKAGE) || internalName.startsWith(SCENARIOS));
    }

    /**
     * Whether all that was loaded was changed.
     *
     * @throws IllegalStateException if a class could not be changed, or this is not the JVM's agent
     */
    static void check() {
        if (installed == null) {
            throw new IllegalStateException(
                    "run with java -javaagent:cdev-gate-stress.jar, see run.sh; without it one run"
                            + " would see what others left");
        }
        synchronized (installed) {
            if (installed.refused != null) {
                throw new IllegalStateException(installed.refused);
            }
            installed.unknown.forEach(ModelTransformer::checkUnchangeable);
        }
    }

    private static void checkUnchangeable(String field, String type) {
        int dot = field.lastIndexOf('.');
        try {
            Field declared =
                    Class.forName(field.substring(0, dot))
                            .getDeclaredField(field.substring(dot + 1));
            declared.setAccessible(true);
            Object value = declared.get(null);
            if (value == null || !value.getClass().getName().startsWith(UNCHANGEABLE)) {
                throw mayHoldState(field.substring(0, dot), field.substring(dot + 1), type);
            }
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("static field " + field + " cannot be looked at", e);
        }
    }

    private static IllegalStateException mayHoldState(String owner, String field, String type) {
        return new IllegalStateException(
                "static field "
                        + field
                        + " of type "
                        + type
                        + " in "
                        + owner
                        + " may hold state that one run leaves to the next; name it, or its type, in"
                        + " ModelTransformer");
    }

    @Override
    public synchronized byte[] transform(
            ClassLoader loader,
            String name,
            Class<?> loaded,
            ProtectionDomain domain,
            byte[] classFile) {
        if (name == null || !isCode(name)) {
            return null;
        }
        try {
            ClassReader reader = new ClassReader(classFile);
            ClassWriter writer = new ClassWriter(reader, 0);
            reader.accept(new Rewriter(name, writer), 0);
            return writer.toByteArray();
        } catch (RuntimeException e) {
            // The caller of this method would pass over it in silence.
            refused = name + " cannot be changed for the model checker: " + e;
            return null;
        }
    }

    /** The number under which {@link RunState} has a field; the fields of a class are in order. */
    private int number(String owner, String field, Type type) {
        return fields.computeIfAbsent(
                owner + "." + field,
                unused -> RunState.register(STATE.get(type.getInternalName())));
    }

    private final class Rewriter extends ClassVisitor {
        private final String name;

        Rewriter(String name, ClassVisitor next) {
            super(Opcodes.ASM9, next);
            this.name = name;
        }

        @Override
        public org.objectweb.asm.FieldVisitor visitField(
                int access, String field, String descriptor, String signature, Object value) {
            if ((access & Opcodes.ACC_STATIC) != 0) {
                checkStatic(access, field, Type.getType(descriptor));
            }
            return super.visitField(access, field, descriptor, signature, value);
        }

        private void checkStatic(int access, String field, Type type) {
            if (SAME_IN_ALL_RUNS.contains(name + "." + field)) {
                return;
            }
            Type element = type.getSort() == Type.ARRAY ? type.getElementType() : type;
            boolean ofTheJdk =
                    element.getSort() == Type.OBJECT
                            && element.getInternalName().startsWith("java/");
            boolean known =
                    !ofTheJdk
                            || CONSTANTS.contains(element.getInternalName())
                            || STATE.containsKey(type.getInternalName());
            if ((access & Opcodes.ACC_FINAL) == 0) {
                throw mayHoldState(name, field, type.getClassName());
            } else if (!known) {
                unknown.put(name.replace('/', '.') + "." + field, type.getClassName());
            }
        }

        @Override
        public MethodVisitor visitMethod(
                int access, String method, String descriptor, String signature, String[] thrown) {
            return new MethodVisitor(
                    Opcodes.ASM9,
                    super.visitMethod(access, method, descriptor, signature, thrown)) {
                @Override
                public void visitFieldInsn(int opcode, String owner, String field, String type) {
                    Type fieldType = Type.getType(type);
                    if (opcode == Opcodes.GETSTATIC
                            && isCode(owner)
                            && fieldType.getSort() == Type.OBJECT
                            && STATE.containsKey(fieldType.getInternalName())) {
                        super.visitIntInsn(Opcodes.SIPUSH, number(owner, field, fieldType));
                        super.visitMethodInsn(
                                Opcodes.INVOKESTATIC,
                                RUN_STATE,
                                "of",
                                "(I)Ljava/lang/Object;",
                                false);
                        super.visitTypeInsn(Opcodes.CHECKCAST, fieldType.getInternalName());
                    } else {
                        super.visitFieldInsn(opcode, owner, field, type);
                    }
                }

                @Override
                public void visitMethodInsn(
                        int opcode, String owner, String called, String type, boolean isInterface) {
                    if (owner.equals("java/util/concurrent/locks/LockSupport")) {
                        super.visitMethodInsn(opcode, PARKING, called, type, isInterface);
                    } else if (owner.equals("java/lang/Thread") && called.equals("onSpinWait")) {
                        super.visitMethodInsn(opcode, PARKING, "spin", type, isInterface);
                    } else if (owner.equals("java/lang/Object")
                            && called.equals("wait")
                            && type.equals("()V")) {
                        super.visitMethodInsn(
                                Opcodes.INVOKESTATIC,
                                PARKING,
                                "waitOn",
                                "(Ljava/lang/Object;)V",
                                false);
                    } else {
                        super.visitMethodInsn(opcode, owner, called, type, isInterface);
                    }
                }
            };
        }
    }
}
