package io.precinct.engine.write;

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
    private final UniqueIndexes uniques = new UniqueIndexes();

    public WriteTools(Views views, TableStore tables, IdSource ids, RuleBinder rules) {
        this(views, tables, ids, rules, WriteLimits.DEFAULT);
    }

    public WriteTools(Views views, TableStore tables, IdSource ids, RuleBinder rules, WriteLimits limits) {
        this.limits = limits;
        this.views = views;
        this.tables = tables;
        this.ids = ids;
        this.rules = rules;
    }

    WriteLimits limits() {
        return limits;
    }

    Views views() {
        return views;
    }

    TableStore tables() {
        return tables;
    }

    IdSource ids() {
        return ids;
    }

    RuleBinder rules() {
        return rules;
    }

    UniqueIndexes uniques() {
        return uniques;
    }
}
