package io.precinct.platform.run;

import io.precinct.engine.BranchName;
import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.Graph;
import io.precinct.engine.GraphId;
import io.precinct.engine.Tag;
import io.precinct.engine.TagName;
import io.precinct.engine.Target;
import io.precinct.engine.manifest.Snapshot;
import java.util.List;
import java.util.Optional;

/**
 * An operation on the tags of one graph. Each is decided on the branch that the tagged commit was made on; a tag of a
 * branch that the caller may not read is no tag.
 */
public sealed interface TagOperation<R> extends GraphOperation<R> {
    record Tags(GraphId graph) implements TagOperation<List<Tag>> {
        @Override
        public OperationKind kind() {
            return OperationKind.TAGS_LIST;
        }

        @Override
        public Ready<List<Tag>> ready(Graph opened, SchemaView view) {
            List<Tag> all = opened.tags();
            return Ready.withoutTypes(
                    opened.branches(),
                    admitted -> all.stream()
                            .filter(tag -> admitted.reads(tag.branch()))
                            .toList());
        }
    }

    /** @param target whose last commit gets the name */
    record TagCreate(GraphId graph, TagName name, Target target) implements TagOperation<Tag> {
        @Override
        public OperationKind kind() {
            return OperationKind.TAGS_CREATE;
        }

        @Override
        public Ready<Tag> ready(Graph opened, SchemaView view) {
            Snapshot snapshot = opened.snapshot(target);
            BranchName branch = opened.commit(snapshot.head().id()).branch();
            return new Ready<>(
                    Ready.NO_TYPES, Ready.Mentions.SWEPT, List.of(branch), Optional.empty(), "none", admitted -> {
                        if (!admitted.reads(branch)) {
                            throw new EngineException(new EngineFailure.NotFound(
                                    "commit", snapshot.head().id().value()));
                        }
                        return opened.createTag(name, snapshot.head().id(), admitted.by());
                    });
        }
    }

    record TagDelete(GraphId graph, TagName name) implements TagOperation<TagName> {
        @Override
        public OperationKind kind() {
            return OperationKind.TAGS_DELETE;
        }

        @Override
        public Ready<TagName> ready(Graph opened, SchemaView view) {
            BranchName branch = opened.tag(name).branch();
            return new Ready<>(
                    Ready.NO_TYPES, Ready.Mentions.SWEPT, List.of(branch), Optional.empty(), "none", admitted -> {
                        opened.deleteTag(name, admitted.by());
                        return name;
                    });
        }
    }
}
