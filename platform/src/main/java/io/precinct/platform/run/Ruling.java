package io.precinct.platform.run;

import io.precinct.policy.Decision;
import java.time.Duration;

/**
 * A decision as it was come by.
 *
 * @param remembered it was known from an equal question and not evaluated
 * @param took how long the decider needed
 */
record Ruling(Decision decision, boolean remembered, Duration took) {}
