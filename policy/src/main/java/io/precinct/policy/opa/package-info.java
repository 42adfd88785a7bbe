/** How Open Policy Agent is asked: in process as WebAssembly, or over its REST interface. */
package io.precinct.policy.opa;
