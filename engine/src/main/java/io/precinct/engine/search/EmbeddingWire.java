package io.precinct.engine.search;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** How providers are asked over HTTP and how they answer. */
enum EmbeddingWire {
    /** {@code POST <base>/embeddings}, as many servers understand. */
    OPENAI {
        @Override
        String path(String model) {
            return "/embeddings";
        }

        @Override
        String keyHeader(String key) {
            return "Bearer " + key;
        }

        @Override
        String keyHeaderName() {
            return "Authorization";
        }

        @Override
        ObjectNode request(String model, List<String> texts, int dimension) {
            ObjectNode body = JSON.createObjectNode();
            body.put("model", model).put("dimensions", dimension).put("encoding_format", "float");
            ArrayNode input = body.putArray("input");
            texts.forEach(input::add);
            return body;
        }

        @Override
        Optional<List<float[]>> vectors(JsonNode answer, int texts) {
            JsonNode data = answer.path("data");
            float[][] vectors = new float[texts][];
            if (!data.isArray() || data.size() != texts) {
                return Optional.empty();
            }
            for (int i = 0; i < texts; i++) {
                int index = data.get(i).path("index").asInt(i);
                Optional<float[]> vector = numbers(data.get(i).path("embedding"));
                if (vector.isEmpty() || index < 0 || index >= texts || vectors[index] != null) {
                    return Optional.empty();
                }
                vectors[index] = vector.get();
            }
            return Optional.of(List.of(vectors));
        }
    },
    /** {@code POST <base>/models/<model>:batchEmbedContents}. */
    GEMINI {
        @Override
        String path(String model) {
            return "/models/" + model + ":batchEmbedContents";
        }

        @Override
        String keyHeader(String key) {
            return key;
        }

        @Override
        String keyHeaderName() {
            return "x-goog-api-key";
        }

        @Override
        ObjectNode request(String model, List<String> texts, int dimension) {
            ObjectNode body = JSON.createObjectNode();
            ArrayNode requests = body.putArray("requests");
            for (String text : texts) {
                ObjectNode one =
                        requests.addObject().put("model", "models/" + model).put("outputDimensionality", dimension);
                one.putObject("content").putArray("parts").addObject().put("text", text);
            }
            return body;
        }

        @Override
        Optional<List<float[]>> vectors(JsonNode answer, int texts) {
            JsonNode embeddings = answer.path("embeddings");
            List<float[]> vectors = new ArrayList<>();
            for (JsonNode one : embeddings) {
                numbers(one.path("values")).ifPresent(vectors::add);
            }
            return embeddings.isArray() && embeddings.size() == texts && vectors.size() == texts
                    ? Optional.of(vectors)
                    : Optional.empty();
        }
    };

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Below the base address. */
    abstract String path(String model);

    abstract String keyHeaderName();

    abstract String keyHeader(String key);

    abstract ObjectNode request(String model, List<String> texts, int dimension);

    /** In the order of the texts; empty when the answer hasn't the form of one. */
    abstract Optional<List<float[]>> vectors(JsonNode answer, int texts);

    private static Optional<float[]> numbers(JsonNode array) {
        if (!array.isArray()) {
            return Optional.empty();
        }
        float[] numbers = new float[array.size()];
        for (int i = 0; i < numbers.length; i++) {
            if (!array.get(i).isNumber()) {
                return Optional.empty();
            }
            numbers[i] = (float) array.get(i).doubleValue();
        }
        return Optional.of(numbers);
    }
}
