/** What the engine asks of its host. Depends on nothing of ours. */
package io.precinct.engine.spi;
