/**
 * What a decision is: the question put to the policy, the answer, and a tenant's policy as data. Knows neither how Open
 * Policy Agent is asked nor where policies are kept.
 */
package io.precinct.policy;
