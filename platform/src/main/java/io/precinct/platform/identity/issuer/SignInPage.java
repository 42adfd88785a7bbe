package io.precinct.platform.identity.issuer;

import io.precinct.platform.identity.Membership;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/** The sign-in page: plain HTML without scripts, under a policy that allows none. */
final class SignInPage {
    private static final String STYLE = """
            body{font-family:system-ui,sans-serif;background:#f0f0f0;color:#151515;margin:0;display:grid;\
            place-items:center;min-height:100vh}main{background:#fff;padding:2rem;border-radius:6px;width:22rem;\
            max-width:90vw;box-shadow:0 1px 4px #0003}h1{font-size:1.4rem;margin:0 0 1rem}label{display:block;\
            margin:.8rem 0 .2rem}input{width:100%;box-sizing:border-box;padding:.5rem;font:inherit;border:1px solid #6a6e73;\
            border-radius:4px}button{margin-top:1rem;width:100%;padding:.6rem;font:inherit;border:0;border-radius:4px;\
            background:#06c;color:#fff;cursor:pointer}button:focus-visible,input:focus-visible{outline:3px solid #73bcf7}\
            .complaint{color:#a30000}small{display:block;color:#e7f1fa}h2{font-size:1rem;margin:1.5rem 0 0}""";

    private SignInPage() {}

    /** Where the form may lead: here, and on to the application's own origin, which browsers count as well. */
    static String contentPolicy(String redirect) {
        URI target = URI.create(redirect);
        String origin = target.getScheme() + "://" + target.getAuthority();
        return "default-src 'none'; style-src 'sha256-" + Secrets.base64Hash(STYLE) + "'; form-action 'self' " + origin
                + "; frame-ancestors 'none'; base-uri 'none'";
    }

    static String html(
            String action, String ticket, Optional<String> complaint, List<IssuerState.Account> demonstrations) {
        StringBuilder page = new StringBuilder(2_000)
                .append("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">")
                .append(
                        "<meta name=\"viewport\" content=\"width=device-width\"><title>Sign in to Precinct</title><style>")
                .append(STYLE)
                .append("</style></head><body><main><h1>Sign in to Precinct</h1>");
        complaint.ifPresent(text -> page.append("<p class=\"complaint\" role=\"alert\">")
                .append(escaped(text))
                .append("</p>"));
        form(page, action, ticket)
                .append("<label for=\"username\">User name</label>")
                .append("<input id=\"username\" name=\"username\" autocomplete=\"username\" required autofocus>")
                .append("<label for=\"password\">Password</label><input id=\"password\" name=\"password\"")
                .append(" type=\"password\" autocomplete=\"current-password\" required>")
                .append("<button type=\"submit\">Sign in</button></form>");
        if (!demonstrations.isEmpty()) {
            page.append("<h2>Demonstration accounts</h2>");
            form(page, action, ticket);
            for (IssuerState.Account account : demonstrations) {
                page.append("<button name=\"account\" value=\"")
                        .append(escaped(account.id()))
                        .append("\">")
                        .append(escaped(account.displayName()))
                        .append("<small>")
                        .append(escaped(described(account)))
                        .append("</small></button>");
            }
            page.append("</form>");
        }
        return page.append("</main></body></html>").toString();
    }

    static String refusal(String text) {
        return "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Sign-in stopped</title><style>"
                + STYLE + "</style></head><body><main><h1>Sign-in stopped</h1><p>" + escaped(text)
                + "</p></main></body></html>";
    }

    private static String described(IssuerState.Account account) {
        String tenants = String.join(
                "; ",
                account.memberships().stream()
                        .map((Membership one) -> one.alias() + ": " + String.join(", ", one.roles()))
                        .toList());
        return account.operator() ? "platform operator" + (tenants.isEmpty() ? "" : "; " + tenants) : tenants;
    }

    private static StringBuilder form(StringBuilder page, String action, String ticket) {
        return page.append("<form method=\"post\" action=\"")
                .append(escaped(action))
                .append("\"><input type=\"hidden\" name=\"ticket\" value=\"")
                .append(escaped(ticket))
                .append("\">");
    }

    private static String escaped(String text) {
        StringBuilder safe = new StringBuilder(text.length());
        for (int at = 0; at < text.length(); at++) {
            char one = text.charAt(at);
            switch (one) {
                case '<' -> safe.append("&lt;");
                case '>' -> safe.append("&gt;");
                case '&' -> safe.append("&amp;");
                case '"' -> safe.append("&quot;");
                case '\'' -> safe.append("&#39;");
                default -> safe.append(one);
            }
        }
        return safe.toString();
    }
}
