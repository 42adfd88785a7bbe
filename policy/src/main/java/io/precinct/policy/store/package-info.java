/** The SQL of published policies, nothing else. */
package io.precinct.policy.store;
