/** Work that preserves content: folding overlays and compacting datasets. Ends in the same door as every write. */
package io.precinct.engine.upkeep;
