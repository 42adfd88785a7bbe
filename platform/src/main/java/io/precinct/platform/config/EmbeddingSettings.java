package io.precinct.platform.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.precinct.engine.search.EmbedderSettings;
import io.precinct.engine.search.EmbedderSettings.Patience;
import io.precinct.engine.search.EmbedderSettings.Provider;
import java.net.URI;
import java.util.Optional;

/**
 * What turns texts into vectors on this node. The key of a provider is no setting: it comes from the environment.
 *
 * @param provider {@code in-process}, {@code openai-compatible}, {@code openai}, {@code gemini} or {@code mock}
 * @param model the provider's default when absent
 * @param baseUrl the provider's own address when absent; {@code openai-compatible} needs one
 */
public record EmbeddingSettings(
        String provider,
        Optional<String> model,
        @JsonProperty("base_url") Optional<URI> baseUrl) {
    public static final EmbeddingSettings DEFAULTS = new EmbeddingSettings(null, Optional.empty(), Optional.empty());

    public EmbeddingSettings {
        provider = Optional.ofNullable(provider).orElse(Provider.IN_PROCESS.word());
        model = Optional.ofNullable(model).orElse(Optional.empty());
        baseUrl = Optional.ofNullable(baseUrl).orElse(Optional.empty());
        Check.that(
                Provider.ofWord(provider).isPresent(),
                "embedding.provider",
                "must be in-process, openai-compatible, openai, gemini or mock");
        try {
            settings(provider, model, baseUrl);
        } catch (IllegalArgumentException refused) {
            Check.that(false, "embedding", "is not complete: " + refused.getMessage());
        }
    }

    public EmbedderSettings settings() {
        return settings(provider, model, baseUrl);
    }

    private static EmbedderSettings settings(String provider, Optional<String> model, Optional<URI> baseUrl) {
        return new EmbedderSettings(Provider.ofWord(provider).orElseThrow(), model, baseUrl, Patience.DEFAULTS);
    }
}
