package io.precinct.engine.schema;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One step from an accepted schema to a desired one. Names are those after the change unless said otherwise. */
public sealed interface SchemaStep {
    /** What the step is called in JSON. */
    String kind();

    /** Present for a refusal and for a step that looks at data or loses some. */
    default Optional<EvolutionCode> code() {
        return Optional.empty();
    }

    default EvolutionCode.Tier tier() {
        return code().map(EvolutionCode::tier).orElse(EvolutionCode.Tier.SAFE);
    }

    /** How far a drop goes. */
    enum DropMode {
        /** The data leaves the schema; history keeps it as long as it keeps the commits before. */
        SOFT,
        /** The data leaves the datasets too; what history still names is purged by collection. */
        HARD;

        public String word() {
            return this == SOFT ? "soft" : "hard";
        }
    }

    record AddType(TypeKind typeKind, String name) implements SchemaStep {
        @Override
        public String kind() {
            return "add_type";
        }
    }

    record RenameType(TypeKind typeKind, String from, String to) implements SchemaStep {
        @Override
        public String kind() {
            return "rename_type";
        }
    }

    record DropType(TypeKind typeKind, String name, DropMode mode) implements SchemaStep {
        @Override
        public String kind() {
            return "drop_type";
        }

        @Override
        public Optional<EvolutionCode> code() {
            return switch (typeKind) {
                case INTERFACE -> Optional.empty();
                case NODE -> Optional.of(EvolutionCode.DROP_NODE);
                case EDGE -> Optional.of(EvolutionCode.DROP_EDGE);
            };
        }
    }

    /** {@code backfilled}: existing entities get a value, for the property is required. */
    record AddProperty(TypeKind typeKind, String typeName, String propertyName, PropertyType type, boolean backfilled)
            implements SchemaStep {
        @Override
        public String kind() {
            return "add_property";
        }
    }

    record RenameProperty(TypeKind typeKind, String typeName, String from, String to) implements SchemaStep {
        @Override
        public String kind() {
            return "rename_property";
        }
    }

    record DropProperty(TypeKind typeKind, String typeName, String propertyName, DropMode mode, boolean vector)
            implements SchemaStep {
        @Override
        public String kind() {
            return "drop_property";
        }

        @Override
        public Optional<EvolutionCode> code() {
            if (typeKind == TypeKind.INTERFACE) {
                return Optional.empty();
            }
            return Optional.of(vector ? EvolutionCode.DROP_VECTOR : EvolutionCode.DROP_PROPERTY);
        }
    }

    /** A change that every value survives: wider, nullable, or required where data or a backfill allow it. */
    record ChangePropertyType(
            TypeKind typeKind,
            String typeName,
            String propertyName,
            PropertyType from,
            PropertyType to,
            boolean backfilled,
            Optional<EvolutionCode> code)
            implements SchemaStep {
        @Override
        public String kind() {
            return "change_property_type";
        }
    }

    record ExtendEnum(TypeKind typeKind, String typeName, String propertyName, List<String> addedValues)
            implements SchemaStep {
        public ExtendEnum {
            addedValues = List.copyOf(addedValues);
        }

        @Override
        public String kind() {
            return "extend_enum";
        }
    }

    record AddConstraint(TypeKind typeKind, String typeName, ConstraintShape constraint, Optional<EvolutionCode> code)
            implements SchemaStep {
        @Override
        public String kind() {
            return "add_constraint";
        }
    }

    /** {@code constraint} in the names before the change. */
    record DropConstraint(TypeKind typeKind, String typeName, ConstraintShape constraint) implements SchemaStep {
        @Override
        public String kind() {
            return "drop_constraint";
        }
    }

    /** {@code from} and {@code to} as written in {@code @card}. */
    record ChangeCardinality(String typeName, String from, String to, boolean tightened) implements SchemaStep {
        @Override
        public String kind() {
            return "change_cardinality";
        }

        @Override
        public Optional<EvolutionCode> code() {
            return tightened ? Optional.of(EvolutionCode.ADD_CARDINALITY) : Optional.empty();
        }
    }

    /** {@code annotations} after the change. */
    record UpdateTypeMetadata(TypeKind typeKind, String name, Map<String, String> annotations) implements SchemaStep {
        public UpdateTypeMetadata {
            annotations = java.util.Collections.unmodifiableMap(new java.util.TreeMap<>(annotations));
        }

        @Override
        public String kind() {
            return "update_type_metadata";
        }
    }

    record UpdatePropertyMetadata(
            TypeKind typeKind, String typeName, String propertyName, Map<String, String> annotations)
            implements SchemaStep {
        public UpdatePropertyMetadata {
            annotations = java.util.Collections.unmodifiableMap(new java.util.TreeMap<>(annotations));
        }

        @Override
        public String kind() {
            return "update_property_metadata";
        }
    }

    /** {@code entity} is {@code node:T}, {@code edge:T.p} and the like. */
    record UnsupportedChange(String entity, String reason, EvolutionCode refusal) implements SchemaStep {
        @Override
        public String kind() {
            return "unsupported_change";
        }

        @Override
        public Optional<EvolutionCode> code() {
            return Optional.of(refusal);
        }
    }
}
