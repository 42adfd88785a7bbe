package io.precinct.platform.identity.issuer;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.ParseException;

/** The issuer's ES256 key: made at the first start, then kept, so that tokens survive a restart. */
public final class SigningKey {
    private static final String FILE = "signing-key.json";

    private SigningKey() {}

    /** The key in {@code folder}, made if there is none yet. */
    public static ECKey loadOrCreate(Path folder) throws IOException {
        if (Files.exists(folder.resolve(FILE))) {
            return load(folder);
        }
        try {
            ECKey key = new ECKeyGenerator(Curve.P_256)
                    .keyUse(KeyUse.SIGNATURE)
                    .algorithm(JWSAlgorithm.ES256)
                    .keyIDFromThumbprint(true)
                    .generate();
            PrivateFiles.createFolder(folder);
            PrivateFiles.replace(folder.resolve(FILE), key.toJSONString().getBytes(StandardCharsets.UTF_8));
            return key;
        } catch (JOSEException impossible) {
            throw new IllegalStateException("this Java platform has no P-256", impossible);
        }
    }

    /** The key in {@code folder}; fails if there is none. */
    public static ECKey load(Path folder) throws IOException {
        Path file = folder.resolve(FILE);
        try {
            return ECKey.parse(new String(PrivateFiles.read(file), StandardCharsets.UTF_8));
        } catch (ParseException damaged) {
            throw new IOException(file + " holds no key; remove it to get a new one, which ends all sessions", damaged);
        }
    }
}
