package io.precinct.engine.search;

import io.precinct.engine.spi.Embedder;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Which provider embeds. Keys are never settings: they are read from the environment when the embedder is opened, the
 * provider's own variable before {@code PRECINCT_EMBEDDING_KEY}.
 *
 * @param model empty for the provider's default; the in-process provider has one model only
 * @param baseUrl empty for the provider's own address; {@code openai-compatible} needs one
 */
public record EmbedderSettings(Provider provider, Optional<String> model, Optional<URI> baseUrl, Patience patience) {
    public static final EmbedderSettings DEFAULTS =
            new EmbedderSettings(Provider.IN_PROCESS, Optional.empty(), Optional.empty(), Patience.DEFAULTS);

    /** Variable that holds the key of any provider. */
    public static final String KEY = "PRECINCT_EMBEDDING_KEY";

    public enum Provider {
        IN_PROCESS("in-process", MiniLmEmbedder.MODEL, "", ""),
        MOCK("mock", MockEmbedder.MODEL, "", ""),
        OPENAI_COMPATIBLE("openai-compatible", "openai/text-embedding-3-large", "", ""),
        OPENAI("openai", "text-embedding-3-large", "https://api.openai.com/v1", "OPENAI_API_KEY"),
        GEMINI("gemini", "gemini-embedding-2", "https://generativelanguage.googleapis.com/v1beta", "GEMINI_API_KEY");

        private final String word;
        private final String model;
        private final String address;
        private final String keyVariable;

        Provider(String word, String model, String address, String keyVariable) {
            this.word = word;
            this.model = model;
            this.address = address;
            this.keyVariable = keyVariable;
        }

        public String word() {
            return word;
        }

        public static Optional<Provider> ofWord(String word) {
            return Arrays.stream(values()).filter(one -> one.word.equals(word)).findFirst();
        }
    }

    /**
     * How long a provider over the network is waited for.
     *
     * @param deadline of one call, with all its attempts
     * @param timeout of one attempt
     * @param attempts at most so many
     * @param backoff before the second attempt; twice as long before each further one
     */
    public record Patience(Duration deadline, Duration timeout, int attempts, Duration backoff) {
        public static final Patience DEFAULTS =
                new Patience(Duration.ofSeconds(60), Duration.ofSeconds(30), 4, Duration.ofMillis(200));

        public Patience {
            if (attempts < 1 || !deadline.isPositive() || !timeout.isPositive() || backoff.isNegative()) {
                throw new IllegalArgumentException("an embedder needs at least one attempt and time for it");
            }
        }
    }

    public EmbedderSettings {
        if (provider == Provider.OPENAI_COMPATIBLE && baseUrl.isEmpty()) {
            throw new IllegalArgumentException("the provider openai-compatible needs a base URL");
        }
        baseUrl.ifPresent(url -> {
            boolean web = "https".equals(url.getScheme()) || "http".equals(url.getScheme());
            if (!web || url.getHost() == null || url.getUserInfo() != null) {
                throw new IllegalArgumentException(
                        "a base URL is http(s)://host… without user and password, and not " + url.getScheme());
            }
        });
        if (provider == Provider.IN_PROCESS
                && model.filter(m -> !m.equals(MiniLmEmbedder.MODEL)).isPresent()) {
            throw new IllegalArgumentException(
                    "the in-process provider has the model " + MiniLmEmbedder.MODEL + " only");
        }
    }

    /**
     * Opens the provider. Nothing is loaded or connected before it is first asked.
     *
     * @param environment a variable's value, null when it isn't set, as {@code System::getenv}
     */
    public Embedder open(UnaryOperator<String> environment) {
        String name = model.orElse(provider.model);
        return switch (provider) {
            case IN_PROCESS -> new MiniLmEmbedder();
            case MOCK -> new MockEmbedder(name);
            case OPENAI_COMPATIBLE, OPENAI ->
                new HttpEmbedder(name, address(), key(environment), EmbeddingWire.OPENAI, patience);
            case GEMINI -> new HttpEmbedder(name, address(), key(environment), EmbeddingWire.GEMINI, patience);
        };
    }

    private URI address() {
        return baseUrl.orElseGet(() -> URI.create(provider.address));
    }

    private Optional<String> key(UnaryOperator<String> environment) {
        Optional<String> own = provider.keyVariable.isEmpty()
                ? Optional.empty()
                : Optional.ofNullable(environment.apply(provider.keyVariable));
        return own.or(() -> Optional.ofNullable(environment.apply(KEY))).filter(key -> !key.isBlank());
    }
}
