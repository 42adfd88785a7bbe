package io.precinct.engine.write;

import io.precinct.engine.manifest.EntityNumbers;
import io.precinct.engine.schema.Constraint;
import io.precinct.engine.schema.EntityType;
import io.precinct.engine.schema.PropertyId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The tuples of one {@code @unique} constraint that a write leaves behind, with the id that holds each. */
final class UniqueTuples {
    private final Constraint.Unique constraint;
    private final EntityType type;
    private final EntityNumbers numbers;
    private final IdTable holders;

    UniqueTuples(Constraint.Unique constraint, EntityType type, EntityNumbers numbers, IdBudget budget) {
        this.holders = new IdTable(true, budget);
        this.constraint = constraint;
        this.type = type;
        this.numbers = numbers;
    }

    /** Bytes taken from the budget. */
    long heldBytes() {
        return holders.held();
    }

    boolean isEmpty() {
        return holders.size() == 0;
    }

    List<PropertyId> members() {
        return constraint.members();
    }

    /** The tuple of a row as canonical texts; empty when a member is null: such a row is exempt. */
    Optional<List<String>> tuple(RowValues row, String source, String destination) {
        List<String> texts = new ArrayList<>(constraint.members().size() + 2);
        if (constraint.source()) {
            texts.add(source);
        }
        if (constraint.destination()) {
            texts.add(destination);
        }
        for (PropertyId member : constraint.members()) {
            Optional<Object> value = row.value(member);
            if (value.isEmpty()) {
                return Optional.empty();
            }
            texts.add(CanonicalText.of(value.get(), type.property(member).type().scalar()));
        }
        return Optional.of(texts);
    }

    boolean needsEnds() {
        return constraint.source() || constraint.destination();
    }

    /** The id that holds the tuple already, else empty and the tuple is {@code id}'s from now on. */
    Optional<String> claim(List<String> tuple, String id) {
        String text = CanonicalText.array(tuple);
        long check = IdTable.check(text);
        long number = numbers.number(type.id(), text);
        int entry = holders.find(number, check);
        if (entry != IdTable.ABSENT) {
            return Optional.of(holders.text(entry));
        }
        holders.add(number, check, id, 0);
        return Optional.empty();
    }

    /** The id of this write that holds the tuple. */
    Optional<String> holder(List<String> tuple) {
        String text = CanonicalText.array(tuple);
        int entry = holders.find(numbers.number(type.id(), text), IdTable.check(text));
        return entry == IdTable.ABSENT ? Optional.empty() : Optional.of(holders.text(entry));
    }

    Constraint.Unique constraint() {
        return constraint;
    }

    /** What an index finds the tuple by. */
    static long check(List<String> tuple) {
        return IdTable.check(CanonicalText.array(tuple));
    }

    int size() {
        return holders.size();
    }

    /** The same of the tuple held in the order of its claim. */
    long check(int held) {
        return holders.check(held);
    }

    String violation(List<String> tuple, String first, String second) {
        List<String> names = new ArrayList<>();
        if (constraint.source()) {
            names.add("src");
        }
        if (constraint.destination()) {
            names.add("dst");
        }
        constraint.members().forEach(member -> names.add(type.property(member).name()));
        return "@unique violation on " + type.name() + "." + shown(names) + ": value '" + shown(tuple) + "' held by '"
                + first + "' and '" + second + "'";
    }

    private static String shown(List<String> parts) {
        return parts.size() == 1 ? parts.getFirst() : "(" + String.join(", ", parts) + ")";
    }
}
