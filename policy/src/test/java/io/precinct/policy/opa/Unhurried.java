package io.precinct.policy.opa;

import java.time.Duration;

/** Bounds for tests of answers: a machine that is busy or a module that is not warm yet must not turn one into a denial. */
final class Unhurried {
    static final WasmSettings SETTINGS =
            new WasmSettings(2, 256, 1024, 256, Duration.ofSeconds(30), Duration.ofSeconds(30));

    private Unhurried() {}
}
