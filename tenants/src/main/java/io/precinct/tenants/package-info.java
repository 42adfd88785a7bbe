/** Who there is, in which state, and which engine instance serves whom. */
package io.precinct.tenants;
