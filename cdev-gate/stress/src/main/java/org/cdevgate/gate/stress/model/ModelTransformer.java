package org.cdevgate.gate.stress.model;

import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.security.ProtectionDomain;
import org.cdevgate.gate.stress.anomaly.AnomalyTransformer;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.FieldVisitor;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/**
 * Makes the code under test fit for the model checker, while its classes are loaded:
 *
 * <ul>
 *   <li>{@link StaticFields} that hold state are read from {@link RunState}, which has new ones for
 *       each run. Otherwise a run would see the threads of those before it, and take another course
 *       than the one that the model checker has planned.
 *   <li>Threads park, spin and wait in {@link Parking}.
 * </ul>
 */
public final class ModelTransformer implements ClassFileTransformer {
    private static final String CODE = "org/cdevgate/";
    private static final String THIS_PACKAGE = "org/cdevgate/gate/stress/model/";
    private static final String STACK_ROOM = "org/cdevgate/internal/StackRoom";
    private static final String SCENARIOS = THIS_PACKAGE + "scenarios/";
    private static final String PARKING = Type.getInternalName(Parking.class);
    private static final String RUN_STATE = Type.getInternalName(RunState.class);

    private static volatile ModelTransformer installed;

    private final StaticFields fields = new StaticFields();
    private String refused;

    private ModelTransformer() {}

    /**
     * What {@code java -javaagent} calls before main.
     *
     * @param arguments "anomalies" for {@link AnomalyTransformer} in place of this
     * @throws IllegalStateException if a class of the code under test is loaded already
     */
    public static void premain(String arguments, Instrumentation instrumentation) {
        if ("anomalies".equals(arguments)) {
            AnomalyTransformer.install(instrumentation);
            return;
        }
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
        ModelTransformer transformer = installed;
        if (transformer == null) {
            throw new IllegalStateException(
                    "run with java -javaagent:cdev-gate-stress-...jar, see run.sh; without it one run"
                            + " would see what others left");
        }
        synchronized (transformer) {
            if (transformer.refused != null) {
                throw new IllegalStateException(transformer.refused);
            }
            transformer.fields.check();
        }
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
            refused = name + " cannot be changed for the model checker: " + e.getMessage();
            return null;
        }
    }

    private final class Rewriter extends ClassVisitor {
        private final String name;

        Rewriter(String name, ClassVisitor next) {
            super(Opcodes.ASM9, next);
            this.name = name;
        }

        @Override
        public FieldVisitor visitField(
                int access, String field, String descriptor, String signature, Object value) {
            if ((access & Opcodes.ACC_STATIC) != 0) {
                fields.declared(name, field, descriptor, access);
            }
            return super.visitField(access, field, descriptor, signature, value);
        }

        @Override
        public MethodVisitor visitMethod(
                int access, String method, String descriptor, String signature, String[] thrown) {
            MethodVisitor next = super.visitMethod(access, method, descriptor, signature, thrown);
            // What a class gives its own fields in the beginning is what each run gets a copy of.
            return method.equals("<clinit>") ? next : new Body(next);
        }
    }

    private final class Body extends MethodVisitor {
        Body(MethodVisitor next) {
            super(Opcodes.ASM9, next);
        }

        @Override
        public void visitFieldInsn(int opcode, String owner, String field, String type) {
            if (opcode == Opcodes.GETSTATIC && isCode(owner) && fields.holdsState(type)) {
                super.visitIntInsn(Opcodes.SIPUSH, fields.number(owner, field));
                super.visitMethodInsn(
                        Opcodes.INVOKESTATIC, RUN_STATE, "of", "(I)Ljava/lang/Object;", false);
                super.visitTypeInsn(Opcodes.CHECKCAST, Type.getType(type).getInternalName());
            } else {
                super.visitFieldInsn(opcode, owner, field, type);
            }
        }

        @Override
        public void visitMethodInsn(
                int opcode, String owner, String called, String type, boolean isInterface) {
            if (owner.equals(STACK_ROOM) && called.startsWith("require")) {
                return; // here the stack has no end, and a recursion would be taken for a loop
            }
            if (owner.equals("java/util/concurrent/locks/LockSupport")) {
                super.visitMethodInsn(opcode, PARKING, called, type, isInterface);
            } else if (owner.equals("java/lang/Thread") && called.equals("onSpinWait")) {
                super.visitMethodInsn(opcode, PARKING, "spin", type, isInterface);
            } else if (owner.equals("java/lang/Object")
                    && called.equals("wait")
                    && type.equals("(J)V")) {
                super.visitInsn(Opcodes.POP2); // no time passes there
                super.visitMethodInsn(
                        Opcodes.INVOKESTATIC, PARKING, "waitOn", "(Ljava/lang/Object;)V", false);
            } else {
                super.visitMethodInsn(opcode, owner, called, type, isInterface);
            }
        }
    }
}
