/** When a tenant's store is kept in order, what was done about it, why, or why not. */
package io.precinct.tenants.upkeep;
