package io.precinct.platform.web;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Says which policy action a route asks for and which stable operation id it puts into the decision's input. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Governed {
    /** Name of the policy action, as in {@code change}. */
    String action();

    /** Stable id, as in {@code mutate.run}. */
    String operation();
}
