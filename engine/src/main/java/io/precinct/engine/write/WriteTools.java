package io.precinct.engine.write;

import io.precinct.engine.spi.IdSource;
import io.precinct.engine.storage.TableStore;
import io.precinct.engine.view.Views;

/** What every write of one graph works with. */
public record WriteTools(Views views, TableStore tables, IdSource ids, RuleBinder rules) {}
