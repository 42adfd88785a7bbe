package io.precinct.platform.audit;

/** What recomputing a tenant's chain found. */
public sealed interface AuditVerification {
    /** Every record is as it was written. Keep {@code hash} elsewhere to prove later that this part never changed. */
    record Intact(long records, String hash) implements AuditVerification {}

    /** The first record that is not what was written, or is missing, by its place in the chain; counted from one. */
    record Broken(long sequence, String why) implements AuditVerification {}
}
