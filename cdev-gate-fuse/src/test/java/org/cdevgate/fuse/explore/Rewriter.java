package org.cdevgate.fuse.explore;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.FieldVisitor;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/**
 * Makes a class fit to be explored: its threads, locks and waits are those of {@link ModelledJdk},
 * and where it uses what threads may share, another thread may go on. The rest is as it was
 * compiled.
 */
final class Rewriter {
    /** Classes whose methods are the scenario's. */
    static final Set<String> OUTSIDE =
            Set.of(
                    "org/cdevgate/fuse/channel/FuseChannel",
                    "org/cdevgate/fuse/channel/FuseChannel$Receiver",
                    "org/cdevgate/fuse/session/DyingCallers");

    private static final String MODEL = Type.getInternalName(ModelledJdk.class);
    private static final String MODEL_THREAD = Type.getInternalName(ModelThread.class);
    private static final String THREAD = "java/lang/Thread";
    private static final String LOCK_PREFIX = "locked$";

    /** Methods of Thread that are replaced; others only read what stays as it is. */
    private static final Set<String> OF_THREADS =
            Set.of(
                    "start()V",
                    "interrupted()Z",
                    "isInterrupted()Z",
                    "interrupt()V",
                    "isAlive()Z",
                    "join()V",
                    "join(J)V",
                    "sleep(J)V",
                    "onSpinWait()V",
                    "holdsLock(Ljava/lang/Object;)Z");

    private static final Set<String> OF_LOCKS =
            Set.of("lock()V", "unlock()V", "tryLock()Z", "isHeldByCurrentThread()Z");

    private static final Set<String> OF_NOBODY_ELSE = Set.of("nanoTime", "allocate", "getLogger");

    private final Function<String, byte[]> classFiles;
    private final Map<String, Map<String, Integer>> fields = new HashMap<>();

    /**
     * @param classFiles of the code under test, by internal names
     */
    Rewriter(Function<String, byte[]> classFiles) {
        this.classFiles = classFiles;
    }

    /**
     * Rewrites a class.
     *
     * @param points whether threads may be switched in it where it uses shared fields
     */
    byte[] rewrite(byte[] classFile, boolean points) {
        ClassReader reader = new ClassReader(classFile);
        ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_MAXS);
        String name = reader.getClassName();
        reader.accept(
                OUTSIDE.contains(name) ? new Hollow(writer) : new Code(name, writer, points), 0);
        return writer.toByteArray();
    }

    /** Field accesses of a class, to look up what is final. */
    private Integer accessOf(String owner, String field) {
        return fields.computeIfAbsent(
                        owner,
                        key -> {
                            Map<String, Integer> access = new HashMap<>();
                            byte[] bytes = classFiles.apply(owner);
                            if (bytes != null) {
                                new ClassReader(bytes)
                                        .accept(
                                                new ClassVisitor(Opcodes.ASM9) {
                                                    @Override
                                                    public FieldVisitor visitField(
                                                            int flags,
                                                            String name,
                                                            String type,
                                                            String signature,
                                                            Object value) {
                                                        access.put(name, flags);
                                                        return null;
                                                    }
                                                },
                                                ClassReader.SKIP_CODE);
                            }
                            return access;
                        })
                .getOrDefault(field, Opcodes.ACC_FINAL);
    }

    /** The class with the scenario behind each of its methods. */
    private static final class Hollow extends ClassVisitor {
        private boolean hasPlainConstructor;

        Hollow(ClassVisitor next) {
            super(Opcodes.ASM9, next);
        }

        @Override
        public MethodVisitor visitMethod(
                int access, String method, String type, String signature, String[] thrown) {
            if (method.equals("<init>")) {
                constructor(type);
                return null;
            }
            if ((access & Opcodes.ACC_STATIC) != 0) {
                return null;
            }
            MethodVisitor out = super.visitMethod(access, method, type, signature, thrown);
            out.visitCode();
            out.visitVarInsn(Opcodes.ALOAD, 0);
            out.visitLdcInsn(method);
            Type[] arguments = Type.getArgumentTypes(type);
            out.visitIntInsn(Opcodes.BIPUSH, arguments.length);
            out.visitTypeInsn(Opcodes.ANEWARRAY, "java/lang/Object");
            int local = 1;
            for (int i = 0; i < arguments.length; i++) {
                out.visitInsn(Opcodes.DUP);
                out.visitIntInsn(Opcodes.BIPUSH, i);
                out.visitVarInsn(arguments[i].getOpcode(Opcodes.ILOAD), local);
                box(out, arguments[i]);
                out.visitInsn(Opcodes.AASTORE);
                local += arguments[i].getSize();
            }
            out.visitMethodInsn(
                    Opcodes.INVOKESTATIC,
                    MODEL,
                    "outside",
                    "(Ljava/lang/Object;Ljava/lang/String;[Ljava/lang/Object;)Ljava/lang/Object;",
                    false);
            unbox(out, Type.getReturnType(type));
            out.visitMaxs(0, 0);
            out.visitEnd();
            return null;
        }

        private void constructor(String type) {
            hasPlainConstructor |= type.equals("()V");
            MethodVisitor out = super.visitMethod(Opcodes.ACC_PUBLIC, "<init>", type, null, null);
            out.visitCode();
            out.visitVarInsn(Opcodes.ALOAD, 0);
            out.visitMethodInsn(Opcodes.INVOKESPECIAL, "java/lang/Object", "<init>", "()V", false);
            out.visitInsn(Opcodes.RETURN);
            out.visitMaxs(0, 0);
            out.visitEnd();
        }

        @Override
        public void visitEnd() {
            if (!hasPlainConstructor) {
                constructor("()V");
            }
            super.visitEnd();
        }

        @Override
        public FieldVisitor visitField(
                int access, String field, String type, String signature, Object value) {
            return null; // nobody sets them; constants are compiled into their users
        }

        private static String wrapper(Type type) {
            return switch (type.getSort()) {
                case Type.BOOLEAN -> "java/lang/Boolean";
                case Type.INT -> "java/lang/Integer";
                case Type.LONG -> "java/lang/Long";
                default -> null;
            };
        }

        private static void box(MethodVisitor out, Type type) {
            String wrapper = wrapper(type);
            if (wrapper != null) {
                out.visitMethodInsn(
                        Opcodes.INVOKESTATIC,
                        wrapper,
                        "valueOf",
                        "(" + type.getDescriptor() + ")L" + wrapper + ";",
                        false);
            }
        }

        private static void unbox(MethodVisitor out, Type type) {
            if (type.getSort() == Type.VOID) {
                out.visitInsn(Opcodes.POP);
                out.visitInsn(Opcodes.RETURN);
                return;
            }
            String wrapper = wrapper(type);
            out.visitTypeInsn(
                    Opcodes.CHECKCAST, wrapper == null ? type.getInternalName() : wrapper);
            if (wrapper != null) {
                out.visitMethodInsn(
                        Opcodes.INVOKEVIRTUAL,
                        wrapper,
                        type.getClassName() + "Value",
                        "()" + type.getDescriptor(),
                        false);
            }
            out.visitInsn(type.getOpcode(Opcodes.IRETURN));
        }
    }

    private final class Code extends ClassVisitor {
        private final String name;
        private final boolean points;
        private boolean isInterface;

        Code(String name, ClassVisitor next, boolean points) {
            super(Opcodes.ASM9, next);
            this.name = name;
            this.points = points;
        }

        @Override
        public void visit(
                int version,
                int access,
                String itself,
                String signature,
                String parent,
                String[] interfaces) {
            isInterface = (access & Opcodes.ACC_INTERFACE) != 0;
            super.visit(version, access, itself, signature, parent, interfaces);
        }

        @Override
        public MethodVisitor visitMethod(
                int access, String method, String type, String signature, String[] thrown) {
            String inner = method;
            int innerAccess = access;
            if ((access & Opcodes.ACC_SYNCHRONIZED) != 0) {
                inner = LOCK_PREFIX + method;
                locking(access & ~Opcodes.ACC_SYNCHRONIZED, method, inner, type, thrown);
                innerAccess =
                        (access & Opcodes.ACC_STATIC) | Opcodes.ACC_PRIVATE | Opcodes.ACC_SYNTHETIC;
            }
            MethodVisitor next = super.visitMethod(innerAccess, inner, type, signature, thrown);
            return new Body(next, name, method, points && !method.startsWith("<"));
        }

        /** A synchronized method: takes the lock, calls what it was before, gives the lock back. */
        private void locking(
                int access, String method, String inner, String type, String[] thrown) {
            boolean isStatic = (access & Opcodes.ACC_STATIC) != 0;
            MethodVisitor out = super.visitMethod(access, method, type, null, thrown);
            Label begin = new Label();
            Label end = new Label();
            Label failed = new Label();
            out.visitCode();
            out.visitTryCatchBlock(begin, end, failed, null);
            if (points && !isStatic) {
                out.visitVarInsn(Opcodes.ALOAD, 0);
                pointOf(out, placeOf(name, method) + " takes the lock", "lock of " + name);
            }
            monitor(out, isStatic, "enter");
            out.visitLabel(begin);
            int local = 0;
            if (!isStatic) {
                out.visitVarInsn(Opcodes.ALOAD, local++);
            }
            for (Type argument : Type.getArgumentTypes(type)) {
                out.visitVarInsn(argument.getOpcode(Opcodes.ILOAD), local);
                local += argument.getSize();
            }
            out.visitMethodInsn(
                    isStatic ? Opcodes.INVOKESTATIC : Opcodes.INVOKESPECIAL,
                    /* owner= */ name,
                    /* name= */ inner,
                    type,
                    isInterface);
            out.visitLabel(end);
            monitor(out, isStatic, "exit");
            out.visitInsn(Type.getReturnType(type).getOpcode(Opcodes.IRETURN));
            out.visitLabel(failed);
            Object[] locals = isStatic ? new Object[0] : new Object[] {name};
            out.visitFrame(
                    Opcodes.F_FULL, locals.length, locals, 1, new Object[] {"java/lang/Throwable"});
            monitor(out, isStatic, "exit");
            out.visitInsn(Opcodes.ATHROW);
            out.visitMaxs(0, 0);
            out.visitEnd();
        }

        private void monitor(MethodVisitor out, boolean isStatic, String call) {
            if (isStatic) {
                out.visitLdcInsn(Type.getObjectType(name));
            } else {
                out.visitVarInsn(Opcodes.ALOAD, 0);
            }
            out.visitMethodInsn(Opcodes.INVOKESTATIC, MODEL, call, "(Ljava/lang/Object;)V", false);
        }
    }

    private static String placeOf(String owner, String method) {
        return owner.substring(owner.lastIndexOf('/') + 1) + "." + method;
    }

    /** Of the object on the stack, which goes. */
    private static void pointOf(MethodVisitor out, String site, String field) {
        out.visitLdcInsn(Sites.number(site));
        out.visitLdcInsn(Sites.number(field));
        out.visitMethodInsn(
                Opcodes.INVOKESTATIC, MODEL, "pointOf", "(Ljava/lang/Object;II)V", false);
    }

    private final class Body extends MethodVisitor {
        private final String place;
        private final boolean points;
        private int line;

        Body(MethodVisitor next, String owner, String method, boolean points) {
            super(Opcodes.ASM9, next);
            this.place = placeOf(owner, method);
            this.points = points;
        }

        @Override
        public void visitLineNumber(int number, Label start) {
            line = number;
            super.visitLineNumber(number, start);
        }

        private String site(String what) {
            return place + ":" + line + " " + what;
        }

        @Override
        public void visitFieldInsn(int opcode, String owner, String field, String type) {
            if (points
                    && owner.startsWith(ModelLoader.CODE)
                    && (accessOf(owner, field) & Opcodes.ACC_FINAL) == 0) {
                boolean write = opcode == Opcodes.PUTFIELD || opcode == Opcodes.PUTSTATIC;
                String site = site((write ? "sets " : "reads ") + field);
                if (opcode == Opcodes.GETSTATIC || opcode == Opcodes.PUTSTATIC) {
                    point(site);
                } else {
                    copyOwner(opcode, Type.getType(type).getSize());
                    pointOf(mv, site, "field " + owner + "." + field);
                }
            }
            super.visitFieldInsn(opcode, owner, field, type);
        }

        private void copyOwner(int opcode, int size) {
            if (opcode == Opcodes.GETFIELD) {
                super.visitInsn(Opcodes.DUP);
            } else if (size == 1) {
                super.visitInsn(Opcodes.DUP2);
                super.visitInsn(Opcodes.POP);
            } else {
                super.visitInsn(Opcodes.DUP2_X1);
                super.visitInsn(Opcodes.POP2);
                super.visitInsn(Opcodes.DUP_X2);
            }
        }

        private void point(String site) {
            super.visitLdcInsn(Sites.number(site));
            super.visitMethodInsn(Opcodes.INVOKESTATIC, MODEL, "point", "(I)V", false);
        }

        @Override
        public void visitInsn(int opcode) {
            if (opcode == Opcodes.MONITORENTER && points) {
                super.visitInsn(Opcodes.DUP);
                pointOf(mv, site("takes a lock"), "lock in " + place);
            }
            if (opcode == Opcodes.MONITORENTER || opcode == Opcodes.MONITOREXIT) {
                super.visitMethodInsn(
                        Opcodes.INVOKESTATIC,
                        MODEL,
                        opcode == Opcodes.MONITORENTER ? "enter" : "exit",
                        "(Ljava/lang/Object;)V",
                        false);
            } else {
                super.visitInsn(opcode);
            }
        }

        @Override
        public void visitTypeInsn(int opcode, String type) {
            super.visitTypeInsn(
                    opcode, opcode == Opcodes.NEW && type.equals(THREAD) ? MODEL_THREAD : type);
        }

        @Override
        public void visitMethodInsn(
                int opcode, String owner, String called, String type, boolean isInterface) {
            if (opcode == Opcodes.INVOKESPECIAL
                    && owner.equals(THREAD)
                    && called.equals("<init>")) {
                super.visitMethodInsn(opcode, MODEL_THREAD, called, type, false);
            } else if (isReplaced(owner, called, type)) {
                if (points && !OF_NOBODY_ELSE.contains(called)) {
                    point(site("calls " + called));
                }
                replaced(opcode, owner, called, type);
            } else {
                if (points
                        && owner.startsWith("java/util/concurrent/")
                        && !called.equals("<init>")) {
                    point(site("calls " + called));
                }
                super.visitMethodInsn(opcode, owner, called, type, isInterface);
            }
        }

        private static boolean isReplaced(String owner, String called, String type) {
            return switch (owner) {
                case "java/util/concurrent/locks/LockSupport" ->
                        called.startsWith("park") || called.equals("unpark");
                case THREAD -> OF_THREADS.contains(called + type);
                case "java/util/concurrent/locks/Lock",
                        "java/util/concurrent/locks/ReentrantLock" ->
                        OF_LOCKS.contains(called + type);
                case "java/lang/System" -> called.equals("nanoTime");
                case "java/util/concurrent/LinkedBlockingQueue" -> called.equals("take");
                case "org/cdevgate/fuse/libc/NativeBuffer" -> called.equals("allocate");
                case "org/slf4j/LoggerFactory" -> true;
                default ->
                        (called.startsWith("notify") && type.equals("()V"))
                                || (called.equals("wait")
                                        && (type.equals("()V") || type.equals("(J)V")));
            };
        }

        private void replaced(int opcode, String owner, String called, String type) {
            String fullType = type;
            if (opcode != Opcodes.INVOKESTATIC) {
                boolean any = called.startsWith("notify") || called.equals("wait");
                String first =
                        any
                                ? "java/lang/Object"
                                : OF_LOCKS.contains(called + type)
                                                && !called.equals("isHeldByCurrentThread")
                                        ? "java/util/concurrent/locks/Lock"
                                        : owner;
                fullType = "(L" + first + ";" + type.substring(1);
            }
            super.visitMethodInsn(Opcodes.INVOKESTATIC, MODEL, called, fullType, false);
        }
    }
}
