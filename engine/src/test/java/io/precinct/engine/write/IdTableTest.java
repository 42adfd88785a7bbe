package io.precinct.engine.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import org.junit.jupiter.api.Test;

class IdTableTest {
    @Test
    void tellsIdsWithTheSameNumberApart() {
        IdTable table = new IdTable(true, new IdBudget(Long.MAX_VALUE));
        table.add(7, 1, "one", 10);
        table.add(7, 2, "two", 20);
        assertThat(table.text(table.find(7, 1))).isEqualTo("one");
        assertThat(table.payload(table.find(7, 2))).isEqualTo(20);
        assertThat(table.find(7, 3)).isEqualTo(IdTable.ABSENT);
        assertThat(table.find(8, 1)).isEqualTo(IdTable.ABSENT);
        assertThat(table.findNumber(7)).isNotNegative();
    }

    @Test
    void keepsEveryTextWhileItGrowsBeyondItsChunks() {
        IdTable table = new IdTable(true, new IdBudget(Long.MAX_VALUE));
        String end = "x".repeat(3_000) + "é";
        for (int i = 0; i < 2_000; i++) {
            table.add(i * 31L, IdTable.check("id" + i), "id" + i + end, i);
        }
        for (int i = 0; i < 2_000; i++) {
            assertThat(table.text(table.find(i * 31L, IdTable.check("id" + i)))).isEqualTo("id" + i + end);
        }
        assertThat(table.size()).isEqualTo(2_000);
    }

    @Test
    void takesFromItsBudgetBeforeItGrowsAndStopsThere() {
        IdBudget budget = new IdBudget(100_000);
        IdTable table = new IdTable(false, budget);
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 1_000_000; i++) {
                        table.add(i, i, "", 0);
                    }
                })
                .isInstanceOfSatisfying(EngineException.class, e -> {
                    EngineFailure.ResourceLimit limit = (EngineFailure.ResourceLimit) e.failure();
                    assertThat(limit.limit()).isEqualTo(100_000);
                    assertThat(limit.actual()).isGreaterThan(100_000);
                });
        assertThat(table.held()).isEqualTo(budget.taken()).isLessThanOrEqualTo(100_000);
        assertThat(table.size()).isBetween(1_000, 3_125);
        budget.giveBack(table.held());
        assertThat(budget.taken()).isZero();
    }

    @Test
    void textsCountToo() {
        IdBudget budget = new IdBudget(10_000);
        IdTable table = new IdTable(true, budget);
        assertThatThrownBy(() -> table.add(1, 1, "x".repeat(20_000), 0)).isInstanceOf(EngineException.class);
    }
}
