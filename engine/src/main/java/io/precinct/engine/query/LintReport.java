package io.precinct.engine.query;

import io.precinct.engine.schema.Diagnostic;
import io.precinct.engine.schema.PropertyType;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What lint says of a query text.
 *
 * @param results one for each query, in order; none when the text doesn't parse
 * @param findings about the text as a whole; by severity, type, property, message
 */
public record LintReport(List<Result> results, List<Finding> findings) {
    public LintReport {
        results = List.copyOf(results);
        findings = List.copyOf(findings);
    }

    /** Failed queries and findings that are errors. */
    public long errors() {
        return results.stream().filter(r -> !r.ok()).count() + findings(Diagnostic.Severity.ERROR);
    }

    public long warnings() {
        return results.stream().mapToLong(r -> r.warnings().size()).sum() + findings(Diagnostic.Severity.WARNING);
    }

    public long infos() {
        return findings(Diagnostic.Severity.INFO);
    }

    public boolean ok() {
        return errors() == 0;
    }

    private long findings(Diagnostic.Severity severity) {
        return findings.stream().filter(f -> f.severity() == severity).count();
    }

    /** {@code operation} is there unless the query failed. */
    public record Result(
            String name,
            boolean mutation,
            List<String> warnings,
            List<Diagnostic> errors,
            Optional<Operation> operation) {
        public Result {
            warnings = List.copyOf(warnings);
            errors = List.copyOf(errors);
        }

        public boolean ok() {
            return errors.isEmpty();
        }
    }

    public record Finding(
            Diagnostic.Severity severity,
            String code,
            String message,
            Optional<String> typeName,
            Optional<String> property,
            List<String> queryNames) {
        public Finding {
            queryNames = List.copyOf(queryNames);
        }
    }

    /** What a query gives and touches; column names are those of its rows. */
    public record Operation(List<Column> result, SortedSet<TypeName> reads, SortedSet<TypeName> writes) {
        public Operation {
            result = List.copyOf(result);
            reads = java.util.Collections.unmodifiableSortedSet(new TreeSet<>(reads));
            writes = java.util.Collections.unmodifiableSortedSet(new TreeSet<>(writes));
        }
    }

    public record Column(String name, PropertyType type) {}

    /** {@code kind} is node or edge. */
    public record TypeName(String kind, String name) implements Comparable<TypeName> {
        private static final Comparator<TypeName> ORDER =
                Comparator.comparing(TypeName::kind).reversed().thenComparing(TypeName::name);

        @Override
        public int compareTo(TypeName other) {
            return ORDER.compare(this, other);
        }
    }
}
