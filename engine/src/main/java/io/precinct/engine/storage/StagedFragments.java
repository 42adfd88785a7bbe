package io.precinct.engine.storage;

import java.util.List;
import org.lance.FragmentMetadata;

/** Written fragments, belonging to no version: fragment id 0 and no row ids, so that any base can adopt them. */
record StagedFragments(String dataset, List<FragmentMetadata> fragments, long rows, long bytes)
        implements TableStore.Staged {
    StagedFragments {
        fragments = List.copyOf(fragments);
    }
}
