# METADATA
# title: The decision
# description: >-
#   Guardrails first; the tenant's grants are looked at only when those hold. Always the same fields. Undefined when the
#   tenant has no prepared policy here, which the host takes for a denial.
# scope: package
package precinct.main

import data.precinct.guardrails
import data.tenant.authz

revision := data.tenants[input.resource.tenant].revision

# METADATA
# entrypoint: true
decision := refusal([{"code": "guardrail", "rule": rule} | some rule in sort(guardrails.violations)]) if {
	count(guardrails.violations) > 0
} else := refusal(authz.refusals) if {
	count(authz.refusals) > 0
} else := {
	"schema_version": 1,
	"allow": true,
	"reasons": [grant.reason | some grant in authz.matching],
	"obligations": {
		"types": authz.types,
		"limits": authz.limits,
		"require": {"approval": guardrails.needs_approval, "step_up": guardrails.needs_step_up},
	},
	"deny_as": guardrails.deny_as,
	"policy_revision": revision,
} if {
	count(guardrails.violations) == 0
	authz.refusals == []
}

refusal(reasons) := {
	"schema_version": 1,
	"allow": false,
	"reasons": reasons,
	"obligations": {
		"types": {},
		"limits": data.platform.no_limits,
		"require": {"approval": false, "step_up": false},
	},
	"deny_as": guardrails.deny_as,
	"policy_revision": revision,
}
