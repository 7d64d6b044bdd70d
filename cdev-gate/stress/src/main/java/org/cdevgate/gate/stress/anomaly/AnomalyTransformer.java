package org.cdevgate.gate.stress.anomaly;

import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.security.ProtectionDomain;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/**
 * Has each method of the gate, and of what makes calls through it, ask {@link Anomaly} when it
 * begins and before it takes memory. What initializes a class is left as it is: that happens once,
 * and FirstUses of the gate sees to its happening early.
 */
public final class AnomalyTransformer implements ClassFileTransformer {
    private static final String[] CODE = {
        "org/cdevgate/gate/",
        "org/cdevgate/device/",
        "org/cdevgate/devres/",
        "org/cdevgate/async/",
        "org/cdevgate/revocable/"
    };
    private static final String STRESS = "org/cdevgate/gate/stress/";
    private static final String STACK_ROOM = "org/cdevgate/internal/StackRoom";
    private static final String ANOMALY = Type.getInternalName(Anomaly.class);

    private static volatile boolean installed;
    private static volatile String refused;

    private AnomalyTransformer() {}

    /** Changes the code under test from now on, while it is loaded. */
    public static void install(Instrumentation instrumentation) {
        instrumentation.addTransformer(new AnomalyTransformer());
        installed = true;
    }

    /**
     * Whether all that was loaded was changed.
     *
     * @throws IllegalStateException if not
     */
    static void check() {
        if (!installed) {
            throw new IllegalStateException(
                    "run with java -javaagent:cdev-gate-stress-...jar=anomalies, see run.sh;"
                            + " without it nothing fails");
        }
        if (refused != null) {
            throw new IllegalStateException(refused);
        }
    }

    @Override
    public byte[] transform(
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
            reader.accept(new Rewriter(writer), 0);
            return writer.toByteArray();
        } catch (RuntimeException e) {
            // The caller of this method would pass over it in silence.
            refused = name + " cannot be changed: " + e.getMessage();
            return null;
        }
    }

    private static boolean isCode(String internalName) {
        for (String each : CODE) {
            if (internalName.startsWith(each)) {
                return !internalName.startsWith(STRESS);
            }
        }
        return false;
    }

    private static final class Rewriter extends ClassVisitor {
        Rewriter(ClassVisitor next) {
            super(Opcodes.ASM9, next);
        }

        @Override
        public MethodVisitor visitMethod(
                int access, String method, String descriptor, String signature, String[] thrown) {
            MethodVisitor next = super.visitMethod(access, method, descriptor, signature, thrown);
            return method.equals("<clinit>") ? next : new Body(next);
        }
    }

    private static final class Body extends MethodVisitor {
        Body(MethodVisitor next) {
            super(Opcodes.ASM9, next);
        }

        private void ask(String what) {
            super.visitMethodInsn(Opcodes.INVOKESTATIC, ANOMALY, what, "()V", false);
        }

        @Override
        public void visitCode() {
            super.visitCode();
            ask("entry");
        }

        @Override
        public void visitMethodInsn(
                int opcode, String owner, String called, String type, boolean isInterface) {
            super.visitMethodInsn(opcode, owner, called, type, isInterface);
            if (owner.equals(STACK_ROOM)) {
                ask("room");
            }
        }

        @Override
        public void visitTypeInsn(int opcode, String type) {
            super.visitTypeInsn(opcode, type);
            if (opcode == Opcodes.NEW || opcode == Opcodes.ANEWARRAY) {
                ask("allocation"); // afterwards, because stack maps know an object by its NEW
            }
        }

        @Override
        public void visitIntInsn(int opcode, int operand) {
            if (opcode == Opcodes.NEWARRAY) {
                ask("allocation");
            }
            super.visitIntInsn(opcode, operand);
        }

        @Override
        public void visitInvokeDynamicInsn(
                String name,
                String descriptor,
                org.objectweb.asm.Handle bootstrap,
                Object... arguments) {
            ask("allocation"); // of a lambda or a text
            super.visitInvokeDynamicInsn(name, descriptor, bootstrap, arguments);
        }
    }
}
