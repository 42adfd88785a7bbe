package io.precinct.platform.identity.issuer;

/** A refusal in OAuth's own words (RFC 6749, sections 4.1.2.1 and 5.2). */
final class OAuthError extends Exception {
    private static final long serialVersionUID = 1L;

    private final String code;
    private final int status;

    OAuthError(int status, String code, String description) {
        super(description);
        this.status = status;
        this.code = code;
    }

    static OAuthError invalidRequest(String description) {
        return new OAuthError(400, "invalid_request", description);
    }

    static OAuthError invalidGrant(String description) {
        return new OAuthError(400, "invalid_grant", description);
    }

    static OAuthError invalidClient() {
        return new OAuthError(401, "invalid_client", "the client is unknown or its secret is wrong");
    }

    String code() {
        return code;
    }

    int status() {
        return status;
    }
}
