package io.precinct.platform.config;

import io.dropwizard.configuration.ConfigurationSourceProvider;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;

/** Reads a configuration file, or the shipped one for the path {@code shipped}. */
public final class ShippedOrFile implements ConfigurationSourceProvider {
    public static final String SHIPPED = "shipped";

    private final ConfigurationSourceProvider files;

    public ShippedOrFile(ConfigurationSourceProvider files) {
        this.files = files;
    }

    @Override
    public InputStream open(String path) throws IOException {
        if (!path.equals(SHIPPED)) {
            return files.open(path);
        }
        InputStream shipped = ShippedOrFile.class.getResourceAsStream("/precinct.yml");
        if (shipped == null) {
            throw new FileNotFoundException("the build lacks precinct.yml");
        }
        return shipped;
    }
}
