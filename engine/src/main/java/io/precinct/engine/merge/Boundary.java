package io.precinct.engine.merge;

import io.precinct.engine.CommitId;
import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.schema.EntityType;
import io.precinct.engine.schema.Property;
import io.precinct.engine.schema.Schema;
import java.util.Optional;

/**
 * Whether images of one schema can be told in the words, and under the rules, of a later one: all that the earlier one has
 * is there under its name. A rule names types and properties as they are now; on what is called otherwise it would say
 * nothing. What was renamed is not told: it may not exist for the caller.
 */
public final class Boundary {
    private Boundary() {}

    /** @throws EngineException {@code ChangeSchemaBoundary} naming {@code commit} */
    public static void require(Schema earlier, Schema later, CommitId commit) {
        if (earlier.hash().equals(later.hash())) {
            return;
        }
        for (EntityType type : earlier.types()) {
            Optional<EntityType> now = later.types().stream()
                    .filter(one -> one.id().equals(type.id()) && one.name().equals(type.name()))
                    .findFirst();
            if (now.isEmpty()) {
                throw refused("type_renamed_or_dropped", commit);
            }
            for (Property property : type.properties()) {
                boolean same = now.get().properties().stream()
                        .anyMatch(one -> one.id().equals(property.id())
                                && one.name().equals(property.name())
                                && one.type().scalar() == property.type().scalar());
                if (!same) {
                    throw refused("property_renamed_or_dropped", commit);
                }
            }
        }
    }

    private static EngineException refused(String reason, CommitId commit) {
        return new EngineException(new EngineFailure.ChangeSchemaBoundary(reason, commit));
    }
}
