/** Who calls: verification of tokens, callers and tenants, and the issuer embedded for single machines. */
package io.precinct.platform.identity;
