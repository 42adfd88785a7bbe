package io.precinct.engine.search;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.LowerCaseFilter;
import org.apache.lucene.analysis.StopFilter;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.Tokenizer;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.apache.lucene.analysis.snowball.SnowballFilter;
import org.apache.lucene.analysis.standard.StandardTokenizer;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.tartarus.snowball.ext.EnglishStemmer;

/**
 * How texts and queries become tokens: words by the Unicode text segmentation rules (UAX #29), in lower case, without
 * English stop words, and in the stemmed form cut to their stems by the English Snowball stemmer. Thread-safe.
 */
public final class TextAnalysis {
    /** What tokens are compared by. */
    public enum Form {
        WORDS,
        STEMS
    }

    private static final Analyzer WORDS = analyzer(false);
    private static final Analyzer STEMS = analyzer(true);

    private TextAnalysis() {}

    private static Analyzer analyzer(boolean stemmed) {
        return new Analyzer() {
            @Override
            protected TokenStreamComponents createComponents(String field) {
                Tokenizer source = new StandardTokenizer();
                TokenStream tokens =
                        new StopFilter(new LowerCaseFilter(source), EnglishAnalyzer.ENGLISH_STOP_WORDS_SET);
                return new TokenStreamComponents(
                        source, stemmed ? new SnowballFilter(tokens, new EnglishStemmer()) : tokens);
            }
        };
    }

    /** The distinct tokens of a query, in order of first appearance. */
    public static Set<String> distinct(String text, Form form) {
        Set<String> tokens = new LinkedHashSet<>();
        each(text, form, tokens::add);
        return tokens;
    }

    /** Every token of a text in its order. */
    public static void each(String text, Form form, Consumer<String> token) {
        Analyzer analyzer = switch (form) {
            case WORDS -> WORDS;
            case STEMS -> STEMS;
        };
        try (TokenStream tokens = analyzer.tokenStream("", text)) {
            CharTermAttribute term = tokens.addAttribute(CharTermAttribute.class);
            tokens.reset();
            while (tokens.incrementToken()) {
                token.accept(term.toString());
            }
            tokens.end();
        } catch (IOException impossible) {
            throw new UncheckedIOException("a text in memory can always be read", impossible);
        }
    }
}
