package io.precinct.engine.search;

import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.EngineFailure.EmbeddingFailed;
import io.precinct.engine.schema.EmbeddedProperty;
import io.precinct.engine.schema.EntityType;
import io.precinct.engine.schema.Property;
import io.precinct.engine.spi.Embedder;
import java.util.ArrayList;
import java.util.List;

/**
 * The vectors of a property's texts, from one provider: refused when the property records another model, and checked
 * before anything is done with them. Thread-safe.
 */
public final class Embeddings {
    /** Texts asked for at once. */
    public static final int BATCH = 96;

    private final Embedder embedder;

    public Embeddings(Embedder embedder) {
        this.embedder = embedder;
    }

    /** The vector of a query's text. */
    public float[] of(String text, EntityType type, Property property) {
        return of(List.of(text), type, property).getFirst();
    }

    /**
     * The vectors of texts in their order.
     *
     * @throws EngineException {@code EmbeddingFailed}, {@code Interrupted}
     */
    public List<float[]> of(List<String> texts, EntityType type, Property property) {
        String place = type.name() + "." + property.name();
        EmbeddedProperty.of(property).flatMap(EmbeddedProperty::model).ifPresent(recorded -> {
            if (!recorded.equals(embedder.model())) {
                throw failed(
                        EmbeddingFailed.Cause.MODEL_MISMATCH,
                        place + " holds vectors of the model '" + recorded + "' and the provider's is '"
                                + embedder.model() + "'; configure the recorded model");
            }
        });
        List<float[]> vectors = new ArrayList<>(texts.size());
        for (int from = 0; from < texts.size(); from += BATCH) {
            List<String> batch = texts.subList(from, Math.min(texts.size(), from + BATCH));
            List<float[]> answer =
                    embedder.embed(List.copyOf(batch), property.type().dimension());
            if (answer.size() != batch.size()) {
                throw invalid(place, answer.size() + " vectors for " + batch.size() + " texts");
            }
            answer.forEach(vector -> check(vector, property, place));
            vectors.addAll(answer);
        }
        return vectors;
    }

    private static void check(float[] vector, Property property, String place) {
        if (vector.length != property.type().dimension()) {
            throw invalid(
                    place,
                    "a vector of " + vector.length + " numbers where "
                            + property.type().display() + " is asked");
        }
        boolean zero = true;
        for (float component : vector) {
            if (!Float.isFinite(component)) {
                throw invalid(place, "a vector with a number that is not finite");
            }
            zero &= component == 0;
        }
        if (zero) {
            throw invalid(place, "a vector of zeros, which points nowhere");
        }
    }

    private static EngineException invalid(String place, String what) {
        return failed(EmbeddingFailed.Cause.INVALID_ANSWER, "for " + place + " the provider gave " + what);
    }

    private static EngineException failed(EmbeddingFailed.Cause cause, String detail) {
        return new EngineException(new EmbeddingFailed(cause, detail, EngineFailure.Retry.NEVER));
    }
}
