/** How a failure becomes an answer: problems, the body, and the one mapping to HTTP. */
package io.precinct.platform.errors;
