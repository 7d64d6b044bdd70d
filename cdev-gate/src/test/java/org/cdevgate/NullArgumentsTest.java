package org.cdevgate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.cdevgate.async.DeviceTimer;
import org.cdevgate.async.Work;
import org.cdevgate.cdev.CharDevices;
import org.cdevgate.device.Bus;
import org.cdevgate.device.Device;
import org.cdevgate.devres.Devres;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.Hold;
import org.cdevgate.gate.WaitQueue;
import org.cdevgate.gate.diagnostics.RemovalTimeline;
import org.junit.jupiter.api.Test;

/**
 * Whoever passes null by mistake is told which argument it is, before anything has happened: every
 * public method and constructor of the exported packages is called with null for each parameter.
 */
class NullArgumentsTest {
    /** What may be null, as its Javadoc says. */
    private static final Set<String> NULLABLE =
            Set.of(
                    "CallInFlight$Builder.thread(inside)",
                    "CallInFlight.detailed(lookedAt)",
                    "Device.setData(newData)",
                    "DeviceBuilder.data(newData)",
                    "Devres.handedTo(object)",
                    "DevresMisuse.DevresMisuse(first)",
                    "DevresMisuse.DevresMisuse(second)",
                    "Front.poll(watcher)",
                    "NotifierChain.call(event)",
                    "ProbeDeferredException.ProbeDeferredException(missing)",
                    "UnbindOutcome$Culprit.Culprit(thread)");

    /** What timelines are made of: the library makes them, nobody else. */
    private static final Set<Class<?>> MADE_BY_THE_LIBRARY =
            Set.of(
                    RemovalTimeline.PhaseSlice.class,
                    RemovalTimeline.CallSlice.class,
                    RemovalTimeline.Mark.class);

    private final List<String> wrong = new ArrayList<>();
    private final Set<String> nullable = new TreeSet<>();
    private int tried;

    @Test
    void eachIsRefusedByItsNameAndNothingHasHappened() throws Exception {
        List<Class<?>> classes = exportedClasses();
        OneOfEach.inAVerb(
                objects -> {
                    Device device = objects.get(Device.class);
                    List<String> managed = objects.get(Devres.class).names();
                    classes.forEach(each -> tryAll(each, objects));
                    assertEquals(
                            List.of(),
                            wrong,
                            "arguments of which a null is not told by their name");

                    FopsGate gate = objects.get(FopsGate.class);
                    assertFalse(gate.isRemoving(), "a call with null removes the device");
                    assertEquals(
                            1,
                            gate.callsInFlight().stream()
                                    .filter(it -> it.thread() != null)
                                    .count());
                    assertTrue(device.isBound());
                    assertFalse(objects.get(Hold.class).isReleased());
                    assertEquals(managed, objects.get(Devres.class).names(), "is managed now");
                    assertEquals(List.of(device), objects.get(Bus.class).devices());
                    assertEquals(1, objects.get(Bus.class).drivers().size());
                    assertEquals(List.of(), objects.get(CharDevices.class).devices());
                    assertEquals(0, objects.get(WaitQueue.class).sleepers());
                    assertFalse(objects.get(DeviceTimer.class).isPending());
                    assertFalse(objects.get(Work.class).isPending());
                });
        assertEquals(new TreeSet<>(NULLABLE), nullable, "a name that has gone");
        assertTrue(tried > 200, "only " + tried + " arguments were found");
    }

    private static List<Class<?>> exportedClasses() throws Exception {
        Path root =
                Path.of(FopsGate.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        ModuleDescriptor module;
        try (InputStream in = Files.newInputStream(root.resolve("module-info.class"))) {
            module = ModuleDescriptor.read(in);
        }
        List<Class<?>> found = new ArrayList<>();
        for (ModuleDescriptor.Exports each : module.exports()) {
            if (!each.isQualified()) {
                try (Stream<Path> files =
                        Files.list(root.resolve(each.source().replace('.', '/')))) {
                    for (Path file : files.sorted().toList()) {
                        String name = file.getFileName().toString();
                        if (name.endsWith(".class") && !name.startsWith("package-info")) {
                            String simple = name.substring(0, name.length() - ".class".length());
                            found.add(
                                    Class.forName(
                                            each.source() + "." + simple,
                                            false,
                                            FopsGate.class.getClassLoader()));
                        }
                    }
                }
            }
        }
        return found;
    }

    private void tryAll(Class<?> type, OneOfEach objects) {
        boolean implementedByUsers = type.isInterface() && !type.isSealed();
        if (!isPublic(type) || implementedByUsers || MADE_BY_THE_LIBRARY.contains(type)) {
            return;
        }
        if (!Modifier.isAbstract(type.getModifiers())) {
            for (Constructor<?> each : type.getConstructors()) {
                tryAll(each, objects, type);
            }
        }
        // Public methods of a superclass that is not public are this class's.
        for (Class<?> from = type; from == type || !isPublic(from); from = from.getSuperclass()) {
            for (Method each : from.getDeclaredMethods()) {
                boolean ofEnums = type.isEnum() && each.getName().equals("valueOf");
                if (Modifier.isPublic(each.getModifiers())
                        && !Modifier.isAbstract(each.getModifiers())
                        && !each.isSynthetic()
                        && !each.getName().equals("equals")
                        && !ofEnums) {
                    tryAll(each, objects, type);
                }
            }
            if (from.isInterface()) {
                break;
            }
        }
    }

    private static boolean isPublic(Class<?> type) {
        return Modifier.isPublic(type.getModifiers())
                && (type.getDeclaringClass() == null || isPublic(type.getDeclaringClass()));
    }

    private void tryAll(Executable called, OneOfEach objects, Class<?> type) {
        Parameter[] parameters = called.getParameters();
        for (int i = 0; i < parameters.length; i++) {
            Class<?> of = parameters[i].getType();
            if (of.isPrimitive()) {
                continue;
            }
            Object[] arguments = new Object[parameters.length];
            for (int j = 0; j < parameters.length; j++) {
                arguments[j] = i == j ? null : objects.argument(parameters[j].getType());
            }
            String name = parameters[i].getName();
            String simple = called.getDeclaringClass().getName();
            String method =
                    called instanceof Constructor
                            ? called.getDeclaringClass().getSimpleName()
                            : called.getName();
            String told =
                    simple.substring(simple.lastIndexOf('.') + 1) + "." + method + "(" + name + ")";
            if (NULLABLE.contains(told)) {
                nullable.add(told);
                Throwable thrown = thrownBy(called, objects, type, arguments);
                if (thrown instanceof NullPointerException) {
                    wrong.add(told + " may be null, and: " + thrown);
                }
                continue;
            }
            expect(name, told, thrownBy(called, objects, type, arguments));
            if (List.class == of || (of.isArray() && !of.getComponentType().isPrimitive())) {
                arguments[i] =
                        of == List.class
                                ? Collections.singletonList(null)
                                : java.lang.reflect.Array.newInstance(of.getComponentType(), 1);
                expect(name + "[0]", told + " of null", thrownBy(called, objects, type, arguments));
            }
        }
    }

    private void expect(String message, String told, Throwable thrown) {
        tried++;
        if (!(thrown instanceof NullPointerException) || !message.equals(thrown.getMessage())) {
            wrong.add(told + ": " + thrown);
        }
    }

    private static Throwable thrownBy(
            Executable called, OneOfEach objects, Class<?> type, Object[] arguments) {
        try {
            called.setAccessible(true); // a method of a class that is not public
            if (called instanceof Constructor<?> constructor) {
                constructor.newInstance(arguments);
            } else {
                Object on =
                        Modifier.isStatic(called.getModifiers()) ? null : objects.argument(type);
                ((Method) called).invoke(on, arguments);
            }
            return null;
        } catch (InvocationTargetException e) {
            return e.getCause();
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(
                    "cannot call " + called + " with " + Arrays.toString(arguments), e);
        }
    }
}
