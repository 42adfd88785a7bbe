package io.precinct.engine.schema;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CalendarTextTest {
    @ParameterizedTest
    @CsvSource({
        "1970-01-02, 1, 86400000",
        "19700102, 1, 86400000",
        "1970-1-2, 1, 86400000",
        "1970-01-01T23:30:00-01:00, 1, 88200000",
        "1970-01-01 00:00:00.0019, 0, 1",
        "1969-12-31t23:59:59z, -1, -1000",
        "+12000-01-01, 3663382, 316516204800000",
    })
    void readsDaysAndInstants(String text, int days, long millis) {
        assertThat(CalendarText.date(text)).contains(days);
        assertThat(CalendarText.dateTime(text)).contains(millis);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "yesterday",
                "2020-02-30",
                "2020-13-01",
                "2020-01-01T25:00:00Z",
                "2020-01-01T00:00:00+99:00",
                "2020-01-01Tnoon"
            })
    void refusesAnythingElse(String text) {
        assertThat(CalendarText.date(text)).isEmpty();
        assertThat(CalendarText.dateTime(text)).isEmpty();
    }
}
