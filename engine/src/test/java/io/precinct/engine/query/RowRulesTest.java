package io.precinct.engine.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.schema.EntityType;
import io.precinct.engine.schema.GoldenCases;
import io.precinct.engine.schema.SchemaCompiler;
import io.precinct.engine.spi.Condition;
import io.precinct.engine.spi.Condition.Comparison;
import io.precinct.engine.spi.Operand;
import java.util.List;
import org.junit.jupiter.api.Test;

class RowRulesTest {
    private static final EntityType TRUCK =
            SchemaCompiler.compile(GoldenCases.text("fleet.pg")).node("Truck").orElseThrow();
    private static final Operand TEXT = new Operand.Text("x");

    private static String bound(Condition condition) {
        return StatementText.of(RowRules.bind(condition, TRUCK));
    }

    private static Condition field(String property, Comparison comparison, Operand operand) {
        return new Condition.Field(property, comparison, operand);
    }

    @Test
    void everyComparisonBindsWithItsConstantTyped() {
        assertThat(bound(field("region", Comparison.EQ, new Operand.Text("fr"))))
                .isEqualTo("row.region = fr:String");
        assertThat(bound(field("seats", Comparison.NE, new Operand.Real(2.5)))).isEqualTo("row.seats != 2.5:F64");
        assertThat(bound(field("load", Comparison.LT, new Operand.Whole(2)))).isEqualTo("row.load < 2:I64");
        assertThat(bound(field("built", Comparison.LTE, new Operand.Text("2020-01-01"))))
                .isEqualTo("row.built <= 18262:Date");
        assertThat(bound(field("seen", Comparison.GT, new Operand.Text("1970-01-01T00:00:01Z"))))
                .isEqualTo("row.seen > 1000:DateTime");
        assertThat(bound(field("active", Comparison.GTE, new Operand.Truth(true))))
                .isEqualTo("row.active >= true:Bool");
        assertThat(bound(field("tags", Comparison.CONTAINS, TEXT))).isEqualTo("row.tags contains x:String");
        assertThat(bound(field("plate", Comparison.STARTS_WITH, TEXT))).isEqualTo("row.plate starts_with x:String");
        assertThat(bound(field("seats", Comparison.IN, new Operand.Items(List.of(new Operand.Whole(1))))))
                .isEqualTo("row.seats in [1:I64]");
    }

    @Test
    void treeKeepsItsShape() {
        assertThat(bound(new Condition.All(List.of(
                        new Condition.Any(List.of()),
                        new Condition.Not(new Condition.Constant(false)),
                        field("plate", Comparison.EQ, TEXT)))))
                .isEqualTo("all[any[], not(false), row.plate = x:String]");
    }

    @Test
    void everyFaultOfATreeIsFound() {
        List<Condition> faulty = List.of(
                field("absent", Comparison.EQ, TEXT),
                field("id", Comparison.EQ, TEXT),
                field("seats", Comparison.EQ, TEXT),
                field("seats", Comparison.STARTS_WITH, TEXT),
                field("plate", Comparison.CONTAINS, TEXT),
                field("tags", Comparison.EQ, TEXT),
                field("tags", Comparison.IN, new Operand.Items(List.of(TEXT))),
                field("tags", Comparison.CONTAINS, new Operand.Whole(1)),
                field("plate", Comparison.EQ, new Operand.Items(List.of(TEXT))),
                field("plate", Comparison.IN, TEXT),
                field("seats", Comparison.IN, new Operand.Items(List.of(new Operand.Whole(1), TEXT))),
                field("active", Comparison.EQ, new Operand.Whole(1)),
                field("built", Comparison.EQ, new Operand.Whole(18262)),
                field("built", Comparison.EQ, TEXT),
                field("region", Comparison.NE, TEXT));
        assertThatThrownBy(() -> RowRules.bind(new Condition.Not(new Condition.Any(faulty)), TRUCK))
                .isInstanceOfSatisfying(EngineException.class, e -> {
                    EngineFailure.Invalid invalid = (EngineFailure.Invalid) e.failure();
                    assertThat(invalid.diagnostics()).hasSize(faulty.size());
                    assertThat(invalid.code()).isEqualTo(RowRules.CODE);
                });
    }

    @Test
    void bottomlessTreeIsRefused() {
        Condition deep = Condition.ALWAYS;
        for (int i = 0; i < 65; i++) {
            deep = new Condition.Not(deep);
        }
        Condition rule = deep;
        assertThatThrownBy(() -> RowRules.bind(rule, TRUCK)).isInstanceOf(EngineException.class);
    }
}
