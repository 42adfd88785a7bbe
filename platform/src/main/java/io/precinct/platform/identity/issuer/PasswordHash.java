package io.precinct.platform.identity.issuer;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/** PBKDF2 with HMAC-SHA-256; salt and hash in base64. The count travels along, so it can be raised later. */
public record PasswordHash(int iterations, String salt, String hash) {
    private static final int BITS = 256;

    public static PasswordHash of(char[] password, int iterations, SecureRandom random) {
        byte[] salt = new byte[16];
        random.nextBytes(salt);
        Base64.Encoder base64 = Base64.getEncoder();
        return new PasswordHash(
                iterations, base64.encodeToString(salt), base64.encodeToString(derive(password, salt, iterations)));
    }

    public boolean matches(char[] password) {
        Base64.Decoder base64 = Base64.getDecoder();
        return MessageDigest.isEqual(base64.decode(hash), derive(password, base64.decode(salt), iterations));
    }

    private static byte[] derive(char[] password, byte[] salt, int iterations) {
        PBEKeySpec spec = new PBEKeySpec(password, salt, iterations, BITS);
        try {
            return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                    .generateSecret(spec)
                    .getEncoded();
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("this Java platform has no PBKDF2 with HMAC-SHA-256", impossible);
        } finally {
            spec.clearPassword();
        }
    }

    @Override
    public String toString() {
        return "PasswordHash[iterations=" + iterations + "]";
    }
}
