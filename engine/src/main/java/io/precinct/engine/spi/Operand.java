package io.precinct.engine.spi;

import java.util.List;

/** A constant in a {@link Condition}. Immutable; never null inside. */
public sealed interface Operand {
    record Text(String value) implements Operand {}

    /** A whole number; compared exactly with every numeric property. */
    record Whole(long value) implements Operand {}

    /** A finite IEEE double. */
    record Real(double value) implements Operand {
        public Real {
            if (!Double.isFinite(value)) {
                throw new IllegalArgumentException("an operand must be finite, not " + value);
            }
        }
    }

    record Truth(boolean value) implements Operand {}

    /** The right side of {@link Condition.Comparison#IN}; elements are scalars. */
    record Items(List<Operand> values) implements Operand {
        public Items {
            values = List.copyOf(values);
            if (values.stream().anyMatch(Items.class::isInstance)) {
                throw new IllegalArgumentException("a list operand holds scalars only");
            }
        }
    }
}
