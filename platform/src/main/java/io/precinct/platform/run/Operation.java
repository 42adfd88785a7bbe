package io.precinct.platform.run;

/**
 * What a caller asks for, with every name as a typed id. The runner owns the order in which it is decided and run;
 * an operation only says what it touches and, once admitted, does its one thing.
 *
 * @param <R> what it gives; closed with its {@link Outcome} when it holds resources
 */
public sealed interface Operation<R> permits GraphOperation, TenantOperation {
    OperationKind kind();
}
