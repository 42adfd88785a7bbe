# METADATA
# title: Platform guardrails
# description: Can refuse or oblige; can never allow what the tenant's policy does not.
# scope: package
package precinct.guardrails

# One entry for each action, generated from the host's list of them.
action := data.platform.actions[input.action]

violations contains "schema_version" if not input.schema_version == 1

violations contains "unknown_action" if not action

violations contains "tenant_mismatch" if not input.subject.tenant == input.resource.tenant

violations contains "tenant_not_active" if not tenant_admits

violations contains "incomplete_types" if {
	action.data_plane
	not input.resource.types.complete == true
}

violations contains "branch_missing" if {
	writes_branch
	not branch_named
}

violations contains "protected_branch" if {
	writes_protected
	not branch_admin
	not break_glass
}

violations contains "agent_scope" if {
	not input.subject.type == "user"
	not input.subject.type == "service"
	not input.subject.type == "system"
	not agent_may
}

tenant_admits if input.resource.attributes.tenant_state == "active"

tenant_admits if {
	input.resource.attributes.tenant_state == "suspended"
	action.when_suspended
}

writes_branch if action.branch_use == "write"

writes_branch if action.branch_use == "write_target"

branch_named if is_string(input.resource.target_branch.name)

branch_named if {
	action.branch_use == "write"
	is_string(input.resource.branch.name)
}

# The tenant says which branches are protected; nobody sends it.
protected := data.tenants[input.resource.tenant].protected

writes_protected if {
	writes_branch
	protected[input.resource.target_branch.name]
}

writes_protected if {
	action.branch_use == "write"
	protected[input.resource.branch.name]
}

agent_may if action.data_plane

agent_may if action.agent

branch_admin if {
	some role in input.subject.roles
	data.platform.branch_admins[role]
}

# The host sends only grants that are still in force.
break_glass if {
	some grant in input.subject.grants
	grant.kind == "break_glass"
}

default needs_step_up := false

# Only a person has a second factor to show, and only where the tenant's identity provider asks for one.
needs_step_up if {
	action.sensitive
	input.subject.type == "user"
	not input.subject.auth.mfa == true
	not data.tenants[input.resource.tenant].no_step_up == true
}

default needs_approval := false

needs_approval if action.approval

deny_as := "not_found" if {
	"tenant_mismatch" in violations
} else := "not_found" if {
	action.hidden
} else := "forbidden"
