package io.precinct.engine.write;

import io.precinct.engine.search.Embeddings;
import io.precinct.engine.search.MiniLmEmbedder;
import io.precinct.engine.spi.IdSource;
import io.precinct.engine.storage.TableStore;
import io.precinct.engine.view.Views;

/** What every write of one graph works with; made once per graph, because it remembers what uniqueness is looked up in. */
public final class WriteTools {
    private final Views views;
    private final TableStore tables;
    private final IdSource ids;
    private final RuleBinder rules;
    private final WriteLimits limits;
    private final LoadLimits loads;
    private final Embeddings embeddings;
    private final BlobValues blobs;
    private final UniqueIndexes uniques = new UniqueIndexes();

    /** Default limits; embeds in this process. */
    public WriteTools(Views views, TableStore tables, IdSource ids, RuleBinder rules) {
        this(views, tables, ids, rules, WriteLimits.DEFAULT);
    }

    /** Embeds in this process; keeps the contents of Blobs in their rows. */
    public WriteTools(Views views, TableStore tables, IdSource ids, RuleBinder rules, WriteLimits limits) {
        this(
                views,
                tables,
                ids,
                rules,
                limits,
                LoadLimits.DEFAULT,
                new Embeddings(new MiniLmEmbedder()),
                BlobValues.IN_ROWS);
    }

    public WriteTools(
            Views views,
            TableStore tables,
            IdSource ids,
            RuleBinder rules,
            WriteLimits limits,
            LoadLimits loads,
            Embeddings embeddings,
            BlobValues blobs) {
        this.blobs = blobs;
        this.limits = limits;
        this.loads = loads;
        this.views = views;
        this.tables = tables;
        this.ids = ids;
        this.rules = rules;
        this.embeddings = embeddings;
    }

    WriteLimits limits() {
        return limits;
    }

    LoadLimits loads() {
        return loads;
    }

    public Views views() {
        return views;
    }

    public TableStore tables() {
        return tables;
    }

    IdSource ids() {
        return ids;
    }

    public RuleBinder rules() {
        return rules;
    }

    Embeddings embeddings() {
        return embeddings;
    }

    BlobValues blobs() {
        return blobs;
    }

    UniqueIndexes uniques() {
        return uniques;
    }
}
