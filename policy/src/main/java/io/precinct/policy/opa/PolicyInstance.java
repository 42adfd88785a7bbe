package io.precinct.policy.opa;

import com.dylibso.chicory.runtime.ByteArrayMemory;
import com.dylibso.chicory.runtime.ExportFunction;
import com.dylibso.chicory.runtime.HostFunction;
import com.dylibso.chicory.runtime.ImportMemory;
import com.dylibso.chicory.runtime.ImportValues;
import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.Memory;
import com.dylibso.chicory.wasm.types.FunctionType;
import com.dylibso.chicory.wasm.types.MemoryLimits;
import com.dylibso.chicory.wasm.types.ValType;
import io.precinct.policy.StrictJson;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * One loaded policy in its own memory, after the WebAssembly ABI 1.3 of OPA. Not thread-safe: one running evaluation per
 * instance. Worthless after any exception, because the module's stack is not unwound. The module must need no host
 * builtin.
 */
final class PolicyInstance {
    /** Longest input in bytes; the buffer is taken from the module once. */
    static final int MOST_INPUT_BYTES = 64 * 1024;

    /** Longest answer in bytes; a longer one is no decision. */
    static final int MOST_ANSWER_BYTES = 1024 * 1024;

    private static final int PAGE = 65_536;
    private static final int INITIAL_PAGES = 4;

    /** The module gave up; carries its message. */
    static final class Aborted extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Aborted(String message) {
            super(message, null, false, false);
        }
    }

    /** A loaded memory and the addresses in it, to make further instances from without parsing again. */
    record Loaded(byte[] bytes, int data, int inputAt, int scratch, int entryPoint) {}

    private final Instance instance;
    private final Memory memory;
    private final ExportFunction eval;
    private final int data;
    private final int inputAt;
    private final int scratch;
    private final int entryPoint;

    /** Loads the documents, and is slow: tens of milliseconds for hundreds of grants. */
    PolicyInstance(CompiledPolicy policy, byte[] documents, String entryPointName, int mostPages) {
        memory = new ByteArrayMemory(new MemoryLimits(INITIAL_PAGES, mostPages));
        instance = instance(policy, memory);
        checkAbi(policy);
        if (!StrictJson.parse(dump("builtins")).isObject()
                || StrictJson.parse(dump("builtins")).size() != 0) {
            throw new IllegalArgumentException("the policy module asks for host builtins, and none are offered");
        }
        StrictJson entryPoints = StrictJson.parse(dump("entrypoints"));
        entryPoint = (int) entryPoints.field(entryPointName).whole();
        int at = malloc(documents.length);
        memory.write(at, documents);
        data = call("opa_value_parse", at, documents.length);
        if (data == 0) {
            throw new IllegalArgumentException("the policy's documents are not JSON");
        }
        instance.export("opa_free").apply(at);
        inputAt = malloc(MOST_INPUT_BYTES);
        scratch = (call("opa_heap_ptr_get") + 15) & ~15;
        eval = instance.export("opa_eval");
    }

    /** A copy of a loaded instance: a few milliseconds. */
    PolicyInstance(CompiledPolicy policy, Loaded loaded, int mostPages) {
        memory = new ByteArrayMemory(new MemoryLimits(loaded.bytes().length / PAGE, mostPages));
        instance = instance(policy, memory);
        memory.write(0, loaded.bytes());
        data = loaded.data();
        inputAt = loaded.inputAt();
        scratch = loaded.scratch();
        entryPoint = loaded.entryPoint();
        eval = instance.export("opa_eval");
    }

    Loaded loaded() {
        return new Loaded(memory.readBytes(0, memory.pages() * PAGE), data, inputAt, scratch, entryPoint);
    }

    /** Pages of memory in use; memory never shrinks. */
    int pages() {
        return memory.pages();
    }

    /** The result set as JSON: {@code [{"result": …}]}, or {@code []} when undefined. */
    byte[] evaluate(byte[] input) {
        memory.write(inputAt, input);
        int at = (int) eval.apply(0, entryPoint, data, inputAt, input.length, scratch, 0)[0];
        return text(at, MOST_ANSWER_BYTES);
    }

    private static Instance instance(CompiledPolicy policy, Memory memory) {
        ImportValues.Builder imports = ImportValues.builder()
                .addMemory(new ImportMemory("env", "memory", memory))
                .addFunction(new HostFunction(
                        "env", "opa_abort", FunctionType.of(List.of(ValType.I32), List.of()), (caller, arguments) -> {
                            throw new Aborted(
                                    new String(text(memory, (int) arguments[0], 4096), StandardCharsets.UTF_8));
                        }))
                .addFunction(new HostFunction(
                        "env",
                        "opa_println",
                        FunctionType.of(List.of(ValType.I32), List.of()),
                        (caller, arguments) -> new long[0]));
        for (int arity = 0; arity <= 4; arity++) {
            List<ValType> parameters = new ArrayList<>();
            for (int i = 0; i < arity + 2; i++) {
                parameters.add(ValType.I32);
            }
            imports.addFunction(new HostFunction(
                    "env",
                    "opa_builtin" + arity,
                    FunctionType.of(parameters, List.of(ValType.I32)),
                    (caller, arguments) -> {
                        throw new Aborted("the policy called a host builtin, and none are offered");
                    }));
        }
        return Instance.builder(policy.module())
                .withImportValues(imports.build())
                .withMachineFactory(policy.machines())
                .build();
    }

    private void checkAbi(CompiledPolicy policy) {
        long major = global(policy, "opa_wasm_abi_version");
        long minor = global(policy, "opa_wasm_abi_minor_version");
        if (major != 1 || minor < 2) {
            throw new IllegalArgumentException(
                    "the policy module speaks ABI " + major + "." + minor + ", this host 1.2 and up");
        }
    }

    private long global(CompiledPolicy policy, String name) {
        var exports = policy.module().exportSection();
        for (int i = 0; i < exports.exportCount(); i++) {
            if (exports.getExport(i).name().equals(name)) {
                return instance.global(exports.getExport(i).index()).getValue();
            }
        }
        throw new IllegalArgumentException("the policy module exports no " + name);
    }

    private byte[] dump(String function) {
        return text(call("opa_json_dump", call(function)), MOST_ANSWER_BYTES);
    }

    private int malloc(int bytes) {
        return call("opa_malloc", bytes);
    }

    private int call(String function, long... arguments) {
        return (int) instance.export(function).apply(arguments)[0];
    }

    private byte[] text(int at, int most) {
        return text(memory, at, most);
    }

    private static byte[] text(Memory memory, int at, int most) {
        int end = at;
        while (memory.read(end) != 0) {
            if (++end - at > most) {
                throw new Aborted("the answer is longer than " + most + " bytes");
            }
        }
        return memory.readBytes(at, end - at);
    }
}
