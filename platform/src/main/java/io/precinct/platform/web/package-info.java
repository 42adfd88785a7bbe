/** Edge concerns of every request: its id, limits, log line, caller, and what is served besides the API. */
package io.precinct.platform.web;
