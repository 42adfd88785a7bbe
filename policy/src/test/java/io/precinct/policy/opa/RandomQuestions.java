package io.precinct.policy.opa;

import io.precinct.engine.spi.Operand;
import io.precinct.policy.Action;
import io.precinct.policy.DecisionInput;
import io.precinct.policy.Questions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;

/** Generated policies and questions; the same seed gives the same ones. */
final class RandomQuestions {
    private static final List<String> TYPES = List.of("Airport", "Route", "Airline", "Päy\"roll", "City", "Visit");
    private static final List<String> GRAPHS = List.of("flights", "flights-eu", "hr", "supply");
    private final Random random;

    RandomQuestions(long seed) {
        random = new Random(seed);
    }

    /** A policy document with that many grants over 20 roles. */
    String policy(int grants) {
        StringBuilder json = new StringBuilder("{\"version\":1,\"protected_branches\":[\"main\"],\"step_up\":\""
                + pick(List.of("sensitive", "none"))
                + "\",\"roles\":{");
        for (int role = 0; role < 20; role++) {
            json.append(role == 0 ? "" : ",").append("\"r").append(role).append("\":{\"inherits\":[");
            if (role > 4) {
                json.append("\"r").append(random.nextInt(role)).append('"');
            }
            json.append("]}");
        }
        json.append("},\"grants\":[");
        for (int grant = 0; grant < grants; grant++) {
            json.append(grant == 0 ? "" : ",").append(grant(grant));
        }
        return json.append("]}").toString();
    }

    private String grant(int number) {
        List<String> fields = new ArrayList<>();
        fields.add("\"id\":\"g" + number + "\"");
        fields.add("\"roles\":[\"r" + random.nextInt(20) + "\"]");
        fields.add("\"actions\":"
                + pick(List.of(
                        "[\"read\"]",
                        "[\"read\",\"export\"]",
                        "[\"change\"]",
                        "[\"read\",\"branch_merge\"]",
                        "\"any\"")));
        fields.add("\"graph\":"
                + pick(List.of(
                        "{\"kind\":\"any\"}",
                        "{\"kind\":\"exact\",\"value\":\"hr\"}",
                        "{\"kind\":\"prefix\",\"value\":\"flights\"}")));
        fields.add("\"branch\":"
                + pick(List.of(
                        "{\"kind\":\"any\"}",
                        "{\"kind\":\"any\"}",
                        "{\"kind\":\"exact\",\"value\":\"draft\"}",
                        "{\"kind\":\"unprotected\"}",
                        "{\"kind\":\"prefix\",\"value\":\"u/\"}")));
        boolean any = random.nextInt(3) == 0;
        fields.add("\"types\":" + (any ? "\"any\"" : "[\"Airport\",\"Route\",\"Päy\\\"roll\"]"));
        if (random.nextInt(2) == 0) {
            fields.add("\"rows\":{\"Airport\":" + rule() + "}");
        }
        if (random.nextInt(2) == 0) {
            fields.add("\"masks\":{\"Airport\":{\"latitude\":\"" + pick(List.of("null", "hash"))
                    + "\",\"name\":\"null\"}}");
        }
        if (random.nextInt(4) == 0) {
            fields.add("\"denied\":{\"Airport\":[\"code\",\"latitude\"]}");
        }
        if (random.nextInt(3) == 0) {
            fields.add("\"when\":[{\"claim\":\"level\",\"operator\":\""
                    + pick(List.of("eq", "ne", "gt", "gte", "lt", "lte")) + "\",\"value\":" + random.nextInt(5) + "}]");
        }
        if (random.nextInt(2) == 0) {
            fields.add("\"limits\":{\"max_rows\":" + (1 + random.nextInt(1000)) + "}");
        }
        return "{" + String.join(",", fields) + "}";
    }

    private String rule() {
        return pick(List.of(
                "{\"type\":\"field\",\"field\":\"state\",\"operator\":\"in\",\"value\":[\"WA\",\"OR\",\"Ö\"]}",
                "{\"type\":\"field\",\"field\":\"altitude\",\"operator\":\"gte\",\"value\":" + random.nextInt(9000)
                        + "}",
                "{\"type\":\"field\",\"field\":\"region\",\"operator\":\"eq\",\"value\":{\"claim\":\"region\"}}",
                "{\"type\":\"compound\",\"operator\":\"not\",\"value\":[{\"type\":\"field\",\"field\":\"region\",\"operator\":\"in\","
                        + "\"value\":{\"claim\":\"region\"}}]}",
                "{\"type\":\"field\",\"field\":\"owner\",\"operator\":\"eq\",\"value\":{\"subject\":\"id\"}}"));
    }

    DecisionInput question() {
        Map<String, Operand> claims = new TreeMap<>();
        if (random.nextBoolean()) {
            claims.put("level", pick(List.of(new Operand.Whole(random.nextInt(5)), new Operand.Text("9"))));
        }
        if (random.nextBoolean()) {
            claims.put(
                    "region",
                    pick(List.of(
                            new Operand.Text("emea ☃ \t\\"),
                            new Operand.Items(List.of(new Operand.Text("a"), new Operand.Whole(1L << 60))),
                            new Operand.Truth(true))));
        }
        return question(
                claims,
                new DecisionInput.Auth("oidc", "cred" + random.nextInt(), random.nextBoolean(), random.nextInt(9999)),
                new DecisionInput.Context(
                        Questions.NOW.plusSeconds(random.nextInt(100_000)),
                        "10.0.0." + random.nextInt(255),
                        "req" + random.nextLong(),
                        pick(List.of(DecisionInput.Channel.values())),
                        random.nextBoolean()));
    }

    private DecisionInput question(
            Map<String, Operand> claims, DecisionInput.Auth auth, DecisionInput.Context context) {
        Action action = random.nextInt(3) > 0
                ? pick(List.of(Action.READ, Action.CHANGE, Action.EXPORT, Action.BRANCH_MERGE))
                : pick(List.of(Action.values()));
        List<String> read = some();
        List<String> write = action == Action.CHANGE || action == Action.BRANCH_MERGE ? some() : List.of();
        DecisionInput.Branch target = branch();
        return new DecisionInput(
                new DecisionInput.Subject(
                        "usr_" + random.nextInt(3),
                        random.nextInt(8) == 0 ? DecisionInput.SubjectType.AGENT : DecisionInput.SubjectType.USER,
                        random.nextInt(50) == 0 ? "01JD0000000000000000000001" : Questions.TENANT,
                        List.of(
                                "r" + random.nextInt(20),
                                "r" + random.nextInt(20),
                                random.nextInt(3) == 0 ? "admin" : "x"),
                        claims,
                        auth,
                        random.nextInt(10) == 0
                                ? List.of(new DecisionInput.Grant(
                                        "break_glass", "bg", Questions.NOW.plusSeconds(random.nextInt(100_000))))
                                : List.of()),
                action,
                "op." + random.nextInt(100),
                new DecisionInput.Resource(
                        Questions.TENANT,
                        random.nextInt(20) == 0 ? Optional.empty() : Optional.of(pick(GRAPHS)),
                        random.nextInt(20) == 0 ? Optional.empty() : Optional.of(branch()),
                        action.branchUse() == Action.BranchUse.WRITE_TARGET ? Optional.of(target) : Optional.empty(),
                        random.nextInt(9) == 0 ? Optional.of("snap" + random.nextInt()) : Optional.empty(),
                        new DecisionInput.Types(
                                read,
                                write,
                                List.of(),
                                Map.of("Airport", List.of("p" + random.nextInt())),
                                random.nextInt(30) > 0),
                        new DecisionInput.Attributes(
                                random.nextInt(20) == 0
                                        ? DecisionInput.TenantState.SUSPENDED
                                        : DecisionInput.TenantState.ACTIVE)),
                context);
    }

    private DecisionInput.Branch branch() {
        return pick(List.of(
                new DecisionInput.Branch("main"),
                new DecisionInput.Branch("u/usr_1/a"),
                new DecisionInput.Branch("draft")));
    }

    private List<String> some() {
        List<String> types = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            types.add(pick(TYPES));
        }
        return types;
    }

    /** The same question in everything that {@code paths} says is read, other in whatever it says is not. */
    DecisionInput scrambled(DecisionInput input) {
        DecisionInput other = question(
                input.subject().claims(),
                new DecisionInput.Auth(
                        "key", "c" + random.nextInt(), input.subject().auth().mfa(), random.nextInt()),
                new DecisionInput.Context(
                        input.context().time(),
                        "::" + random.nextInt(9),
                        "q" + random.nextLong(),
                        pick(List.of(DecisionInput.Channel.values())),
                        random.nextBoolean()));
        DecisionInput.Types types = input.resource().types();
        return new DecisionInput(
                new DecisionInput.Subject(
                        input.subject().id(),
                        input.subject().type(),
                        input.subject().tenant(),
                        input.subject().roles(),
                        input.subject().claims(),
                        other.subject().auth(),
                        input.subject().grants()),
                input.action(),
                other.operation(),
                new DecisionInput.Resource(
                        input.resource().tenant(),
                        input.resource().graph(),
                        input.resource().branch(),
                        input.resource().targetBranch(),
                        Optional.of("s" + random.nextInt()),
                        new DecisionInput.Types(
                                types.all().stream()
                                        .filter(type -> !types.write().contains(type))
                                        .toList(),
                                types.write(),
                                List.of(),
                                Map.of("Q", List.of("q" + random.nextInt())),
                                types.complete()),
                        input.resource().attributes()),
                other.context());
    }

    private <T> T pick(List<? extends T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }
}
