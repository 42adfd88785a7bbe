/** The tenants module's SQL: one class per aggregate, nothing but statements and the mapping of rows to records. */
package io.precinct.tenants.store;
