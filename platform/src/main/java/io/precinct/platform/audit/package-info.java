/** The append-only trail of each tenant, and the only SQL of this module. */
package io.precinct.platform.audit;
