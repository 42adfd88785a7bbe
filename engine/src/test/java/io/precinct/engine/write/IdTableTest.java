package io.precinct.engine.write;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class IdTableTest {
    @Test
    void tellsIdsWithTheSameNumberApart() {
        IdTable table = new IdTable(true);
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
        IdTable table = new IdTable(true);
        String end = "x".repeat(3_000) + "é";
        for (int i = 0; i < 2_000; i++) {
            table.add(i * 31L, IdTable.check("id" + i), "id" + i + end, i);
        }
        for (int i = 0; i < 2_000; i++) {
            assertThat(table.text(table.find(i * 31L, IdTable.check("id" + i)))).isEqualTo("id" + i + end);
        }
        assertThat(table.size()).isEqualTo(2_000);
    }
}
