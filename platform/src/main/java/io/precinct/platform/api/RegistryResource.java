package io.precinct.platform.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.precinct.platform.identity.Caller;
import io.precinct.platform.identity.Identity;
import io.precinct.platform.identity.TenantGuard;
import io.precinct.platform.run.OperationKind;
import io.precinct.platform.run.OperationRunner;
import io.precinct.platform.run.PlatformTenant;
import io.precinct.platform.run.TenantOperation;
import io.precinct.platform.web.Governed;
import io.precinct.platform.web.Ungoverned;
import io.precinct.tenants.CreateTenant;
import io.precinct.tenants.Suspension;
import io.precinct.tenants.Tenant;
import io.precinct.tenants.TenantException;
import io.precinct.tenants.TenantId;
import io.precinct.tenants.TenantPage;
import io.precinct.tenants.TenantProvisioning;
import io.precinct.tenants.TenantRegistry;
import io.precinct.tenants.TenantSlug;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The registry of tenants. It belongs to the platform's own tenant: whoever is a member there, with a role that its
 * policy lets do it, creates, lists, suspends and resumes the others.
 */
@Path("/")
@Produces(MediaType.APPLICATION_JSON)
public final class RegistryResource {
    private final OperationRunner runner;
    private final TenantGuard guard;
    private final TenantRegistry registry;
    private final TenantProvisioning provisioning;

    public RegistryResource(
            OperationRunner runner, TenantGuard guard, TenantRegistry registry, TenantProvisioning provisioning) {
        this.runner = runner;
        this.guard = guard;
        this.registry = registry;
        this.provisioning = provisioning;
    }

    public record Me(String subject, String type, MyTenant tenant, List<String> roles) {}

    public record MyTenant(
            String id,
            String slug,
            @JsonProperty("display_name") String displayName) {}

    @JsonInclude(JsonInclude.Include.NON_ABSENT)
    public record TenantOutput(
            String id,
            String slug,
            @JsonProperty("display_name") String displayName,
            String plan,
            String region,
            String state,
            Optional<String> suspension,
            long epoch,
            @JsonProperty("created_at") String createdAt) {
        static TenantOutput of(Tenant tenant) {
            return new TenantOutput(
                    tenant.id().value(),
                    tenant.slug().value(),
                    tenant.displayName(),
                    tenant.plan(),
                    tenant.region(),
                    tenant.state().wireName(),
                    tenant.suspension()
                            .map(why ->
                                    why.reason().wireName() + " " + why.mode().wireName()),
                    tenant.epoch(),
                    tenant.createdAt().toString());
        }
    }

    @JsonInclude(JsonInclude.Include.NON_ABSENT)
    public record TenantsOutput(List<TenantOutput> tenants, Optional<String> next) {}

    public record TenantRequest(
            String slug,
            @JsonProperty("display_name") String displayName,
            Optional<String> plan,
            Optional<String> region,
            @JsonProperty("idempotency_key") Optional<String> idempotencyKey) {}

    /** {@code epoch} is the one that was read; another one now is a conflict. */
    public record SuspendRequest(String tenant, long epoch, String reason, String mode) {}

    public record ResumeRequest(String tenant, long epoch) {}

    @GET
    @Path("/me")
    @Operation(operationId = "me", summary = "Who the token speaks for")
    @Ungoverned(reason = "tells the bearer what its own token says", operation = "me")
    public Me me(@Parameter(hidden = true) @Context Identity identity) {
        Caller caller = guard.onlyTenant(identity);
        Tenant tenant = registry.require(caller.tenant());
        return new Me(
                caller.subject(),
                caller.type().wireName(),
                new MyTenant(tenant.id().value(), tenant.slug().value(), tenant.displayName()),
                caller.roles().stream().sorted().toList());
    }

    @GET
    @Path("/tenants")
    @Operation(operationId = "tenantsList", summary = "All tenants, by id")
    @Governed(action = "tenant_read", operation = "tenants.list")
    public TenantsOutput list(
            @Parameter(hidden = true) @Context Identity identity,
            @Parameter(hidden = true) @Context HttpServletRequest http,
            @QueryParam("after") String after,
            @QueryParam("limit") @DefaultValue("100") int limit) {
        return runner.run(
                platform(identity), Requests.context(http), TenantOperation.by(OperationKind.TENANTS_LIST, who -> {
                    TenantPage page = registry.list(new TenantPage.Request(
                            Optional.ofNullable(after).map(TenantId::new), Optional.empty(), limit));
                    return new TenantsOutput(
                            page.tenants().stream().map(TenantOutput::of).toList(),
                            page.next().map(TenantId::value));
                }));
    }

    @POST
    @Path("/tenants")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(operationId = "tenantsCreate", summary = "Create a tenant; repeatable with an idempotency key")
    @Governed(action = "tenant_create", operation = "tenants.create")
    public TenantOutput create(
            @Parameter(hidden = true) @Context Identity identity,
            @Parameter(hidden = true) @Context HttpServletRequest http,
            TenantRequest request) {
        TenantRequest body = Names.present(request, "slug");
        CreateTenant order = new CreateTenant(
                new TenantSlug(Names.present(body.slug(), "slug")),
                Names.present(body.displayName(), "display_name"),
                body.plan().orElse("standard"),
                body.region().orElse("local"),
                body.idempotencyKey());
        return runner.run(
                platform(identity),
                Requests.context(http),
                TenantOperation.by(OperationKind.TENANTS_CREATE, who -> TenantOutput.of(provisioning.create(order))));
    }

    @POST
    @Path("/tenants-suspend")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(operationId = "tenantsSuspend", summary = "Suspend a tenant, everywhere within seconds")
    @Governed(action = "tenant_suspend", operation = "tenants.suspend")
    public TenantOutput suspend(
            @Parameter(hidden = true) @Context Identity identity,
            @Parameter(hidden = true) @Context HttpServletRequest http,
            SuspendRequest request) {
        SuspendRequest body = Names.present(request, "tenant");
        Suspension why = new Suspension(
                word(Suspension.Reason.class, "reason", body.reason()),
                word(Suspension.Mode.class, "mode", body.mode()));
        TenantId tenant = other(body.tenant());
        return runner.run(
                platform(identity),
                Requests.context(http),
                TenantOperation.by(
                        OperationKind.TENANTS_SUSPEND,
                        who -> TenantOutput.of(registry.suspend(tenant, body.epoch(), why))));
    }

    @POST
    @Path("/tenants-resume")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(operationId = "tenantsResume", summary = "End a suspension")
    @Governed(action = "tenant_resume", operation = "tenants.resume")
    public TenantOutput resume(
            @Parameter(hidden = true) @Context Identity identity,
            @Parameter(hidden = true) @Context HttpServletRequest http,
            ResumeRequest request) {
        ResumeRequest body = Names.present(request, "tenant");
        TenantId tenant = other(body.tenant());
        return runner.run(
                platform(identity),
                Requests.context(http),
                TenantOperation.by(
                        OperationKind.TENANTS_RESUME, who -> TenantOutput.of(registry.resume(tenant, body.epoch()))));
    }

    /** The caller in the platform's own tenant; anybody else meets the answer of an unknown tenant. */
    private Caller platform(Identity identity) {
        return guard.caller(identity, PlatformTenant.SLUG.value());
    }

    private static TenantId other(String id) {
        try {
            return new TenantId(Names.present(id, "tenant"));
        } catch (TenantException.Invalid malformed) {
            throw Names.invalid("tenant is the tenant's id");
        }
    }

    private static <E extends Enum<E>> E word(Class<E> words, String key, String text) {
        for (E word : words.getEnumConstants()) {
            if (word.name().equals(Names.present(text, key).toUpperCase(Locale.ROOT))) {
                return word;
            }
        }
        throw Names.invalid(key + " is none of the known words");
    }
}
