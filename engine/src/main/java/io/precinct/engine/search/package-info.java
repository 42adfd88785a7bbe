/** Text and vector search: analysis, inverted indexes of one column, embedding of texts by providers. */
package io.precinct.engine.search;
