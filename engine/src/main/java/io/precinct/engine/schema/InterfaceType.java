package io.precinct.engine.schema;

import java.util.List;
import java.util.Optional;

/**
 * A set of property contracts that nodes implement. It holds no entities. Members are in ascending property id order;
 * their ids are the interface's own, a node that implements it has its own properties of the same names.
 */
public record InterfaceType(TypeId id, String name, List<Member> members) {
    public InterfaceType {
        members = List.copyOf(members);
    }

    /**
     * @param constraints of {@code key}, {@code unique} and {@code index}, those that the property brings along where it
     *     is injected; sorted
     */
    public record Member(Property property, List<String> constraints) {
        public Member {
            constraints = constraints.stream().distinct().sorted().toList();
        }
    }

    public Optional<Member> member(String name) {
        return members.stream().filter(m -> m.property().name().equals(name)).findFirst();
    }
}
