package io.precinct.engine.search;

import static org.assertj.core.api.Assertions.assertThat;

import io.precinct.engine.search.TextAnalysis.Form;
import org.junit.jupiter.api.Test;

class TextAnalysisTest {
    @Test
    void wordsAreLowerCaseUnicodeWordsWithoutStopWords() {
        assertThat(TextAnalysis.distinct("The Übergrößen of NEW-YORK, 42 running 東京!", Form.WORDS))
                .containsExactly("übergrößen", "new", "york", "42", "running", "東", "京");
    }

    @Test
    void stemsAreEnglish() {
        assertThat(TextAnalysis.distinct("running runs run's flies generously", Form.STEMS))
                .containsExactly("run", "fli", "generous");
    }

    @Test
    void textWithoutWordsHasNoTokens() {
        assertThat(TextAnalysis.distinct(" …, the - ", Form.STEMS)).isEmpty();
    }

    @Test
    void queryAndIndexAgreeOnATextOfItsOwn() {
        assertThat(TextQuery.stems("whales").matches("A WHALE.")).isTrue();
        assertThat(TextQuery.words("whales", 0).matches("A WHALE.")).isFalse();
        assertThat(TextQuery.words("whales", 1).matches("A WHALE.")).isTrue();
        assertThat(TextQuery.words("", 9).matches("A WHALE.")).isFalse();
    }
}
