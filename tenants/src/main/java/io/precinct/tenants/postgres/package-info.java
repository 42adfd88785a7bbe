/** The control database: how it is started, migrated and reached, and how a transaction is bound to one tenant. */
package io.precinct.tenants.postgres;
