package io.precinct.platform.run;

import io.precinct.platform.errors.PlatformFailure;
import io.precinct.platform.errors.Problem;
import io.precinct.tenants.TenantException;

/** What each failure of the tenants module is to a caller of the platform. */
public final class TenantFailures {
    private TenantFailures() {}

    public static PlatformFailure of(TenantException thrown) {
        return switch (thrown) {
            case TenantException.Absent absent ->
                absent.code() == TenantException.Code.UNKNOWN_TENANT
                        ? new PlatformFailure.TenantHidden()
                        : new PlatformFailure.Plain(Problem.NOT_FOUND, absent.getMessage());
            case TenantException.Conflict conflict ->
                new PlatformFailure.Plain(Problem.CONFLICT, conflict.getMessage());
            case TenantException.Refused refused ->
                new PlatformFailure.Plain(Problem.TENANT_SUSPENDED, refused.getMessage());
            case TenantException.Invalid invalid ->
                new PlatformFailure.Plain(Problem.INVALID_REQUEST, invalid.getMessage());
            case TenantException.Unavailable unavailable -> new PlatformFailure.Plain(Problem.TENANT_UNAVAILABLE);
        };
    }
}
