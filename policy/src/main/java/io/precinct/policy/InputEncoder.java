package io.precinct.policy;

import io.precinct.engine.spi.Operand;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Writes decision inputs as canonical JSON: fixed field order, sorted keys, no white space, every selected field always.
 * Restricted to the paths that a policy reads, the bytes are the exact key of the decision. Immutable and thread-safe.
 */
public final class InputEncoder {
    /** Writes every field. */
    public static final InputEncoder COMPLETE = new InputEncoder(InputPaths.ALL);

    /** The fields of the input, each with its path in the document; objects that are always written whole are leaves. */
    private enum Field {
        SCHEMA_VERSION("schema_version"),
        SUBJECT("subject"),
        SUBJECT_ID("subject.id"),
        SUBJECT_TYPE("subject.type"),
        SUBJECT_TENANT("subject.tenant"),
        SUBJECT_ROLES("subject.roles"),
        SUBJECT_CLAIMS("subject.claims"),
        AUTH("subject.auth"),
        AUTH_METHOD("subject.auth.method"),
        AUTH_CREDENTIAL("subject.auth.credential_id"),
        AUTH_MFA("subject.auth.mfa"),
        AUTH_AGE("subject.auth.age_seconds"),
        GRANTS("subject.grants"),
        ACTION("action"),
        OPERATION("operation"),
        RESOURCE("resource"),
        RESOURCE_TENANT("resource.tenant"),
        GRAPH("resource.graph"),
        BRANCH("resource.branch"),
        TARGET_BRANCH("resource.target_branch"),
        SNAPSHOT("resource.snapshot"),
        TYPES("resource.types"),
        TYPES_ALL("resource.types.all"),
        TYPES_READ("resource.types.read"),
        TYPES_WRITE("resource.types.write"),
        TYPES_EDGES("resource.types.edges"),
        TYPES_PROPERTIES("resource.types.properties"),
        TYPES_COMPLETE("resource.types.complete"),
        ATTRIBUTES("resource.attributes"),
        TENANT_STATE("resource.attributes.tenant_state"),
        CONTEXT("context"),
        TIME("context.time"),
        IP("context.ip"),
        REQUEST_ID("context.request_id"),
        CHANNEL("context.channel"),
        DRY_RUN("context.dry_run");

        private final String path;
        private final String key;

        Field(String path) {
            this.path = path;
            this.key = "\"" + path.substring(path.lastIndexOf('.') + 1) + "\":";
        }
    }

    private final Set<Field> selected = EnumSet.noneOf(Field.class);

    public InputEncoder(InputPaths paths) {
        for (Field field : Field.values()) {
            if (paths.reads(field.path)) {
                selected.add(field);
            }
        }
    }

    /** The canonical bytes in UTF-8. */
    public byte[] encode(DecisionInput input) {
        Text out = new Text();
        out.open();
        if (out.key(Field.SCHEMA_VERSION)) {
            out.raw("1");
        }
        if (out.key(Field.SUBJECT)) {
            subject(out, input);
        }
        if (out.key(Field.ACTION)) {
            out.string(input.action().code());
        }
        if (out.key(Field.OPERATION)) {
            out.string(input.operation());
        }
        if (out.key(Field.RESOURCE)) {
            resource(out, input.resource());
        }
        if (out.key(Field.CONTEXT)) {
            context(out, input.context());
        }
        out.close();
        return out.bytes();
    }

    private void subject(Text out, DecisionInput input) {
        DecisionInput.Subject subject = input.subject();
        out.open();
        if (out.key(Field.SUBJECT_ID)) {
            out.string(subject.id());
        }
        if (out.key(Field.SUBJECT_TYPE)) {
            out.code(subject.type());
        }
        if (out.key(Field.SUBJECT_TENANT)) {
            out.string(subject.tenant());
        }
        if (out.key(Field.SUBJECT_ROLES)) {
            out.strings(subject.roles());
        }
        if (out.key(Field.SUBJECT_CLAIMS)) {
            out.open();
            for (String name : sortedKeys(subject.claims())) {
                out.name(name);
                out.operand(subject.claims().get(name));
            }
            out.close();
        }
        if (out.key(Field.AUTH)) {
            auth(out, subject.auth());
        }
        if (out.key(Field.GRANTS)) {
            grants(out, subject.grants(), input.context().time());
        }
        out.close();
    }

    private void auth(Text out, DecisionInput.Auth auth) {
        out.open();
        if (out.key(Field.AUTH_METHOD)) {
            out.string(auth.method());
        }
        if (out.key(Field.AUTH_CREDENTIAL)) {
            out.string(auth.credentialId());
        }
        if (out.key(Field.AUTH_MFA)) {
            out.truth(auth.mfa());
        }
        if (out.key(Field.AUTH_AGE)) {
            out.raw(Long.toString(auth.ageSeconds()));
        }
        out.close();
    }

    private static void grants(Text out, List<DecisionInput.Grant> grants, Instant now) {
        out.openList();
        for (DecisionInput.Grant grant : grants) {
            if (grant.expiresAt().isAfter(now)) {
                out.item();
                out.open();
                out.name("kind");
                out.string(grant.kind());
                out.name("id");
                out.string(grant.id());
                out.name("expires_at");
                out.string(grant.expiresAt().toString());
                out.close();
            }
        }
        out.closeList();
    }

    private void resource(Text out, DecisionInput.Resource resource) {
        out.open();
        if (out.key(Field.RESOURCE_TENANT)) {
            out.string(resource.tenant());
        }
        if (out.key(Field.GRAPH)) {
            out.stringOrNull(resource.graph());
        }
        if (out.key(Field.BRANCH)) {
            branch(out, resource.branch());
        }
        if (out.key(Field.TARGET_BRANCH)) {
            branch(out, resource.targetBranch());
        }
        if (out.key(Field.SNAPSHOT)) {
            out.stringOrNull(resource.snapshot());
        }
        if (out.key(Field.TYPES)) {
            types(out, resource.types());
        }
        if (out.key(Field.ATTRIBUTES)) {
            out.open();
            if (out.key(Field.TENANT_STATE)) {
                out.code(resource.attributes().tenantState());
            }
            out.close();
        }
        out.close();
    }

    private static void branch(Text out, Optional<DecisionInput.Branch> branch) {
        if (branch.isEmpty()) {
            out.raw("null");
            return;
        }
        out.open();
        out.name("name");
        out.string(branch.get().name());
        out.close();
    }

    private void types(Text out, DecisionInput.Types types) {
        out.open();
        if (out.key(Field.TYPES_ALL)) {
            out.strings(types.all());
        }
        if (out.key(Field.TYPES_READ)) {
            out.strings(types.read());
        }
        if (out.key(Field.TYPES_WRITE)) {
            out.strings(types.write());
        }
        if (out.key(Field.TYPES_EDGES)) {
            out.strings(types.edges());
        }
        if (out.key(Field.TYPES_PROPERTIES)) {
            out.open();
            for (String type : sortedKeys(types.properties())) {
                out.name(type);
                out.strings(types.properties().get(type));
            }
            out.close();
        }
        if (out.key(Field.TYPES_COMPLETE)) {
            out.truth(types.complete());
        }
        out.close();
    }

    private void context(Text out, DecisionInput.Context context) {
        out.open();
        if (out.key(Field.TIME)) {
            out.string(context.time().toString());
        }
        if (out.key(Field.IP)) {
            out.string(context.ip());
        }
        if (out.key(Field.REQUEST_ID)) {
            out.string(context.requestId());
        }
        if (out.key(Field.CHANNEL)) {
            out.code(context.channel());
        }
        if (out.key(Field.DRY_RUN)) {
            out.truth(context.dryRun());
        }
        out.close();
    }

    private static Collection<String> sortedKeys(Map<String, ?> map) {
        return map.size() < 2 ? map.keySet() : map.keySet().stream().sorted().toList();
    }

    /** JSON text under construction; a comma is due before every entry but the first of its container. */
    private final class Text {
        private final StringBuilder text = new StringBuilder(512);

        /** Begins a field when the policy reads it; false when it is left out. */
        boolean key(Field field) {
            if (!selected.contains(field)) {
                return false;
            }
            item();
            text.append(field.key);
            return true;
        }

        void name(String name) {
            item();
            string(name);
            text.append(':');
        }

        void item() {
            char last = text.charAt(text.length() - 1);
            if (last != '{' && last != '[') {
                text.append(',');
            }
        }

        void open() {
            text.append('{');
        }

        void close() {
            text.append('}');
        }

        void openList() {
            text.append('[');
        }

        void closeList() {
            text.append(']');
        }

        void raw(String json) {
            text.append(json);
        }

        void truth(boolean value) {
            text.append(value);
        }

        void code(Enum<?> value) {
            string(value.name().toLowerCase(Locale.ROOT));
        }

        void strings(List<String> values) {
            openList();
            for (String value : values) {
                item();
                string(value);
            }
            closeList();
        }

        void stringOrNull(Optional<String> value) {
            if (value.isPresent()) {
                string(value.get());
            } else {
                raw("null");
            }
        }

        void operand(Operand operand) {
            switch (operand) {
                case Operand.Text value -> string(value.value());
                case Operand.Whole value -> text.append(value.value());
                case Operand.Real value -> text.append(value.value());
                case Operand.Truth value -> text.append(value.value());
                case Operand.Items items -> {
                    openList();
                    for (Operand item : items.values()) {
                        item();
                        operand(item);
                    }
                    closeList();
                }
            }
        }

        void string(String value) {
            text.append('"');
            for (int i = 0; i < value.length(); i++) {
                char c = value.charAt(i);
                if (c == '"' || c == '\\') {
                    text.append('\\').append(c);
                } else if (c < 0x20) {
                    text.append("\\u00").append(Character.forDigit(c >> 4, 16)).append(Character.forDigit(c & 15, 16));
                } else if (Character.isSurrogate(c) && !paired(value, i)) {
                    // UTF-8 has no bytes for half a character; a replacement would make different questions equal.
                    text.append("\\u").append(Integer.toHexString(c));
                } else {
                    text.append(c);
                }
            }
            text.append('"');
        }

        private static boolean paired(String value, int at) {
            return Character.isHighSurrogate(value.charAt(at))
                    ? at + 1 < value.length() && Character.isLowSurrogate(value.charAt(at + 1))
                    : at > 0 && Character.isHighSurrogate(value.charAt(at - 1));
        }

        byte[] bytes() {
            return text.toString().getBytes(StandardCharsets.UTF_8);
        }
    }
}
