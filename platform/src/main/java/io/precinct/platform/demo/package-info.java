/** The demonstration: two tenants' real data, loaded through the public API on first start. */
package io.precinct.platform.demo;
