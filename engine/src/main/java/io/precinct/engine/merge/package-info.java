/** Branches brought together: common ancestors, differences of states, the three-way decision for each entity. */
package io.precinct.engine.merge;
