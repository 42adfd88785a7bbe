/** Operators, ranking and budgets: runs a logical plan over the view of one snapshot. */
package io.precinct.engine.exec;
