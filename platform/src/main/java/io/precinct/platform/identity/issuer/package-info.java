/** The OpenID provider inside the process, for one machine: loopback only, its state in a few private files. */
package io.precinct.platform.identity.issuer;
