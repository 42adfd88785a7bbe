/**
 * How data changes: mutations and loads execute on a view of the base, are validated on their final state and become a
 * {@link io.precinct.engine.manifest.Prepared} for the one publication door. Nothing here publishes.
 */
package io.precinct.engine.write;
