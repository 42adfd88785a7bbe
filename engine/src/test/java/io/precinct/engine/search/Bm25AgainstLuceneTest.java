package io.precinct.engine.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.precinct.engine.search.TextAnalysis.Form;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.apache.lucene.analysis.core.WhitespaceAnalyzer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.junit.jupiter.api.Test;

/** Scores equal those of another implementation of the formula, whose documents are short enough to keep their lengths. */
class Bm25AgainstLuceneTest {
    private static final String[] WORDS = {"whale", "sea", "map", "river", "boat", "wind", "storm"};

    @Test
    void scoresAreThoseOfLucene() throws IOException {
        long seed = Long.getLong("precinct.seed", 42L);
        Random random = new Random(seed);
        for (int round = 0; round < 50; round++) {
            List<String> texts = new ArrayList<>();
            for (int i = 1 + random.nextInt(40); i > 0; i--) {
                texts.add(sentence(random, 1 + random.nextInt(30)));
            }
            String query = sentence(random, 3);
            Texts column = new Texts(texts);
            TextColumn mine = new TextColumn(List.of(TextIndex.of(column, 0, texts.size(), Form.STEMS, () -> {})));
            double[] scores = mine.bm25(TextQuery.stems(query), texts.size(), row -> true);
            double[] expected = lucene(texts, TextAnalysis.distinct(query, Form.STEMS));
            for (int i = 0; i < scores.length; i++) {
                assertThat(scores[i])
                        .as("seed %d, round %d, '%s' in '%s'", seed, round, query, texts.get(i))
                        .isCloseTo(expected[i], within(1e-5));
            }
        }
    }

    private static String sentence(Random random, int words) {
        List<String> sentence = new ArrayList<>();
        for (int i = 0; i < words; i++) {
            sentence.add(WORDS[random.nextInt(WORDS.length)]);
        }
        return String.join(" ", sentence);
    }

    private static double[] lucene(List<String> texts, Set<String> terms) throws IOException {
        try (ByteBuffersDirectory directory = new ByteBuffersDirectory()) {
            try (IndexWriter writer = new IndexWriter(directory, new IndexWriterConfig(new WhitespaceAnalyzer()))) {
                for (String text : texts) {
                    List<String> stems = new ArrayList<>();
                    TextAnalysis.each(text, Form.STEMS, stems::add);
                    Document document = new Document();
                    document.add(new TextField("t", String.join(" ", stems), Field.Store.NO));
                    writer.addDocument(document);
                }
            }
            BooleanQuery.Builder any = new BooleanQuery.Builder();
            terms.forEach(term -> any.add(new TermQuery(new Term("t", term)), BooleanClause.Occur.SHOULD));
            double[] scores = new double[texts.size()];
            try (DirectoryReader reader = DirectoryReader.open(directory)) {
                for (ScoreDoc hit : new IndexSearcher(reader).search(any.build(), texts.size()).scoreDocs) {
                    scores[hit.doc] = hit.score;
                }
            }
            return scores;
        }
    }
}
