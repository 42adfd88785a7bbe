package io.precinct.engine.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.precinct.engine.BranchName;
import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.MergeConflict;
import io.precinct.engine.MergePreview;
import io.precinct.engine.MergeReceipt.Outcome;
import io.precinct.engine.MergeRequest;
import io.precinct.engine.MergeRequest.Entity;
import io.precinct.engine.MergeRequest.Otherwise;
import io.precinct.engine.MergeRequest.Resolution;
import io.precinct.engine.SchemaOptions;
import io.precinct.engine.manifest.Snapshot;
import io.precinct.engine.manifest.TypeSnapshot;
import io.precinct.engine.reference.LocalGraphs;
import io.precinct.engine.schema.TypeId;
import io.precinct.engine.spi.AccessGate;
import io.precinct.engine.spi.Condition;
import io.precinct.engine.spi.RowAccess;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MergeTest {
    @TempDir
    Path directory;

    private LocalGraphs graphs;
    private Histories histories;

    @BeforeEach
    void open() {
        graphs = new LocalGraphs(directory);
        histories = new Histories(graphs.create(Histories.SCHEMA));
        histories.person("main", "Alice", 30);
        histories.branch("work", "main");
    }

    @AfterEach
    void close() {
        graphs.close();
    }

    private static String people(int from, int to, int age) {
        return IntStream.range(from, to)
                .mapToObj(i -> "{\"type\":\"Person\",\"data\":{\"name\":\"p%06d\",\"age\":%d}}\n".formatted(i, age))
                .collect(Collectors.joining());
    }

    private TypeSnapshot person(String branch) {
        Snapshot head = histories.head(branch);
        TypeId type = head.schema().node("Person").orElseThrow().id();
        return head.type(type);
    }

    private static MergeRequest request(Otherwise otherwise, Map<Entity, Resolution> resolutions) {
        return new MergeRequest(new BranchName("work"), BranchName.MAIN, otherwise, resolutions);
    }

    private static EngineFailure failure(Runnable merge) {
        try {
            merge.run();
        } catch (EngineException failed) {
            return failed.failure();
        }
        throw new AssertionError("it did not fail");
    }

    @Test
    void fastForwardTakesOverTheSourcesDatasetWithoutCopyingARow() {
        histories.load("work", people(0, 5_000, 1));
        assertThat(histories.merge("work", "main").outcome()).isEqualTo(Outcome.FAST_FORWARD);
        assertThat(person("main").pin()).isEqualTo(person("work").pin());
        assertThat(histories.state("main")).isEqualTo(histories.state("work")).hasSize(5_001);
    }

    @Test
    void fastForwardOfASmallChangeRidesInTheRecord() {
        histories.person("work", "Bob", 40);
        var pin = person("main").pin();
        histories.merge("work", "main");
        assertThat(person("main").pin()).isEqualTo(pin);
        assertThat(histories.state("main")).isEqualTo(histories.state("work"));
    }

    @Test
    void fastForwardBringsTheSchemaAlong() {
        histories
                .graph()
                .applySchema(
                        new BranchName("work"),
                        Histories.SCHEMA.replace("age: I32?", "age: I32?\n  city: String?")
                                + "node City { code: String @key }\n",
                        new SchemaOptions(false),
                        AccessGate.UNRESTRICTED,
                        LocalGraphs.TESTER);
        histories.load("work", "{\"type\":\"City\",\"data\":{\"code\":\"oslo\"}}");
        histories.mutate("work", "query u() { update Person set { city: \"Oslo\" } where name = \"Alice\" }");
        assertThat(histories.merge("work", "main").outcome()).isEqualTo(Outcome.FAST_FORWARD);
        assertThat(histories.head("main").schema())
                .isEqualTo(histories.head("work").schema());
        assertThat(histories.state("main")).isEqualTo(histories.state("work")).hasSize(2);
        histories.person("main", "Bob", 1);
        assertThat(histories.state("main")).hasSize(3);
    }

    @Test
    void branchesWithSchemasOfTheirOwnAreRefusedWithWhatToDo() {
        histories
                .graph()
                .applySchema(
                        new BranchName("work"),
                        Histories.SCHEMA.replace("age: I32?", "age: I32?\n  city: String?"),
                        new SchemaOptions(false),
                        AccessGate.UNRESTRICTED,
                        LocalGraphs.TESTER);
        histories.person("main", "Bob", 1);
        EngineFailure refused = failure(() -> histories.merge("work", "main"));
        assertThat(refused.code()).isEqualTo("schemas_differ");
        assertThat(refused.message()).contains("apply the schema");
    }

    @Test
    void largeThreeWayMergeTakesEveryChangeOfEitherSide() {
        histories.load("main", people(0, 3_000, 1));
        histories.branch("big", "main");
        histories.load("big", people(0, 2_500, 2));
        histories.load("big", people(10_000, 14_000, 3));
        histories.load("main", people(2_500, 3_000, 4));
        assertThat(histories.merge("big", "main").outcome()).isEqualTo(Outcome.MERGED);
        Set<String> state = histories.state("main");
        assertThat(state).hasSize(1 + 3_000 + 4_000);
        assertThat(state.stream().filter(l -> l.contains("\"age\":2,"))).hasSize(2_500);
        assertThat(state.stream().filter(l -> l.contains("\"age\":4,"))).hasSize(500);
    }

    @Test
    void everyConflictIsToldWithTheThreeImagesAndNothingIsWritten() {
        histories.person("main", "Bob", 1);
        histories.branch("both", "main");
        histories.person("both", "Alice", 31);
        histories.person("both", "Bob", 2);
        histories.person("both", "Zoe", 9);
        histories.person("main", "Alice", 32);
        histories.deletePerson("main", "Bob");
        Set<String> before = histories.state("main");
        List<MergeConflict> conflicts = histories.conflicts("both", "main");
        assertThat(conflicts)
                .extracting(MergeConflict::kind)
                .containsExactly(MergeConflict.Kind.DIVERGENT_UPDATE, MergeConflict.Kind.DELETE_VS_UPDATE);
        MergeConflict alice = conflicts.getFirst();
        assertThat(alice.typeName()).contains("Person");
        assertThat(alice.entityId()).contains("Alice");
        assertThat(alice.base().orElseThrow().properties().get("age").asInt()).isEqualTo(30);
        assertThat(alice.ours().orElseThrow().properties().get("age").asInt()).isEqualTo(32);
        assertThat(alice.theirs().orElseThrow().properties().get("age").asInt()).isEqualTo(31);
        assertThat(conflicts.get(1).ours()).isEmpty();
        assertThat(histories.state("main")).isEqualTo(before);
    }

    @Test
    void resolutionsSettleConflictsOneByOne() throws Exception {
        histories.person("main", "Bob", 1);
        histories.person("main", "Carol", 1);
        histories.branch("both", "main");
        for (String name : List.of("Alice", "Bob", "Carol")) {
            histories.person("both", name, 100);
            histories.person("main", name, 200);
        }
        MergeRequest request = new MergeRequest(
                new BranchName("both"),
                BranchName.MAIN,
                Otherwise.FAIL,
                Map.of(
                        new Entity("Person", "Alice"), new Resolution.Ours(),
                        new Entity("Person", "Bob"), new Resolution.Theirs(),
                        new Entity("Person", "Carol"),
                                new Resolution.Value(new ObjectMapper().readTree("{\"name\":\"Carol\",\"age\":150}"))));
        assertThat(histories.merge(request).outcome()).isEqualTo(Outcome.MERGED);
        assertThat(histories.state("main"))
                .anyMatch(l -> l.contains("\"age\":200,\"name\":\"Alice\""))
                .anyMatch(l -> l.contains("\"age\":100,\"name\":\"Bob\""))
                .anyMatch(l -> l.contains("\"age\":150,\"name\":\"Carol\""));
    }

    @Test
    void aResolutionForWhatIsInNoConflictFailsTheMerge() {
        histories.person("work", "Bob", 1);
        histories.person("main", "Carol", 1);
        MergeRequest request = request(Otherwise.FAIL, Map.of(new Entity("Person", "Bob"), new Resolution.Ours()));
        assertThat(failure(() -> histories.merge(request)).code()).isEqualTo("resolution_refused");
        assertThat(histories.state("main")).hasSize(2);
    }

    @Test
    void aResolutionThatIsNoEntityOfTheTypeIsRefused() throws Exception {
        histories.person("work", "Alice", 1);
        histories.person("main", "Alice", 2);
        MergeRequest request = request(
                Otherwise.FAIL,
                Map.of(
                        new Entity("Person", "Alice"),
                        new Resolution.Value(new ObjectMapper().readTree("{\"name\":\"Alice\",\"height\":3}"))));
        assertThat(failure(() -> histories.merge(request)).message()).contains("no property 'height'");
    }

    @Test
    void theSameAnswerForAllConflictsCanBeGiven() {
        histories.person("work", "Alice", 1);
        histories.person("main", "Alice", 2);
        histories.merge(request(Otherwise.OURS, Map.of()));
        assertThat(histories.state("main")).singleElement().asString().contains("\"age\":2");
        histories.person("work", "Alice", 3);
        histories.person("main", "Alice", 4);
        histories.merge(request(Otherwise.THEIRS, Map.of()));
        assertThat(histories.state("main")).singleElement().asString().contains("\"age\":3");
    }

    @Test
    void brokenConstraintsOfTheUnionAreConflicts() {
        Histories unique = new Histories(graphs.create("""
                node Person {
                  name: String @key
                  mail: String? @unique
                }
                edge Leads: Person -> Person @card(0..1)
                """));
        unique.load(
                "main",
                "{\"type\":\"Person\",\"data\":{\"name\":\"a\"}}\n{\"type\":\"Person\",\"data\":{\"name\":\"b\"}}");
        unique.branch("one", "main");
        unique.load("one", "{\"type\":\"Person\",\"data\":{\"name\":\"c\",\"mail\":\"m\"}}");
        unique.load("main", "{\"type\":\"Person\",\"data\":{\"name\":\"d\",\"mail\":\"m\"}}");
        assertThat(unique.conflicts("one", "main"))
                .extracting(MergeConflict::kind)
                .containsExactly(MergeConflict.Kind.UNIQUE_VIOLATION);
        unique.branch("two", "main");
        unique.load("two", "{\"edge\":\"Leads\",\"from\":\"a\",\"to\":\"b\"}");
        unique.load("main", "{\"edge\":\"Leads\",\"from\":\"a\",\"to\":\"a\"}");
        assertThat(unique.conflicts("two", "main"))
                .extracting(MergeConflict::kind)
                .containsExactly(MergeConflict.Kind.CARDINALITY_VIOLATION);
    }

    @Test
    void aRevertOnOneSideIsAChangeAndNotAnOversight() {
        histories.person("work", "Alice", 31);
        histories.merge("work", "main");
        histories.person("main", "Alice", 30);
        histories.person("work", "Bob", 1);
        histories.merge("work", "main");
        assertThat(histories.state("main")).anyMatch(l -> l.contains("\"age\":30,\"name\":\"Alice\""));
    }

    @Test
    void mergesThatCrossAreDecidedOnTheMergeOfTheirAncestors() {
        histories.branch("other", "main");
        histories.person("work", "Bob", 1);
        histories.person("other", "Carol", 1);
        histories.branch("work-then", "work");
        histories.branch("other-then", "other");
        histories.merge("other-then", "work");
        histories.merge("work-then", "other");
        histories.person("work", "Bob", 2);
        histories.person("other", "Carol", 2);
        assertThat(histories.merge("other", "work").outcome()).isEqualTo(Outcome.MERGED);
        assertThat(histories.state("work"))
                .hasSize(3)
                .anyMatch(l -> l.contains("\"age\":2,\"name\":\"Bob\""))
                .anyMatch(l -> l.contains("\"age\":2,\"name\":\"Carol\""));
    }

    @Test
    void whatCrossingMergesSettledDifferentlyIsInDispute() {
        histories.branch("other", "main");
        histories.person("work", "Alice", 1);
        histories.person("other", "Alice", 2);
        histories.branch("work-then", "work");
        histories.branch("other-then", "other");
        histories.merge(
                new MergeRequest(new BranchName("other-then"), new BranchName("work"), Otherwise.OURS, Map.of()));
        histories.merge(
                new MergeRequest(new BranchName("work-then"), new BranchName("other"), Otherwise.OURS, Map.of()));
        assertThat(histories.conflicts("other", "work"))
                .extracting(MergeConflict::kind)
                .containsExactly(MergeConflict.Kind.DIVERGENT_UPDATE);
    }

    @Test
    void aMergeWithoutNetChangeStillMarksTheSourceAsMerged() {
        histories.person("work", "Alice", 5);
        histories.person("main", "Alice", 5);
        assertThat(histories.merge("work", "main").outcome()).isEqualTo(Outcome.MERGED);
        assertThat(histories.merge("work", "main").outcome()).isEqualTo(Outcome.ALREADY_UP_TO_DATE);
    }

    @Test
    void aCallerUnderARuleMayNotMerge() {
        histories.person("work", "Bob", 1);
        AccessGate gate = new AccessGate() {
            @Override
            public RowAccess access(String typeName) {
                return typeName.equals("Knows")
                        ? new RowAccess(true, Condition.NEVER, Map.of(), Set.of(), Condition.ALWAYS)
                        : RowAccess.ALL;
            }

            @Override
            public Verdict verdict(List<TypeChange> changes) {
                return new Verdict.Allowed();
            }
        };
        MergeRequest request = request(Otherwise.FAIL, Map.of());
        assertThatThrownBy(() -> histories.graph().merge(request, gate, LocalGraphs.TESTER))
                .isInstanceOfSatisfying(
                        EngineException.class,
                        e -> assertThat(e.failure())
                                .isEqualTo(new EngineFailure.Denied(List.of("merge_needs_every_row"))));
        assertThatThrownBy(() -> histories.graph().previewMerge(request, gate)).isInstanceOf(EngineException.class);
        assertThat(histories.state("main")).hasSize(1);
    }

    @Test
    void thePreviewSaysWhatTheMergeThenDoes() {
        histories.person("work", "Bob", 1);
        histories.person("main", "Carol", 1);
        MergeRequest request = request(Otherwise.FAIL, Map.of());
        MergePreview preview = histories.graph().previewMerge(request, AccessGate.UNRESTRICTED);
        assertThat(preview.outcome()).isEqualTo(Outcome.MERGED);
        assertThat(preview.changes()).containsExactly(new MergePreview.TypeChanges("Person", 1, 0, 0));
        assertThat(preview.conflictCount()).isZero();
        assertThat(preview.source()).isEqualTo(histories.head("work").head().id());
        assertThat(histories.state("main")).hasSize(2);
        histories.person("work", "Carol", 2);
        MergePreview conflicts = histories.graph().previewMerge(request, AccessGate.UNRESTRICTED);
        assertThat(conflicts.conflicts()).extracting(MergeConflict::entityId).containsExactly(Optional.of("Carol"));
    }

    @Test
    void aPreviewWritesNothing() throws Exception {
        histories.load("work", people(0, 5_000, 1));
        histories.mutate("work", "query u() { update Person set { age: 7 } where name = \"Alice\" }");
        long before = files();
        MergePreview preview =
                histories.graph().previewMerge(request(Otherwise.FAIL, Map.of()), AccessGate.UNRESTRICTED);
        assertThat(preview.outcome()).isEqualTo(Outcome.FAST_FORWARD);
        assertThat(preview.changes()).containsExactly(new MergePreview.TypeChanges("Person", 5_000, 1, 0));
        assertThat(files()).isEqualTo(before);
    }

    private long files() throws java.io.IOException {
        try (java.util.stream.Stream<Path> all = java.nio.file.Files.walk(directory)) {
            return all.filter(java.nio.file.Files::isRegularFile).count();
        }
    }

    @Test
    void aBranchIsNotMergedIntoItself() {
        assertThat(failure(() -> histories.merge("main", "main")).code()).isEqualTo("merge_into_itself");
    }

    @Test
    void historyIsTheSameAfterReopening() {
        histories.person("work", "Bob", 1);
        histories.person("main", "Carol", 1);
        var commit = histories.merge("work", "main").commit().orElseThrow();
        graphs.close();
        graphs = new LocalGraphs(directory);
        Histories again = new Histories(graphs.open(histories.graph().id()));
        assertThat(again.graph().commit(commit.id())).isEqualTo(commit);
        assertThat(again.merge("work", "main").outcome()).isEqualTo(Outcome.ALREADY_UP_TO_DATE);
    }
}
