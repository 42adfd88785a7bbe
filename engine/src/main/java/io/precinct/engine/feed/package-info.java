/** Changes of a branch, commit by commit, for consumers that keep a cursor of their own. */
package io.precinct.engine.feed;
