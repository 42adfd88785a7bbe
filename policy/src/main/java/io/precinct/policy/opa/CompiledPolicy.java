package io.precinct.policy.opa;

import com.dylibso.chicory.compiler.MachineFactoryCompiler;
import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.Machine;
import com.dylibso.chicory.wasm.ChicoryException;
import com.dylibso.chicory.wasm.Parser;
import com.dylibso.chicory.wasm.WasmModule;
import io.precinct.policy.InputPaths;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;

/**
 * A policy module: parsed and translated to Java byte code once, then immutable and shared by all instances. The
 * interpreter is never a fallback; a module that can't be compiled is refused.
 */
public final class CompiledPolicy {
    private static final String FOLDER = "/io/precinct/policy/compiled/";

    private final WasmModule module;
    private final Function<Instance, Machine> machines;
    private final byte[] platformData;
    private final InputPaths paths;
    private final String revision;

    private CompiledPolicy(byte[] wasm, byte[] platformData, InputPaths paths, String revision) {
        try {
            module = Parser.parse(wasm);
            machines = MachineFactoryCompiler.compile(module);
        } catch (ChicoryException e) {
            throw new IllegalArgumentException("the policy module can't be compiled; build it again", e);
        }
        this.platformData = platformData.clone();
        this.paths = paths;
        this.revision = revision;
    }

    /** The built-in policy; compiles for about a second. */
    public static CompiledPolicy builtIn() {
        String digest = new String(resource("policy.wasm.sha256"), StandardCharsets.US_ASCII).strip();
        return new CompiledPolicy(
                resource("policy.wasm"),
                resource("platform.json"),
                InputPaths.parse(resource("input-paths.json")),
                digest.substring(0, 12));
    }

    /** Another module of the same entry point, for tests of the driver. */
    static CompiledPolicy of(byte[] wasm, byte[] platformData, String revision) {
        return new CompiledPolicy(wasm, platformData, InputPaths.ALL, revision);
    }

    WasmModule module() {
        return module;
    }

    Function<Instance, Machine> machines() {
        return machines;
    }

    /** The document {@code {"platform": …}}. */
    byte[] platformData() {
        return platformData.clone();
    }

    /** The input paths that the module reads. */
    public InputPaths paths() {
        return paths;
    }

    /** Names the sources, data and compiler that it was built from. */
    public String revision() {
        return revision;
    }

    private static byte[] resource(String name) {
        try (InputStream in = CompiledPolicy.class.getResourceAsStream(FOLDER + name)) {
            if (in == null) {
                throw new IllegalStateException("the packaged policy lacks " + name + "; run policy/rebuild");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("the packaged policy's " + name + " can't be read", e);
        }
    }
}
