package io.precinct.platform.web;

import io.precinct.platform.errors.PlatformException;
import io.precinct.platform.errors.PlatformFailure;
import io.precinct.platform.errors.Problem;
import io.precinct.platform.identity.Caller;
import io.precinct.platform.identity.Identity;
import jakarta.inject.Inject;
import jakarta.inject.Provider;
import jakarta.servlet.http.HttpServletRequest;
import java.util.function.Supplier;
import org.glassfish.jersey.internal.inject.AbstractBinder;
import org.glassfish.jersey.process.internal.RequestScoped;

/**
 * Lets a resource method take {@code @Context Caller} on a tenant's paths and {@code @Context Identity} everywhere. A
 * method that asks for a caller where none was bound fails closed, as unauthenticated.
 */
public final class Callers extends AbstractBinder {
    private static final String CALLER = Caller.class.getName();
    private static final String IDENTITY = Identity.class.getName();

    static void put(HttpServletRequest request, Caller caller) {
        request.setAttribute(CALLER, caller);
    }

    static void put(HttpServletRequest request, Identity identity) {
        request.setAttribute(IDENTITY, identity);
    }

    /** @throws PlatformException where none was bound */
    static Caller of(HttpServletRequest request) {
        if (request.getAttribute(CALLER) instanceof Caller caller) {
            return caller;
        }
        throw new PlatformException(new PlatformFailure.Unauthenticated(Problem.MISSING_TOKEN));
    }

    @Override
    protected void configure() {
        bindFactory(CallerOfRequest.class).to(Caller.class).in(RequestScoped.class);
        bindFactory(IdentityOfRequest.class).to(Identity.class).in(RequestScoped.class);
    }

    private static final class CallerOfRequest implements Supplier<Caller> {
        private final Provider<HttpServletRequest> request;

        @Inject
        CallerOfRequest(Provider<HttpServletRequest> request) {
            this.request = request;
        }

        @Override
        public Caller get() {
            return Callers.of(request.get());
        }
    }

    private static final class IdentityOfRequest implements Supplier<Identity> {
        private final Provider<HttpServletRequest> request;

        @Inject
        IdentityOfRequest(Provider<HttpServletRequest> request) {
            this.request = request;
        }

        @Override
        public Identity get() {
            if (request.get().getAttribute(IDENTITY) instanceof Identity identity) {
                return identity;
            }
            throw new PlatformException(new PlatformFailure.Unauthenticated(Problem.MISSING_TOKEN));
        }
    }
}
