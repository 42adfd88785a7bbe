package io.precinct.platform.identity.issuer;

import io.precinct.engine.spi.IdSource;
import io.precinct.platform.identity.Membership;
import io.precinct.tenants.TenantId;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Who may sign in at the embedded issuer, and which programs. Every change is durable when the method returns; taking
 * something away also ends the sessions that rested on it. Thread-safe.
 */
public final class Accounts {
    private static final int SHORTEST_PASSWORD = 10;

    private final IssuerStore store;
    private final IdSource ids;
    private final int passwordIterations;
    private final SecureRandom random = new SecureRandom();

    Accounts(IssuerStore store, IdSource ids, int passwordIterations) {
        this.store = store;
        this.ids = ids;
        this.passwordIterations = passwordIterations;
    }

    /** A new account's facts; {@code attributes} become claims of the same names. */
    public record NewAccount(
            String username,
            String displayName,
            Map<String, String> attributes,
            boolean operator,
            boolean demonstration) {
        public NewAccount {
            username = username.strip().toLowerCase(Locale.ROOT);
            if (username.isEmpty() || username.length() > 100 || username.indexOf('/') >= 0) {
                throw new IllegalArgumentException("a user name has 1 to 100 characters and no slash");
            }
            attributes = Map.copyOf(attributes);
        }
    }

    /**
     * Adds an account, or returns the one that has this user name already, unchanged.
     *
     * @param password at least ten characters; empty for an account that can't sign in by itself
     */
    public IssuerState.Account create(NewAccount wanted, Optional<String> password) {
        Optional<PasswordHash> hash = password.map(this::hashed);
        String id = "usr_" + ids.next();
        IssuerState after =
                store.update(state -> byName(state, wanted.username()).isPresent()
                        ? state
                        : state.with(new IssuerState.Account(
                                id,
                                wanted.username(),
                                wanted.displayName(),
                                hash,
                                List.of(),
                                wanted.attributes(),
                                wanted.operator(),
                                wanted.demonstration(),
                                false)));
        return byName(after, wanted.username()).orElseThrow();
    }

    public Optional<IssuerState.Account> named(String username) {
        return byName(store.state(), username);
    }

    public List<IssuerState.Account> all() {
        return List.copyOf(store.state().accounts().values());
    }

    /** Makes the account a member of the tenant with exactly these roles. Its sessions get them at their next refresh. */
    public void assign(String accountId, TenantId tenant, String alias, Set<String> roles) {
        change(accountId, account -> {
            List<Membership> memberships = without(account.memberships(), tenant);
            memberships.add(new Membership(alias, tenant.value(), roles));
            return memberships(account, memberships);
        });
    }

    /** Ends the membership and the account's sessions. */
    public void unassign(String accountId, TenantId tenant) {
        change(accountId, account -> memberships(account, without(account.memberships(), tenant)));
        endSessions(accountId);
    }

    public void changePassword(String accountId, String password) {
        PasswordHash hash = hashed(password);
        change(
                accountId,
                account -> new IssuerState.Account(
                        account.id(),
                        account.username(),
                        account.displayName(),
                        Optional.of(hash),
                        account.memberships(),
                        account.attributes(),
                        account.operator(),
                        account.demonstration(),
                        account.disabled()));
        endSessions(accountId);
    }

    /** Keeps the account, refuses its sign-ins and ends its sessions; tokens given out run out within their short life. */
    public void disable(String accountId) {
        change(
                accountId,
                account -> new IssuerState.Account(
                        account.id(),
                        account.username(),
                        account.displayName(),
                        account.password(),
                        account.memberships(),
                        account.attributes(),
                        account.operator(),
                        account.demonstration(),
                        true));
        endSessions(accountId);
    }

    public void remove(String accountId) {
        store.update(state -> state.withoutAccount(accountId));
    }

    /** Registers a public client, or replaces its addresses. All are compared exactly. */
    public void publicClient(String id, Set<String> redirects, Set<String> logoutRedirects) {
        store.update(state ->
                state.with(new IssuerState.Client(id, Optional.empty(), redirects, logoutRedirects, List.of(), false)));
    }

    /** Registers a program that acts for itself in one tenant. The secret is returned once and kept as a hash only. */
    public String serviceClient(String id, TenantId tenant, String alias, Set<String> roles) {
        String secret = Secrets.fresh();
        store.update(state -> state.with(new IssuerState.Client(
                id,
                Optional.of(Secrets.hash(secret)),
                Set.of(),
                Set.of(),
                List.of(new Membership(alias, tenant.value(), roles)),
                false)));
        return secret;
    }

    private PasswordHash hashed(String password) {
        if (password.length() < SHORTEST_PASSWORD) {
            throw new IllegalArgumentException("a password has at least " + SHORTEST_PASSWORD + " characters");
        }
        return PasswordHash.of(password.toCharArray(), passwordIterations, random);
    }

    private void endSessions(String accountId) {
        store.update(state -> state.withoutFamilies(family -> family.accountId().equals(accountId)));
    }

    private void change(String accountId, UnaryOperator<IssuerState.Account> change) {
        store.update(state -> {
            IssuerState.Account account = state.accounts().get(accountId);
            if (account == null) {
                throw new IllegalArgumentException("there is no such account");
            }
            return state.with(change.apply(account));
        });
    }

    private static List<Membership> without(List<Membership> memberships, TenantId tenant) {
        List<Membership> left = new ArrayList<>(memberships);
        left.removeIf(one -> one.organizationId().equals(tenant.value()));
        return left;
    }

    private static IssuerState.Account memberships(IssuerState.Account account, List<Membership> memberships) {
        return new IssuerState.Account(
                account.id(),
                account.username(),
                account.displayName(),
                account.password(),
                memberships,
                account.attributes(),
                account.operator(),
                account.demonstration(),
                account.disabled());
    }

    private static Optional<IssuerState.Account> byName(IssuerState state, String username) {
        String wanted = username.strip().toLowerCase(Locale.ROOT);
        return state.accounts().values().stream()
                .filter(account -> account.username().equals(wanted))
                .findFirst();
    }
}
