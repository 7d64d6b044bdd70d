package org.cdevgate.gate.stress.soak;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.Callable;
import org.cdevgate.gate.FileOperations;

/** A driver with one of its verbs changed. */
final class Between {
    private Between() {}

    interface Change {
        Object run(Callable<Object> verb) throws Exception;
    }

    static FileOperations changing(FileOperations driver, String verb, Change change) {
        return (FileOperations)
                Proxy.newProxyInstance(
                        FileOperations.class.getClassLoader(),
                        new Class<?>[] {FileOperations.class},
                        (self, method, arguments) -> {
                            Callable<Object> real =
                                    () -> {
                                        try {
                                            return method.invoke(driver, arguments);
                                        } catch (InvocationTargetException e) {
                                            if (e.getCause() instanceof Exception thrown) {
                                                throw thrown;
                                            }
                                            throw (Error) e.getCause();
                                        }
                                    };
                            return method.getName().equals(verb) ? change.run(real) : real.call();
                        });
    }
}
