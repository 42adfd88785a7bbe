package io.precinct.platform.run;

import io.precinct.engine.GraphId;
import io.precinct.platform.identity.Caller;
import java.util.Optional;
import java.util.function.Function;

/**
 * An operation on the caller's tenant as a whole, or, for the platform's own tenant, on other tenants.
 *
 * @param graph the graph that is about to be, for the decision's input
 * @param body does it, once admitted
 */
public record TenantOperation<R>(OperationKind kind, Optional<GraphId> graph, Function<Admitted, R> body)
        implements Operation<R> {
    public static <R> TenantOperation<R> of(OperationKind kind, Function<Admitted, R> body) {
        return new TenantOperation<>(kind, Optional.empty(), body);
    }

    /** For bodies that need no more than who asks. */
    public static <R> TenantOperation<R> by(OperationKind kind, Function<Caller, R> body) {
        return of(kind, admitted -> body.apply(admitted.caller()));
    }
}
