package io.precinct.engine.write;

import io.precinct.engine.query.CheckedStatement;
import io.precinct.engine.query.Expression;
import io.precinct.engine.query.Predicate.Operator;
import io.precinct.engine.schema.EntityType;
import io.precinct.engine.schema.Property;
import io.precinct.engine.schema.PropertyType;
import io.precinct.engine.schema.Scalar;
import java.util.HashMap;
import java.util.Map;

/** Steps of mutations over {@link TestSchema}, as the compiler would give them. */
final class Statements {
    private Statements() {}

    static Expression.Constant constant(Object value) {
        return new Expression.Constant(value, PropertyType.of(value instanceof Long ? Scalar.I64 : Scalar.STRING));
    }

    static CheckedStatement.Step person(String slug, String name, Object... more) {
        Map<Property, Expression> values = new HashMap<>();
        values.put(TestSchema.SLUG, constant(slug));
        values.put(TestSchema.NAME, constant(name));
        for (int i = 0; i < more.length; i += 2) {
            values.put((Property) more[i], constant(more[i + 1]));
        }
        return new CheckedStatement.InsertNode(TestSchema.PERSON, values);
    }

    static CheckedStatement.Step note(String text) {
        return new CheckedStatement.InsertNode(TestSchema.NOTE, Map.of(TestSchema.TEXT, constant(text)));
    }

    static CheckedStatement.Step insert(EntityType.Edge type, String from, String to) {
        return new CheckedStatement.InsertEdge(type, constant(from), constant(to), Map.of());
    }

    static CheckedStatement.Step update(Map<Property, Expression> values, CheckedStatement.Where where) {
        return new CheckedStatement.Update(TestSchema.PERSON, values, where);
    }

    static CheckedStatement.Step delete(EntityType type, CheckedStatement.Where where) {
        return new CheckedStatement.Delete(type, where);
    }

    static CheckedStatement.Step deleteFrom(EntityType.Edge type, String source) {
        return delete(
                type,
                new CheckedStatement.Where(new CheckedStatement.Subject.OfSource(), Operator.EQ, constant(source)));
    }

    static CheckedStatement.Where where(Property property, Operator operator, Object value) {
        return new CheckedStatement.Where(new CheckedStatement.Subject.OfProperty(property), operator, constant(value));
    }
}
