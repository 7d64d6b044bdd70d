package org.cdevgate.checks.pages;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreeScanner;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * What the project's Java sources declare, those of tests and of every module too. It is read from
 * the sources and not from classes, so that it needs no class path that has everything.
 */
final class Sources {
    /** Its strings have what is not so on purpose. */
    private static final String SEEDED_FAULTS = "SeededFaultsTest.java";

    /** A class, interface, enum or record. */
    private static final class Type {
        final Set<String> members = new HashSet<>();
        final List<String> supers = new ArrayList<>();
    }

    private final Map<String, List<Type>> types = new HashMap<>();
    private final Set<String> qualified = new HashSet<>();
    private final Set<String> packages = new HashSet<>();
    private final Set<String> methods = new HashSet<>();
    private final Set<String> identifiers = new HashSet<>();
    private final Set<String> strings = new HashSet<>();

    Sources(List<Path> files) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager manager =
                compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
            JavacTask task =
                    (JavacTask)
                            compiler.getTask(
                                    null,
                                    manager,
                                    null,
                                    List.of("-proc:none"),
                                    null,
                                    manager.getJavaFileObjectsFromPaths(files));
            for (CompilationUnitTree unit : task.parse()) {
                String name = unit.getPackageName() == null ? "" : unit.getPackageName().toString();
                for (String each = name; !each.isEmpty(); each = withoutLast(each)) {
                    packages.add(each);
                }
                unit.accept(
                        new Collector(name, unit.getSourceFile().getName().endsWith(SEEDED_FAULTS)),
                        null);
            }
        }
    }

    private static String withoutLast(String name) {
        return name.substring(0, Math.max(0, name.lastIndexOf('.')));
    }

    private final class Collector extends TreeScanner<Void, Void> {
        private String inside;
        private Type type;

        private final boolean seeded;

        Collector(String packageName, boolean seeded) {
            inside = packageName;
            this.seeded = seeded;
        }

        @Override
        public Void visitClass(ClassTree tree, Void unused) {
            String name = tree.getSimpleName().toString();
            if (name.isEmpty()) { // anonymous: what it declares is its enclosing type's
                return super.visitClass(tree, null);
            }
            if (type != null) {
                type.members.add(name);
            }
            String outside = inside;
            Type outer = type;
            inside = outside + "." + name;
            type = new Type();
            qualified.add(inside);
            identifiers.add(name);
            types.computeIfAbsent(name, unknown -> new ArrayList<>()).add(type);
            if (tree.getExtendsClause() != null) {
                type.supers.add(simple(tree.getExtendsClause()));
            }
            tree.getImplementsClause().forEach(each -> type.supers.add(simple(each)));
            super.visitClass(tree, null);
            inside = outside;
            type = outer;
            return null;
        }

        private String simple(Tree reference) {
            String name = reference.toString().replaceFirst("(?s)<.*", "");
            return name.substring(name.lastIndexOf('.') + 1);
        }

        @Override
        public Void visitMethod(MethodTree tree, Void unused) {
            type.members.add(tree.getName().toString());
            methods.add(tree.getName().toString());
            identifiers.add(tree.getName().toString());
            return super.visitMethod(tree, null);
        }

        @Override
        public Void visitVariable(VariableTree tree, Void unused) {
            if (type != null) { // also a local one: more than the members, which does no harm
                type.members.add(tree.getName().toString());
                methods.add(tree.getName().toString()); // of a record: an accessor too
            }
            identifiers.add(tree.getName().toString());
            return super.visitVariable(tree, null);
        }

        @Override
        public Void visitLiteral(LiteralTree tree, Void unused) {
            if (tree.getValue() instanceof String text && !seeded) {
                strings.add(text);
            }
            return null;
        }
    }

    /** Whether a type of the project has this simple name. */
    boolean hasType(String name) {
        return types.containsKey(name);
    }

    /** Whether the project has this package or type, by its full name. */
    boolean hasQualified(String name) {
        return packages.contains(name) || qualified.contains(name);
    }

    /** Whether some method has this name. */
    boolean hasMethod(String name) {
        return methods.contains(name);
    }

    /** Whether something is declared by this name. */
    boolean hasIdentifier(String name) {
        return identifiers.contains(name);
    }

    /** Whether a string of the sources is this. */
    boolean hasString(String text) {
        return strings.contains(text);
    }

    /** Whether a string of the sources has this in it. */
    boolean hasStringWith(String part) {
        return strings.stream().anyMatch(text -> text.contains(part));
    }

    /** Whether a type of the project has a member of this name, or a type above it has. */
    boolean hasMember(String typeName, String member) {
        return types.getOrDefault(typeName, List.of()).stream()
                .anyMatch(
                        type ->
                                type.members.contains(member)
                                        || ForeignTypes.hasMember("Object", member)
                                        || ForeignTypes.hasMember("Enum", member)
                                        || type.supers.stream()
                                                .anyMatch(above -> inherits(above, member)));
    }

    private boolean inherits(String above, String member) {
        return hasType(above) ? hasMember(above, member) : ForeignTypes.hasMember(above, member);
    }
}
