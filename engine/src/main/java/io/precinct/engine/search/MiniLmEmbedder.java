package io.precinct.engine.search;

import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.embedding.onnx.allminilml6v2q.AllMiniLmL6V2QuantizedEmbeddingModel;
import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.EngineFailure.EmbeddingFailed;
import io.precinct.engine.spi.Embedder;
import java.util.ArrayList;
import java.util.List;

/**
 * The quantized sentence model all-MiniLM-L6-v2 (384 dimensions, English, reads about the first 500 words) inside this
 * process: no network and no key. The model is loaded when it is first asked and shared by the whole process; it takes
 * some 100 MB. Embeds on the calling thread.
 */
public final class MiniLmEmbedder implements Embedder {
    public static final String MODEL = "all-MiniLM-L6-v2-q";
    public static final int DIMENSION = 384;

    /** Loaded by the first use of this class. */
    private static final class Loaded {
        static final EmbeddingModel MODEL = load();

        private static EmbeddingModel load() {
            // The tokenizer's library would otherwise report its use and could fetch files.
            System.setProperty("OPT_OUT_TRACKING", "true");
            System.setProperty("ai.djl.offline", "true");
            return new AllMiniLmL6V2QuantizedEmbeddingModel(Runnable::run);
        }
    }

    @Override
    public String model() {
        return MODEL;
    }

    @Override
    public List<float[]> embed(List<String> texts, int dimension) {
        if (dimension != DIMENSION) {
            throw new EngineException(new EmbeddingFailed(
                    EmbeddingFailed.Cause.REFUSED,
                    "the in-process model gives vectors of " + DIMENSION + " numbers and not of " + dimension
                            + "; declare Vector(" + DIMENSION + ") or configure another provider",
                    EngineFailure.Retry.NEVER));
        }
        List<float[]> vectors = new ArrayList<>(texts.size());
        for (String text : texts) {
            if (Thread.currentThread().isInterrupted()) {
                throw new EngineException(new EngineFailure.Interrupted(false));
            }
            vectors.add(one(text));
        }
        return vectors;
    }

    private static float[] one(String text) {
        try {
            return Loaded.MODEL
                    .embedAll(List.of(TextSegment.from(text)))
                    .content()
                    .getFirst()
                    .vector();
        } catch (RuntimeException | LinkageError broken) {
            throw new EngineException(
                    new EmbeddingFailed(
                            EmbeddingFailed.Cause.UNAVAILABLE,
                            "the in-process model can't run here: " + broken.getMessage(),
                            EngineFailure.Retry.NEVER),
                    broken);
        }
    }
}
