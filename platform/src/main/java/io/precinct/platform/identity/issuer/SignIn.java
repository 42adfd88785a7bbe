package io.precinct.platform.identity.issuer;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * The browser's half of a sign-in: checks the request, lets the person prove who they are, and sends them back with a
 * code. Nothing is ever sent to an address that isn't registered. Thread-safe.
 */
final class SignIn {
    private static final Pattern CHALLENGE = Pattern.compile("[A-Za-z0-9_-]{43}");
    private static final int LONGEST_PARAMETER = 2_000;

    /** What the servlet does next. */
    sealed interface Step {
        /** Show the page; {@code cookie} is set when the request is new. */
        record Page(String ticket, String redirect, Optional<String> cookie, Optional<String> complaint, int status)
                implements Step {}

        record Redirect(String location) implements Step {}

        /** Nothing can be trusted enough to go back to. */
        record Refuse(int status, String text) implements Step {}
    }

    private final IssuerStore store;
    private final Authorizations authorizations;
    private final SignInLimit limit = new SignInLimit();
    private final Supplier<String> issuer;
    private final InstantSource clock;
    private final PasswordHash nobody;

    SignIn(
            IssuerStore store,
            Authorizations authorizations,
            Supplier<String> issuer,
            int passwordIterations,
            InstantSource clock) {
        this.store = store;
        this.authorizations = authorizations;
        this.issuer = issuer;
        this.clock = clock;
        // Checked for names that don't exist, so that time does not tell which ones do.
        this.nobody = PasswordHash.of(Secrets.fresh().toCharArray(), passwordIterations, new SecureRandom());
    }

    Step begin(Map<String, String[]> raw) {
        if (raw.values().stream().anyMatch(values -> values.length != 1 || values[0].length() > LONGEST_PARAMETER)) {
            return new Step.Refuse(400, "A parameter is repeated or too long.");
        }
        Parameters parameters = new Parameters(raw);
        IssuerState.Client client = store.state().clients().get(parameters.text("client_id"));
        if (client == null || client.disabled()) {
            return new Step.Refuse(400, "The application is not known here.");
        }
        String redirect = parameters.text("redirect_uri");
        if (!client.redirects().contains(redirect)) {
            return new Step.Refuse(400, "The application asked to return to an address that is not registered.");
        }
        Optional<String> state = parameters.present("state");
        Set<String> scopes =
                Set.copyOf(Arrays.asList(parameters.text("scope").strip().split(" +")));
        if (!parameters.text("response_type").equals("code")) {
            return failed(redirect, state, "unsupported_response_type");
        }
        if (!parameters.text("code_challenge_method").equals("S256")
                || !CHALLENGE.matcher(parameters.text("code_challenge")).matches()) {
            return failed(redirect, state, "invalid_request");
        }
        if (!scopes.contains("openid")) {
            return failed(redirect, state, "invalid_scope");
        }
        if (parameters.text("prompt").equals("none")) {
            return failed(redirect, state, "login_required");
        }
        Authorizations.Pending pending = new Authorizations.Pending(
                client.id(),
                redirect,
                scopes,
                state,
                parameters.present("nonce"),
                parameters.text("code_challenge"),
                Secrets.fresh());
        String ticket = authorizations.open(pending);
        return new Step.Page(ticket, redirect, Optional.of(pending.cookie()), Optional.empty(), 200);
    }

    /** {@code cookie} is what the browser sent along; {@code account} is set when a demonstration account was clicked. */
    Step finish(String ticket, Optional<String> cookie, Optional<String> account, String username, String password) {
        Optional<Authorizations.Pending> open = authorizations.pending(ticket);
        if (open.isEmpty() || cookie.isEmpty() || !Secrets.equal(open.get().cookie(), cookie.get())) {
            return new Step.Refuse(400, "This sign-in page is too old or was opened elsewhere. Start again.");
        }
        Authorizations.Pending request = open.get();
        Optional<IssuerState.Account> proved;
        if (account.isPresent()) {
            proved = demonstrations().stream()
                    .filter(one -> one.id().equals(account.get()))
                    .findFirst();
        } else {
            String name = username.strip().toLowerCase(java.util.Locale.ROOT);
            if (limit.exhausted(name)) {
                return new Step.Page(
                        ticket,
                        request.redirect(),
                        Optional.empty(),
                        Optional.of("Too many failed attempts. Try again in a quarter of an hour."),
                        429);
            }
            proved = proved(name, password);
            if (proved.isEmpty()) {
                limit.failed(name);
            } else {
                limit.succeeded(name);
            }
        }
        if (proved.isEmpty()) {
            return new Step.Page(
                    ticket,
                    request.redirect(),
                    Optional.empty(),
                    Optional.of("The user name or the password is not right."),
                    401);
        }
        authorizations.close(ticket);
        String code = authorizations.code(
                new Authorizations.Grant(request, proved.get().id(), Secrets.fresh(), clock.instant()));
        return redirect(request.redirect(), request.state(), Map.of("code", code));
    }

    /** Accounts one may enter with a click. */
    List<IssuerState.Account> demonstrations() {
        return store.state().accounts().values().stream()
                .filter(account -> account.demonstration() && !account.disabled())
                .sorted(java.util.Comparator.comparing(IssuerState.Account::username))
                .toList();
    }

    private Optional<IssuerState.Account> proved(String name, String password) {
        Optional<IssuerState.Account> account = store.state().accounts().values().stream()
                .filter(one -> one.username().equals(name))
                .findFirst();
        PasswordHash hash = account.flatMap(IssuerState.Account::password).orElse(nobody);
        boolean right = hash.matches(password.toCharArray());
        return account.filter(one -> right && one.password().isPresent() && !one.disabled());
    }

    private Step failed(String redirect, Optional<String> state, String error) {
        return redirect(redirect, state, Map.of("error", error));
    }

    private Step redirect(String redirect, Optional<String> state, Map<String, String> result) {
        Map<String, String> parameters = new TreeMap<>(result);
        state.ifPresent(value -> parameters.put("state", value));
        parameters.put("iss", issuer.get());
        StringBuilder location = new StringBuilder(redirect);
        char separator = redirect.indexOf('?') < 0 ? '?' : '&';
        for (Map.Entry<String, String> one : parameters.entrySet()) {
            location.append(separator)
                    .append(one.getKey())
                    .append('=')
                    .append(URLEncoder.encode(one.getValue(), StandardCharsets.UTF_8));
            separator = '&';
        }
        return new Step.Redirect(location.toString());
    }
}
