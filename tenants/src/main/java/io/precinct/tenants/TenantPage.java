package io.precinct.tenants;

import java.util.List;
import java.util.Optional;

/** Part of the list of tenants, ordered by id; {@code next} is where the following part begins, if there is one. */
public record TenantPage(List<Tenant> tenants, Optional<TenantId> next) {
    public TenantPage {
        tenants = List.copyOf(tenants);
    }

    /**
     * Which part to read.
     *
     * @param after the last tenant of the part before
     * @param state only tenants in this state
     * @param limit most tenants to return, 1 to 1000
     */
    public record Request(Optional<TenantId> after, Optional<TenantState> state, int limit) {
        public static final int MOST = 1000;

        public Request {
            if (limit < 1 || limit > MOST) {
                throw new TenantException.Invalid(
                        TenantException.Code.INVALID_NAME, "a page has 1 to " + MOST + " tenants");
            }
        }

        public static Request first(int limit) {
            return new Request(Optional.empty(), Optional.empty(), limit);
        }
    }
}
