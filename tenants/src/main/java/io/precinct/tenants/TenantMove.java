package io.precinct.tenants;

import java.util.Optional;

/** A move in a tenant's life that somebody asks for. */
public sealed interface TenantMove {
    TenantState target();

    default Optional<Suspension> suspension() {
        return Optional.empty();
    }

    record Provision() implements TenantMove {
        @Override
        public TenantState target() {
            return TenantState.PROVISIONING;
        }
    }

    /** Provisioning is complete, or a suspension ends. */
    record Activate() implements TenantMove {
        @Override
        public TenantState target() {
            return TenantState.ACTIVE;
        }
    }

    record GiveUp() implements TenantMove {
        @Override
        public TenantState target() {
            return TenantState.FAILED;
        }
    }

    record Suspend(Suspension why) implements TenantMove {
        @Override
        public TenantState target() {
            return TenantState.SUSPENDED;
        }

        @Override
        public Optional<Suspension> suspension() {
            return Optional.of(why);
        }
    }

    record Delete() implements TenantMove {
        @Override
        public TenantState target() {
            return TenantState.DELETING;
        }
    }

    /** Takes a deletion back. The tenant comes back suspended, so that someone looks at it before it serves again. */
    record Restore() implements TenantMove {
        @Override
        public TenantState target() {
            return TenantState.SUSPENDED;
        }

        @Override
        public Optional<Suspension> suspension() {
            return Optional.of(new Suspension(Suspension.Reason.REQUEST, Suspension.Mode.BLOCKED));
        }
    }

    record Purge() implements TenantMove {
        @Override
        public TenantState target() {
            return TenantState.PURGING;
        }
    }

    /** Everything of it is gone; its slug stays in quarantine for a while, its id for ever. */
    record Bury() implements TenantMove {
        @Override
        public TenantState target() {
            return TenantState.DELETED;
        }
    }
}
