package io.precinct.platform.identity.issuer;

import io.precinct.platform.identity.Membership;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** All the issuer keeps, as one immutable value. Keys of the maps are ids. */
public record IssuerState(
        Map<String, Account> accounts, Map<String, Client> clients, Map<String, RefreshFamily> families) {
    static final IssuerState EMPTY = new IssuerState(Map.of(), Map.of(), Map.of());

    public IssuerState {
        accounts = Map.copyOf(accounts);
        clients = Map.copyOf(clients);
        families = Map.copyOf(families);
    }

    /**
     * A person. {@code demonstration} accounts sign in with a click, so they exist only while the demonstration is
     * loaded; an account without a password that is no demonstration can't sign in.
     */
    public record Account(
            String id,
            String username,
            String displayName,
            Optional<PasswordHash> password,
            List<Membership> memberships,
            Map<String, String> attributes,
            boolean operator,
            boolean demonstration,
            boolean disabled) {
        public Account {
            memberships = List.copyOf(memberships);
            attributes = Map.copyOf(attributes);
        }
    }

    /**
     * A program that asks for tokens. With a secret (its SHA-256 in hex; the secret itself is 256 random bits) it may
     * use its own membership through client credentials; without one it is public and acts for people only.
     */
    public record Client(
            String id,
            Optional<String> secretHash,
            Set<String> redirects,
            Set<String> logoutRedirects,
            List<Membership> memberships,
            boolean disabled) {
        public Client {
            redirects = Set.copyOf(redirects);
            logoutRedirects = Set.copyOf(logoutRedirects);
            memberships = List.copyOf(memberships);
        }
    }

    /**
     * One session's chain of refresh tokens. Only the hash of the latest is kept: any other token of the family is a
     * used one, and showing it ends the family.
     */
    public record RefreshFamily(
            String id,
            String session,
            String accountId,
            String clientId,
            Set<String> scopes,
            Instant authenticatedAt,
            Instant expiresAt,
            String tokenHash) {
        public RefreshFamily {
            scopes = Set.copyOf(scopes);
        }
    }

    IssuerState with(Account account) {
        return new IssuerState(put(accounts, account.id(), account), clients, families);
    }

    IssuerState with(Client client) {
        return new IssuerState(accounts, put(clients, client.id(), client), families);
    }

    IssuerState with(RefreshFamily family) {
        return new IssuerState(accounts, clients, put(families, family.id(), family));
    }

    IssuerState withoutAccount(String id) {
        Map<String, Account> left = new HashMap<>(accounts);
        left.remove(id);
        return new IssuerState(left, clients, families)
                .withoutFamilies(family -> family.accountId().equals(id));
    }

    IssuerState withoutFamilies(java.util.function.Predicate<RefreshFamily> gone) {
        Map<String, RefreshFamily> left = new HashMap<>(families);
        left.values().removeIf(gone);
        return new IssuerState(accounts, clients, left);
    }

    private static <V> Map<String, V> put(Map<String, V> map, String key, V value) {
        Map<String, V> next = new HashMap<>(map);
        next.put(key, value);
        return next;
    }
}
