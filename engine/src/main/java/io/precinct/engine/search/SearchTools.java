package io.precinct.engine.search;

/** What the searches of one graph work with; made once per graph. Thread-safe. */
public record SearchTools(Embeddings embeddings, TextIndexes texts) {}
