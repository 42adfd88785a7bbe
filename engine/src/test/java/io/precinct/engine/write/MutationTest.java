package io.precinct.engine.write;

import static io.precinct.engine.write.Statements.constant;
import static io.precinct.engine.write.Statements.delete;
import static io.precinct.engine.write.Statements.insert;
import static io.precinct.engine.write.Statements.note;
import static io.precinct.engine.write.Statements.person;
import static io.precinct.engine.write.Statements.update;
import static io.precinct.engine.write.Statements.where;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.LoadMode;
import io.precinct.engine.manifest.Prepared;
import io.precinct.engine.manifest.TypeWrite;
import io.precinct.engine.manifest.WriteAttempt.WhenRefused;
import io.precinct.engine.query.Arguments;
import io.precinct.engine.query.CheckedStatement;
import io.precinct.engine.query.CheckedStatement.InsertNode;
import io.precinct.engine.query.Expression;
import io.precinct.engine.query.Parameter;
import io.precinct.engine.query.Predicate.Operator;
import io.precinct.engine.query.TouchedTypes;
import io.precinct.engine.schema.PropertyType;
import io.precinct.engine.schema.Scalar;
import io.precinct.engine.spi.AccessGate;
import io.precinct.engine.spi.Condition;
import io.precinct.engine.spi.Mask;
import io.precinct.engine.spi.Operand;
import io.precinct.engine.spi.RowAccess;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MutationTest {
    private final MemoryGraph graph = new MemoryGraph(TestSchema.SCHEMA);
    private AccessGate gate = AccessGate.UNRESTRICTED;
    private Affected affected = Affected.NOTHING;

    @AfterEach
    void close() {
        graph.close();
    }

    private Mutation mutation(CheckedStatement.Step... steps) {
        return new Mutation(
                graph.tools,
                new Mutation.Request(
                        new CheckedStatement.Write(
                                "test",
                                List.of(),
                                List.of(steps),
                                TouchedTypes.of(Set.of(), Set.of(), Set.of(), Map.of()),
                                "sha256:test"),
                        new Arguments(Map.of(), Instant.EPOCH),
                        gate,
                        MemoryGraph.BY));
    }

    private Prepared run(CheckedStatement.Step... steps) {
        Mutation mutation = mutation(steps);
        Prepared prepared = graph.commit(mutation);
        affected = mutation.affected();
        return prepared;
    }

    private EngineFailure refused(CheckedStatement.Step... steps) {
        var before = graph.head;
        EngineException refusal = catchThrowableOfType(EngineException.class, () -> run(steps));
        assertThat(refusal).isNotNull();
        assertThat(graph.head).isSameAs(before);
        return refusal.failure();
    }

    private static CheckedStatement.Step knows(String from, String to) {
        return insert(TestSchema.KNOWS, from, to);
    }

    private void threeFriends() {
        run(person("ann", "Ann"), person("bob", "Bob"), person("eve", "Eve"));
        run(knows("ann", "bob"), knows("bob", "eve"), knows("eve", "eve"), knows("eve", "bob"));
    }

    @Test
    void insertOfAKeyedNodeReplacesTheWholeRecord() {
        run(person("ann", "Ann", TestSchema.AGE, 40L));
        Prepared prepared = run(person("ann", "Anna"));
        assertThat(graph.rows("Person").get("ann").value(1)).contains("Anna");
        assertThat(graph.rows("Person").get("ann").value(2)).isEmpty();
        assertThat(prepared.changes().get(TestSchema.PERSON.id()).updated()).containsExactly("ann");
        assertThat(affected.nodeCount()).isEqualTo(1);
    }

    @Test
    void insertOfAnUnkeyedNodeIsAlwaysNew() {
        run(note("a"), note("a"));
        assertThat(graph.rows("Note")).hasSize(2);
        assertThat(affected.nodes()).containsExactly(Map.entry("Note", 2L));
    }

    @Test
    void anEdgeMayComeBeforeItsNodes() {
        run(knows("ann", "bob"), person("ann", "Ann"), person("bob", "Bob"));
        assertThat(graph.rows("Knows")).hasSize(1);
        assertThat(affected.edgeCount()).isEqualTo(1);
    }

    @Test
    void anEdgeNeedsItsNodes() {
        assertThat(refused(knows("ann", "bob"), person("ann", "Ann")).message())
                .isEqualTo("dst 'bob' not found in Person");
    }

    @Test
    void updateSeesWhatWasInsertedBefore() {
        run(
                person("ann", "Ann", TestSchema.AGE, 40L),
                update(Map.of(TestSchema.NAME, constant("Old")), where(TestSchema.AGE, Operator.GTE, 40L)),
                update(Map.of(TestSchema.AGE, constant(39L)), where(TestSchema.NAME, Operator.EQ, "Old")),
                update(Map.of(TestSchema.NAME, constant("None")), where(TestSchema.AGE, Operator.EQ, 40L)));
        assertThat(graph.rows("Person").get("ann").value(1)).contains("Old");
        assertThat(graph.rows("Person").get("ann").value(2)).contains(39);
        assertThat(affected.nodeCount()).isEqualTo(3);
    }

    @Test
    void updateMatchesThePendingValueAndNotTheCommittedOne() {
        run(person("ann", "Ann", TestSchema.AGE, 40L));
        run(
                update(Map.of(TestSchema.AGE, constant(50L)), where(TestSchema.SLUG, Operator.EQ, "ann")),
                update(Map.of(TestSchema.NAME, constant("Wrong")), where(TestSchema.AGE, Operator.EQ, 40L)));
        assertThat(graph.rows("Person").get("ann").value(1)).contains("Ann");
        assertThat(affected.nodeCount()).isEqualTo(1);
    }

    @Test
    void updateLeavesOtherPropertiesAndOtherRows() {
        run(person("ann", "Ann", TestSchema.AGE, 40L), person("bob", "Bob", TestSchema.AGE, 20L));
        run(update(Map.of(TestSchema.NAME, constant("X")), where(TestSchema.AGE, Operator.GT, 30L)));
        assertThat(graph.rows("Person").get("ann").value(2)).contains(40);
        assertThat(graph.rows("Person").get("bob").value(1)).contains("Bob");
    }

    @Test
    void anUpdateWithoutMatchChangesNothing() {
        Prepared prepared =
                run(update(Map.of(TestSchema.NAME, constant("X")), where(TestSchema.SLUG, Operator.EQ, "nobody")));
        assertThat(prepared.changes()).isEmpty();
        assertThat(prepared.writes()).isEmpty();
        assertThat(affected.nodeCount()).isZero();
    }

    @Test
    void aNullComparesWithNothing() {
        run(person("ann", "Ann"));
        run(update(Map.of(TestSchema.NAME, constant("X")), where(TestSchema.AGE, Operator.NE, 40L)));
        Parameter nothing = new Parameter("p", PropertyType.of(Scalar.I64).asNullable());
        Mutation mutation = new Mutation(
                graph.tools,
                new Mutation.Request(
                        new CheckedStatement.Write(
                                "test",
                                List.of(nothing),
                                List.of(new CheckedStatement.Delete(
                                        TestSchema.PERSON,
                                        new CheckedStatement.Where(
                                                new CheckedStatement.Subject.OfProperty(TestSchema.AGE),
                                                Operator.EQ,
                                                new Expression.ParameterOf(nothing)))),
                                TouchedTypes.of(Set.of(), Set.of(), Set.of(), Map.of()),
                                "sha256:test"),
                        new Arguments(Map.of("p", Optional.empty()), Instant.EPOCH),
                        gate,
                        MemoryGraph.BY));
        assertThat(graph.commit(mutation).changes()).isEmpty();
        assertThat(graph.rows("Person").get("ann").value(1)).contains("Ann");
    }

    @Test
    void deleteOfANodeTakesItsEdgesOfEveryTypeAndDirectionOnce() {
        threeFriends();
        graph.load(
                LoadMode.APPEND,
                "{\"type\":\"Note\",\"data\":{\"id\":\"n\",\"text\":\"t\"}}\n{\"edge\":\"Likes\",\"from\":\"eve\",\"to\":\"n\"}\n");
        Prepared prepared = run(
                delete(TestSchema.PERSON, where(TestSchema.SLUG, Operator.EQ, "eve")),
                delete(TestSchema.PERSON, where(TestSchema.NAME, Operator.EQ, "Eve")),
                Statements.deleteFrom(TestSchema.KNOWS, "eve"));
        assertThat(graph.rows("Person").keySet()).containsExactly("ann", "bob");
        assertThat(graph.rows("Likes")).isEmpty();
        assertThat(graph.rows("Knows").values())
                .singleElement()
                .satisfies(e -> assertThat(e.ends().orElseThrow().source()).isEqualTo("ann"));
        assertThat(affected.nodes()).containsExactly(Map.entry("Person", 1L));
        assertThat(affected.edges()).isEqualTo(Map.of("Knows", 3L, "Likes", 1L));
        assertThat(prepared.footprint().types().get(TestSchema.OWNS.id()).incident())
                .containsExactly("eve");
        assertThat(prepared.changes().get(TestSchema.KNOWS.id()).deletedEnds()).hasSize(3);
    }

    @Test
    void edgesAreDeletedByTheirEnds() {
        threeFriends();
        Prepared prepared = run(Statements.deleteFrom(TestSchema.KNOWS, "eve"));
        assertThat(affected.edgeCount()).isEqualTo(2);
        var reliance = prepared.footprint().types().get(TestSchema.KNOWS.id());
        assertThat(reliance.whole()).isFalse();
        assertThat(reliance.incident()).containsExactly("eve");
    }

    @Test
    void aDeleteMayNotLeaveASourceBelowItsLeastEdges() {
        run(person("ann", "Ann"));
        graph.load(
                LoadMode.APPEND,
                "{\"type\":\"Note\",\"data\":{\"id\":\"n\",\"text\":\"t\"}}\n{\"edge\":\"Owns\",\"from\":\"ann\",\"to\":\"n\"}\n");
        assertThat(refused(Statements.deleteFrom(TestSchema.OWNS, "ann")).message())
                .isEqualTo("@card violation on edge Owns: source 'ann' has 0 edges (min 1)");
        run(delete(TestSchema.PERSON, where(TestSchema.SLUG, Operator.EQ, "ann")));
        assertThat(graph.rows("Owns")).isEmpty();
    }

    @Test
    void theFinalStateIsJudgedOnce() {
        run(person("ann", "Ann", TestSchema.EMAIL, "e"));
        assertThat(refused(person("bob", "Bob", TestSchema.EMAIL, "e")).message())
                .isEqualTo("@unique violation on Person.email: value 'e' held by 'ann' and 'bob'");
        run(
                person("bob", "Bob", TestSchema.EMAIL, "e"),
                update(Map.of(TestSchema.EMAIL, constant("f")), where(TestSchema.SLUG, Operator.EQ, "ann")));
        assertThat(graph.rows("Person").get("bob").value(3)).contains("e");
        assertThat(refused(person("x", "X", TestSchema.EMAIL, "g"), person("y", "Y", TestSchema.EMAIL, "g"))
                        .message())
                .contains("held by 'x' and 'y'");
    }

    @Test
    void valuesAreJudged() {
        assertThat(refused(person("a", "A", TestSchema.AGE, 151L)).code()).isEqualTo("range");
        assertThat(refused(person("a", "A", TestSchema.CODE, "X")).code()).isEqualTo("check");
        assertThat(refused(person("a", "A", TestSchema.ROLE, "king")).code()).isEqualTo("enum");
        assertThat(refused(new InsertNode(TestSchema.PERSON, Map.of(TestSchema.SLUG, constant("a"))))
                        .code())
                .isEqualTo("required");
        assertThat(refused(person("a", "A", TestSchema.AGE, 1L << 40)).code()).isEqualTo("T7");
    }

    @Test
    void writesThatReliedOnNothingElseSayExactlyWhatTheyReliedOn() {
        run(person("ann", "Ann"));
        Prepared insert = run(insert(TestSchema.LIKES, "ann", newNote()));
        assertThat(insert.footprint().types().get(TestSchema.PERSON.id()).present())
                .containsExactly("ann");
        var likes = insert.footprint().types().get(TestSchema.LIKES.id());
        assertThat(likes.absent()).hasSize(1).isEqualTo(likes.written());
        Prepared fresh = mutation(new InsertNode(
                        TestSchema.PORT, Map.of(TestSchema.NUMBER, constant(7L), TestSchema.ZONE, constant("eu"))))
                .prepare(graph.head);
        assertThat(fresh.footprint().types().get(TestSchema.PORT.id()).absent()).containsExactly("[\"7\",\"eu\"]");
        assertThat(fresh.footprint().types().get(TestSchema.PORT.id()).whole()).isFalse();
        Prepared byKey = mutation(
                        update(Map.of(TestSchema.NAME, constant("X")), where(TestSchema.SLUG, Operator.EQ, "ann")))
                .prepare(graph.head);
        assertThat(byKey.footprint().types().get(TestSchema.PERSON.id()).whole())
                .isFalse();
        assertThat(byKey.footprint().types().get(TestSchema.PERSON.id()).written())
                .containsExactly("ann");
        Prepared scan = mutation(
                        update(Map.of(TestSchema.AGE, constant(1L)), where(TestSchema.NAME, Operator.EQ, "Ann")))
                .prepare(graph.head);
        assertThat(scan.footprint().types().get(TestSchema.PERSON.id()).whole()).isTrue();
    }

    private String newNote() {
        run(note("t"));
        return graph.rows("Note").firstKey();
    }

    @Test
    void onlyInsertsArePreparedAgain() {
        assertThat(mutation(person("a", "A"), knows("a", "a")).whenRefused()).isEqualTo(WhenRefused.PREPARE_AGAIN);
        assertThat(mutation(update(Map.of(), where(TestSchema.SLUG, Operator.EQ, "a")))
                        .whenRefused())
                .isEqualTo(WhenRefused.FAIL);
        assertThat(mutation(delete(TestSchema.PERSON, where(TestSchema.SLUG, Operator.EQ, "a")))
                        .whenRefused())
                .isEqualTo(WhenRefused.FAIL);
    }

    @Test
    void largeChangesBecomeFragments() {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 5_000; i++) {
            lines.append("{\"type\":\"Person\",\"data\":{\"slug\":\"p")
                    .append(i)
                    .append("\",\"name\":\"n\"}}\n");
        }
        graph.load(LoadMode.APPEND, lines.toString());
        Prepared prepared = run(update(Map.of(TestSchema.AGE, constant(1L)), where(TestSchema.NAME, Operator.EQ, "n")));
        assertThat(prepared.writes().get(TestSchema.PERSON.id())).isInstanceOf(TypeWrite.Fragments.class);
        assertThat(graph.rows("Person").values())
                .hasSize(5_000)
                .allSatisfy(r -> assertThat(r.value(2)).contains(1));
        assertThat(affected.nodeCount()).isEqualTo(5_000);
        run(delete(TestSchema.PERSON, where(TestSchema.NAME, Operator.EQ, "n")));
        assertThat(graph.rows("Person")).isEmpty();
    }

    @Test
    void aStatementCheckedAgainstAnotherSchemaIsRefused() {
        Mutation stale = new Mutation(
                graph.tools,
                new Mutation.Request(
                        new CheckedStatement.Write(
                                "test",
                                List.of(),
                                List.of(person("a", "A")),
                                TouchedTypes.of(Set.of(), Set.of(), Set.of(), Map.of()),
                                "sha256:other"),
                        new Arguments(Map.of(), Instant.EPOCH),
                        gate,
                        MemoryGraph.BY));
        assertThat(catchThrowableOfType(EngineException.class, () -> stale.prepare(graph.head))
                        .failure())
                .isInstanceOf(EngineFailure.ReadSetChanged.class);
    }

    private static final Condition YOUNG = new Condition.Field("age", Condition.Comparison.LT, new Operand.Whole(50));
    private static final EngineFailure ROW_DENIED = new EngineFailure.Denied(List.of("row_not_writable"));

    private void restrict(Map<String, RowAccess> restricted) {
        gate = new AccessGate() {
            @Override
            public RowAccess access(String typeName) {
                return restricted.getOrDefault(typeName, RowAccess.ALL);
            }

            @Override
            public Verdict verdict(List<TypeChange> changes) {
                return new Verdict.Allowed();
            }
        };
    }

    private static RowAccess sees(Condition rows, Condition writes) {
        return new RowAccess(true, rows, Map.of(), Set.of(), writes);
    }

    @Test
    void hiddenRowsDoNotExistForWhere() {
        run(person("old", "N", TestSchema.AGE, 90L), person("young", "N", TestSchema.AGE, 9L));
        restrict(Map.of("Person", sees(YOUNG, Condition.ALWAYS)));
        run(update(Map.of(TestSchema.NAME, constant("M")), where(TestSchema.NAME, Operator.EQ, "N")));
        assertThat(affected.nodeCount()).isEqualTo(1);
        run(delete(TestSchema.PERSON, where(TestSchema.SLUG, Operator.EQ, "old")));
        assertThat(affected.nodeCount()).isZero();
        assertThat(graph.rows("Person").get("old").value(1)).contains("N");
    }

    @Test
    void theWriteCheckHoldsBeforeAndAfter() {
        run(person("old", "N", TestSchema.AGE, 90L), person("young", "N", TestSchema.AGE, 9L));
        restrict(Map.of("Person", sees(Condition.ALWAYS, YOUNG)));
        assertThat(refused(update(Map.of(TestSchema.AGE, constant(5L)), where(TestSchema.SLUG, Operator.EQ, "old"))))
                .isEqualTo(ROW_DENIED);
        assertThat(refused(update(Map.of(TestSchema.AGE, constant(60L)), where(TestSchema.SLUG, Operator.EQ, "young"))))
                .isEqualTo(ROW_DENIED);
        assertThat(refused(person("new", "N", TestSchema.AGE, 70L))).isEqualTo(ROW_DENIED);
        assertThat(refused(delete(TestSchema.PERSON, where(TestSchema.SLUG, Operator.EQ, "old"))))
                .isEqualTo(ROW_DENIED);
        run(update(Map.of(TestSchema.AGE, constant(10L)), where(TestSchema.SLUG, Operator.EQ, "young")));
    }

    @Test
    void anUpsertDoesNotRevealAHiddenRow() {
        run(person("old", "N", TestSchema.AGE, 90L));
        restrict(Map.of("Person", sees(YOUNG, Condition.ALWAYS)));
        assertThat(refused(person("old", "N", TestSchema.AGE, 9L))).isEqualTo(ROW_DENIED);
        restrict(Map.of("Person", sees(YOUNG, YOUNG)));
        assertThat(refused(person("fresh", "N", TestSchema.AGE, 90L))).isEqualTo(ROW_DENIED);
    }

    @Test
    void aHiddenNodeIsNoEnd() {
        run(person("old", "N", TestSchema.AGE, 90L), person("young", "N", TestSchema.AGE, 9L));
        restrict(Map.of("Person", sees(YOUNG, Condition.ALWAYS)));
        assertThat(refused(knows("young", "old")).message()).isEqualTo("dst 'old' not found in Person");
    }

    @Test
    void aCascadeNeverTakesEdgesThatTheCallerMayNotSeeOrWrite() {
        run(person("old", "N", TestSchema.AGE, 90L), person("young", "N", TestSchema.AGE, 9L));
        run(knows("young", "old"));
        CheckedStatement.Step delete = delete(TestSchema.PERSON, where(TestSchema.SLUG, Operator.EQ, "young"));
        restrict(Map.of("Person", sees(YOUNG, Condition.ALWAYS)));
        assertThat(refused(delete)).isEqualTo(ROW_DENIED);
        restrict(Map.of("Knows", sees(Condition.ALWAYS, Condition.NEVER)));
        assertThat(refused(delete)).isEqualTo(ROW_DENIED);
        restrict(Map.of("Knows", RowAccess.NONE));
        assertThat(refused(delete)).isEqualTo(ROW_DENIED);
        restrict(Map.of());
        run(delete);
        assertThat(graph.rows("Knows")).isEmpty();
    }

    @Test
    void maskedAndDeniedPropertiesDecideNothing() {
        run(person("ann", "N", TestSchema.SECRET, "s"));
        restrict(Map.of(
                "Person",
                new RowAccess(
                        true,
                        Condition.ALWAYS,
                        Map.of("age", new Mask(Mask.Kind.NULL, Condition.NEVER)),
                        Set.of("secret"),
                        Condition.ALWAYS)));
        assertThat(refused(delete(TestSchema.PERSON, where(TestSchema.AGE, Operator.EQ, 1L))))
                .isEqualTo(new EngineFailure.Denied(List.of("property_masked")));
        assertThat(refused(delete(TestSchema.PERSON, where(TestSchema.SECRET, Operator.EQ, "s"))))
                .isEqualTo(new EngineFailure.Denied(List.of("property_denied")));
        assertThat(refused(person("ann", "N", TestSchema.SECRET, "t")))
                .isEqualTo(new EngineFailure.Denied(List.of("property_denied")));
        run(person("ann", "M"));
        assertThat(graph.rows("Person").get("ann").value(6)).contains("s");
    }

    @Test
    void aTypeThatIsNotGrantedIsDenied() {
        restrict(Map.of("Person", RowAccess.NONE));
        assertThat(refused(person("ann", "N"))).isEqualTo(new EngineFailure.Denied(List.of("type_not_granted")));
        assertThat(refused(delete(TestSchema.PERSON, where(TestSchema.SLUG, Operator.EQ, "x"))))
                .isEqualTo(new EngineFailure.Denied(List.of("type_not_granted")));
    }

    private EngineFailure refusedByLimits(CheckedStatement.Step... steps) {
        CheckedStatement.Write statement = new CheckedStatement.Write(
                "test",
                List.of(),
                List.of(steps),
                TouchedTypes.of(Set.of(), Set.of(), Set.of(), Map.of()),
                "sha256:test");
        Mutation narrow = new Mutation(
                graph.narrow,
                new Mutation.Request(
                        statement, new Arguments(Map.of(), Instant.EPOCH), AccessGate.UNRESTRICTED, MemoryGraph.BY));
        return catchThrowableOfType(EngineException.class, () -> graph.commit(narrow))
                .failure();
    }

    @Test
    void aMutationBeyondItsLimitsIsTooLargeBeforeAnyEffect() {
        assertThat(new WriteLimits(8_192, 33_554_432)).isEqualTo(WriteLimits.DEFAULT);
        assertThat(refusedByLimits(person("a", "A"), person("b", "B"), person("c", "C"), person("d", "D")))
                .isEqualTo(new EngineFailure.ResourceLimit("records of Person in one mutation", 3, 4));
        assertThat(((EngineFailure.ResourceLimit) refusedByLimits(person("a", "A".repeat(300)))).resource())
                .isEqualTo("bytes of Person in one mutation");
        assertThat(graph.rows("Person")).isEmpty();
        run(person("a", "A"), person("b", "A"), person("c", "A"), person("d", "A"));
        assertThat(refusedByLimits(
                        update(Map.of(TestSchema.NAME, constant("B")), where(TestSchema.NAME, Operator.EQ, "A"))))
                .isEqualTo(new EngineFailure.ResourceLimit("records of Person in one mutation", 3, 4));
    }

    @Test
    void halfASurrogatePairIsNotStoredAsAnotherText() {
        assertThat(catchThrowableOfType(EngineException.class, () -> run(person("a\uD800", "A")))
                        .failure())
                .isInstanceOf(EngineFailure.Invalid.class);
        run(person("a\uD83D\uDE00", "A"));
        assertThat(graph.rows("Person").keySet()).containsExactly("a\uD83D\uDE00");
    }
}
