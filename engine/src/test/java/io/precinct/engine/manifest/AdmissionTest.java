package io.precinct.engine.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import io.precinct.engine.BranchName;
import io.precinct.engine.CommitId;
import io.precinct.engine.CommitInfo;
import io.precinct.engine.schema.TypeId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What one write relied on against what another published: every pair of the two. */
class AdmissionTest {
    private static final TypeId TYPE = LogRig.ITEM.id();
    private static final ChangeSet.Ends AT_X = new ChangeSet.Ends("x", "y");

    private static Footprint.OfType relied(String on) {
        return switch (on) {
            case "whole" -> new Footprint.OfType(true, Set.of(), Set.of(), Set.of(), Set.of());
            case "written" -> new Footprint.OfType(false, Set.of("x"), Set.of(), Set.of(), Set.of());
            case "absent" -> new Footprint.OfType(false, Set.of(), Set.of("x"), Set.of(), Set.of());
            case "present" -> new Footprint.OfType(false, Set.of(), Set.of(), Set.of("x"), Set.of());
            case "incident" -> new Footprint.OfType(false, Set.of(), Set.of(), Set.of(), Set.of("x"));
            case "nothing" -> new Footprint.OfType(false, Set.of(), Set.of(), Set.of(), Set.of());
            default -> throw new IllegalArgumentException(on);
        };
    }

    private static ChangeSet change(String what) {
        List<String> none = List.of();
        return switch (what) {
            case "inserts x" -> new ChangeSet(1, 0, 0, List.of("x"), none, none, List.of(), List.of(), true);
            case "updates x" -> new ChangeSet(0, 1, 0, none, List.of("x"), none, List.of(), List.of(), true);
            case "deletes x" -> new ChangeSet(0, 0, 1, none, none, List.of("x"), List.of(), List.of(), true);
            case "inserts edge at x" ->
                new ChangeSet(1, 0, 0, List.of("e"), none, none, List.of(AT_X), List.of(), true);
            case "deletes edge at x" ->
                new ChangeSet(0, 0, 1, none, none, List.of("e"), List.of(), List.of(AT_X), true);
            case "inserts edge elsewhere" ->
                new ChangeSet(
                        1, 0, 0, List.of("e"), none, none, List.of(new ChangeSet.Ends("v", "w")), List.of(), true);
            case "updates edge in fragments" ->
                new ChangeSet(0, 1, 0, none, List.of("e"), none, List.of(), List.of(), true);
            case "inserts many" -> new ChangeSet(9, 0, 0, none, none, none, List.of(), List.of(), false);
            case "deletes many" -> new ChangeSet(0, 0, 9, none, none, none, List.of(), List.of(), false);
            case "updates many" -> new ChangeSet(0, 9, 0, none, none, none, List.of(), List.of(), false);
            case "nothing" -> new ChangeSet(0, 0, 0, none, none, none, List.of(), List.of(), true);
            default -> throw new IllegalArgumentException(what);
        };
    }

    private static CommitRecord.Member member(ChangeSet change) {
        CommitInfo commit = new CommitInfo(
                new CommitId("%026d".formatted(1)),
                BranchName.MAIN,
                2,
                1,
                CommitInfo.Kind.MUTATION,
                Optional.empty(),
                Optional.empty(),
                "someone",
                Optional.empty(),
                Instant.EPOCH);
        return new CommitRecord.Member(commit, Optional.empty(), Optional.empty(), Map.of(TYPE, change));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            inserts x                 | whole written absent incident
            updates x                 | whole written incident
            deletes x                 | whole written present incident
            inserts edge at x         | whole incident
            deletes edge at x         | whole incident
            inserts edge elsewhere    | whole
            updates edge in fragments | whole incident
            inserts many              | whole written absent incident
            updates many              | whole written incident
            deletes many              | whole written present incident
            nothing                   | none
            """)
    void isRefusedByExactlyWhatItReliedOn(String published, String refused) {
        for (String on : List.of("whole", "written", "absent", "present", "incident", "nothing")) {
            Optional<Admission.Refusal> refusal = Admission.against(
                    new Footprint(Map.of(TYPE, relied(on))), member(change(published)), Map.of(), LogRig.SCHEMA);
            assertThat(refusal.isPresent())
                    .as("%s against %s", on, published)
                    .isEqualTo(List.of(refused.split(" ")).contains(on));
            refusal.ifPresent(r -> assertThat(r.by()).contains(new CommitId("%026d".formatted(1))));
        }
    }

    @Test
    void anotherTypeIsNoConcern() {
        Footprint other = new Footprint(Map.of(new TypeId(TYPE.value() + 1), relied("whole")));
        assertThat(Admission.against(other, member(change("inserts x")), Map.of(), LogRig.SCHEMA))
                .isEmpty();
    }

    @Test
    void anInlineEdgeThatMovesIsHeldAgainstItsNewEnds() {
        CommitRecord.Member moved = member(change("updates edge in fragments"));
        Footprint incident = new Footprint(Map.of(TYPE, relied("incident")));
        for (String end : List.of("x", "w")) {
            EntityRow edge = new EntityRow("e", 1, Optional.of(new EntityRow.Ends("v", 2, end, 3)), List.of());
            CommitRecord.Rows rows = new CommitRecord.Rows(List.of(), List.of(edge), Set.of());
            assertThat(Admission.against(incident, moved, Map.of(TYPE, rows), LogRig.SCHEMA)
                            .isPresent())
                    .as("moved to %s", end)
                    .isEqualTo(end.equals("x"));
        }
    }
}
