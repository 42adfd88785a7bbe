package io.precinct.policy;

import io.precinct.engine.spi.Condition;
import io.precinct.engine.spi.Mask;
import io.precinct.engine.spi.RowAccess;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads the policy's answer, strictly: every field present, none besides, one entry for every touched type, the asked
 * revision. What it can't read for certain it refuses.
 */
public final class DecisionReader {
    private DecisionReader() {}

    /**
     * The decision that {@code answer}, the bare decision document, stands for.
     *
     * @throws InvalidDocumentException when it is anything but a complete answer to {@code input} by {@code revision}
     */
    public static Decision read(
            StrictJson answer, DecisionInput input, PolicyRevision revision, String shownRevision, String decisionId) {
        if (answer.field("schema_version").whole() != 1) {
            throw answer.invalid("is of an unknown version");
        }
        boolean allow = answer.field("allow").truth();
        List<Decision.Reason> reasons = new ArrayList<>();
        for (StrictJson reason : answer.field("reasons").items()) {
            StrictJson rule = reason.field("rule");
            reasons.add(new Decision.Reason(
                    reason.field("code").text(), rule.isNull() ? Optional.empty() : Optional.of(rule.text())));
            reason.done();
        }
        if (reasons.isEmpty()) {
            throw answer.invalid("gives no reason");
        }
        String decidedBy = answer.field("policy_revision").text();
        if (!decidedBy.equals(revision.value())) {
            throw answer.invalid("was decided by another revision: " + decidedBy);
        }
        Decision.DenyAs denyAs = denyAs(answer.field("deny_as"));
        StrictJson obligations = answer.field("obligations");
        Obligations.Require require = require(obligations.field("require"));
        Limits limits = limits(obligations.field("limits"));
        Map<String, RowAccess> types =
                types(obligations.field("types"), allow ? input.resource().types() : DecisionInput.Types.NONE);
        obligations.done();
        answer.done();
        if (!allow) {
            return new Decision(
                    Decision.Outcome.DENIED, reasons, Obligations.NOTHING, denyAs, shownRevision, decisionId);
        }
        if (limits.equals(Limits.ZERO)) {
            throw answer.invalid("allows without limits");
        }
        return new Decision(
                Decision.Outcome.ALLOWED,
                reasons,
                new Obligations(types, Set.copyOf(input.resource().types().write()), limits, require),
                denyAs,
                shownRevision,
                decisionId);
    }

    private static Map<String, RowAccess> types(StrictJson json, DecisionInput.Types asked) {
        Set<String> written = new HashSet<>(asked.write());
        Map<String, RowAccess> types = new HashMap<>();
        for (String type : asked.all()) {
            types.put(type, access(json.field(type), written.contains(type)));
        }
        json.done();
        return types;
    }

    private static RowAccess access(StrictJson json, boolean written) {
        boolean granted = json.field("granted").truth();
        Condition rows = Operands.condition(json.field("rows"));
        Map<String, Mask> masks = new HashMap<>();
        json.field("masks").entries((property, mask) -> {
            masks.put(property, new Mask(kind(mask.field("kind")), Operands.condition(mask.field("shown"))));
            mask.done();
        });
        Set<String> denied = new HashSet<>();
        json.field("denied").items().forEach(property -> denied.add(property.text()));
        json.done();
        if (!granted) {
            if (written) {
                throw json.invalid("is to be written but not granted");
            }
            return RowAccess.NONE;
        }
        return new RowAccess(true, rows, masks, denied, written ? rows : Condition.NEVER);
    }

    private static Mask.Kind kind(StrictJson json) {
        String kind = json.text();
        return switch (kind) {
            case "null" -> Mask.Kind.NULL;
            case "hash" -> Mask.Kind.HASH;
            default -> throw json.invalid("is the unknown mask \"" + kind + "\"");
        };
    }

    private static Decision.DenyAs denyAs(StrictJson json) {
        String code = json.text();
        return switch (code) {
            case "forbidden" -> Decision.DenyAs.FORBIDDEN;
            case "not_found" -> Decision.DenyAs.NOT_FOUND;
            default -> throw json.invalid("is the unknown way to deny \"" + code + "\"");
        };
    }

    private static Obligations.Require require(StrictJson json) {
        Obligations.Require require = new Obligations.Require(
                json.field("approval").truth(), json.field("step_up").truth());
        json.done();
        return require;
    }

    private static Limits limits(StrictJson json) {
        long rows = json.field("max_rows").whole();
        long timeout = json.field("timeout_ms").whole();
        long hops = json.field("max_hops").whole();
        long bytes = json.field("max_bytes").whole();
        json.done();
        boolean zero = rows == 0 && timeout == 0 && hops == 0 && bytes == 0;
        if (!zero && (rows <= 0 || timeout <= 0 || hops <= 0 || bytes <= 0)) {
            throw json.invalid("must be positive");
        }
        return new Limits(rows, timeout, hops, bytes);
    }
}
