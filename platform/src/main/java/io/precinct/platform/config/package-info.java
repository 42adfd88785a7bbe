/** What can be configured, as records that refuse what cannot work. */
package io.precinct.platform.config;
