package precinct.main_test

import data.precinct.cond
import data.precinct.main

west := {"type": "field", "operator": "in", "field": "state", "value": ["WA", "OR"]}

region := {"type": "field", "operator": "eq", "field": "region", "value": {"claim": "region"}}

same_region := {
	"needs": [{"claim": "region", "many": false}],
	"tree": region,
}

not_region := {
	"needs": [{"claim": "region", "many": false}],
	"tree": {"type": "compound", "operator": "not", "value": [region]},
}

nested := {
	"needs": [{"claim": "states", "many": true}],
	"tree": {"type": "compound", "operator": "or", "value": [
		{"type": "compound", "operator": "and", "value": [
			{"type": "compound", "operator": "not", "value": [{"type": "constant", "value": false}]},
			{"type": "field", "operator": "in", "field": "state", "value": {"claim": "states"}},
		]},
		{"type": "field", "operator": "eq", "field": "owner", "value": {"subject": "id"}},
	]},
}

named := {
	"all": {"any_type": true, "free": true},
	"west": {"types": {"Airport": true}, "rows": {"Airport": {"fixed": west}}, "hidden": {}, "limits": {"max_rows": 7}},
	"region": {"types": {"Airport": true}, "rows": {"Airport": same_region}, "hidden": {}},
	"outside": {"types": {"Airport": true}, "rows": {"Airport": not_region}, "hidden": {}},
	"nested": {"types": {"Airport": true}, "rows": {"Airport": nested}, "hidden": {}},
	"nulls": {"any_type": true, "rows": {}, "hidden": {"Airport": {"latitude": "b_null"}}, "limits": {"max_rows": 100}},
	"hashes": {"any_type": true, "rows": {}, "hidden": {"Airport": {"latitude": "a_hash"}}},
	"denies": {"any_type": true, "rows": {}, "hidden": {"Airport": {"latitude": "c_denied"}}},
	"exact": {"any_type": true, "only": "hr"},
	"prefix": {"any_type": true, "graph": "fl"},
	"unprotected": {"any_type": true, "branch": {"unprotected": true}},
	"drafts": {"any_type": true, "branch": {"prefix": "u/"}},
	"eq": {"any_type": true, "when": [{"claim": "n", "operator": "eq", "value": 3}]},
	"ne": {"any_type": true, "when": [{"claim": "n", "operator": "ne", "value": 3}]},
	"gt": {"any_type": true, "when": [{"claim": "n", "operator": "gt", "value": 3}]},
	"gte": {"any_type": true, "when": [{"claim": "n", "operator": "gte", "value": 3}]},
	"lt": {"any_type": true, "when": [{"claim": "n", "operator": "lt", "value": 3}]},
	"lte": {"any_type": true, "when": [{"claim": "n", "operator": "lte", "value": 3}]},
	"in": {"any_type": true, "when": [{"claim": "n", "operator": "in", "value": [3, 4]}]},
	"contains": {"any_type": true, "when": [{"claim": "n", "operator": "contains", "value": 3}]},
}

ids := sort(object.keys(named))

grants := [object.union(named[id], {"reason": {"code": "grant", "rule": id}}) | some id in ids]

by := {action: {id: {object.get(named[id], "only", "*"): [number]} | some number, id in ids} | some action in ["read", "change", "branch_merge", "invoke_query", "graph_list", "policy_publish", "graph_delete", "audit_read"]}

base := {
	"schema_version": 1,
	"subject": {"id": "u1", "type": "user", "tenant": "t", "roles": ["all"], "claims": {}, "auth": {"mfa": true}, "grants": []},
	"action": "read",
	"resource": {
		"tenant": "t", "graph": "flights", "branch": {"name": "main"}, "target_branch": null,
		"types": {"all": ["Airport"], "write": [], "complete": true},
		"attributes": {"tenant_state": "active"},
	},
	"context": {},
}

given(patches) := json.patch(base, [{"op": "replace", "path": path, "value": value} | some path, value in patches])

ask(patches) := decision if {
	decision := main.decision with input as given(patches)
		with data.tenants as {"t": {"revision": "r", "by": by, "grants": grants, "protected": {"main": true}}}
}

airport(roles) := ask({"/subject/roles": roles}).obligations.types.Airport

claiming(role, claims) := ask({"/subject/roles": [role], "/subject/claims": claims})

rule(decision) := decision.reasons[0].rule

test_everything_granted if ask({}).obligations.types.Airport == data.platform.everything

test_reasons_name_the_grants if ask({"/subject/roles": ["nulls", "all"]}).reasons == [{"code": "grant", "rule": "all"}, {"code": "grant", "rule": "nulls"}]

test_no_role_is_denied if ask({"/subject/roles": []}).reasons[0].code == "no_grant"

test_unknown_role_is_denied if ask({"/subject/roles": ["zz"]}).allow == false

test_row_rule if airport(["west"]).rows == west

test_rows_add_up if airport(["west", "nested"]).rows.operator == "or"

test_whole_type_beats_rows if airport(["west", "all"]).rows == cond.always

test_claim_fills_rule if claiming("region", {"region": "emea"}).obligations.types.Airport.rows.value == "emea"

test_absent_claim_empties_rule if airport(["region"]).rows == cond.never

test_absent_claim_does_not_open_a_negation if airport(["outside"]).rows == cond.never

test_list_claim_where_one_is_needed if claiming("outside", {"region": ["emea"]}).obligations.types.Airport.rows == cond.never

test_single_claim_where_list_is_needed if claiming("nested", {"states": "WA"}).obligations.types.Airport.rows == cond.never

test_nested_rule if {
	rows := claiming("nested", {"states": ["WA"]}).obligations.types.Airport.rows
	rows.value[0].value[1].value == ["WA"]
	rows.value[1].value == "u1"
}

test_mask if airport(["nulls"]).masks.latitude == {"kind": "null", "shown": cond.never}

test_stricter_mask_wins if airport(["hashes", "nulls"]).masks.latitude.kind == "null"

test_mask_lifted_in_shown_rows_only if airport(["hashes", "west"]).masks.latitude == {"kind": "hash", "shown": west}

test_mask_lifted_by_whole_type if airport(["hashes", "all"]).masks == {}

test_denied_property if airport(["denies", "nulls"]).denied == ["latitude"]

test_denied_property_shown_in_some_rows if {
	entry := airport(["denies", "west"])
	entry.denied == []
	entry.masks.latitude == {"kind": "null", "shown": west}
}

test_least_limit if ask({"/subject/roles": ["west", "nulls"]}).obligations.limits.max_rows == 7

test_platform_limit if ask({}).obligations.limits == data.platform.limits

test_uncovered_type_has_an_entry if ask({"/subject/roles": ["west"], "/resource/types/all": ["Airport", "Pay"]}).obligations.types.Pay == data.platform.nothing

test_only_uncovered_types if rule(ask({"/subject/roles": ["west"], "/resource/types/all": ["Pay"]})) == "Pay"

test_uncovered_write if ask({"/subject/roles": ["west"], "/action": "change", "/resource/branch/name": "a", "/resource/types/all": ["Airport", "Pay"], "/resource/types/write": ["Pay"]}).reasons == [{"code": "type_not_granted", "rule": "Pay"}]

test_graph_exact if ask({"/subject/roles": ["exact"]}).allow == false

test_graph_exact_held if ask({"/subject/roles": ["exact"], "/resource/graph": "hr"}).allow

test_graph_prefix if ask({"/subject/roles": ["prefix"]}).allow

test_graph_pattern_without_graph if ask({"/subject/roles": ["prefix"], "/resource/graph": null}).allow == false

test_unprotected_branch if ask({"/subject/roles": ["unprotected"], "/resource/branch/name": "a"}).allow

test_protected_branch_is_not_unprotected if ask({"/subject/roles": ["unprotected"]}).allow == false

test_branch_prefix_needs_both_branches if ask({"/subject/roles": ["drafts"], "/resource/branch/name": "u/a", "/resource/target_branch": {"name": "main"}}).allow == false

test_branch_pattern_without_branch if ask({"/subject/roles": ["drafts"], "/resource/branch": null}).allow == false

held := {role | some role in ["eq", "ne", "gt", "gte", "lt", "lte", "in", "contains"]; claiming(role, input.claims).allow}

test_claims_three if held == {"eq", "gte", "lte", "in"} with input as {"claims": {"n": 3}}

test_claims_five if held == {"ne", "gt", "gte"} with input as {"claims": {"n": 5}}

test_claims_two if held == {"ne", "lt", "lte"} with input as {"claims": {"n": 2}}

test_claims_string if held == set() with input as {"claims": {"n": "9"}}

test_claims_absent if held == set() with input as {"claims": {}}

test_claims_list if held == {"contains"} with input as {"claims": {"n": [3]}}

test_schema_version if rule(ask({"/schema_version": 2})) == "schema_version"

test_unknown_action if "unknown_action" in {reason.rule | some reason in ask({"/action": "fly"}).reasons}

test_tenant_mismatch if {
	decision := ask({"/subject/tenant": "other"})
	rule(decision) == "tenant_mismatch"
	decision.deny_as == "not_found"
}

test_suspended if rule(ask({"/resource/attributes/tenant_state": "suspended"})) == "tenant_not_active"

test_suspended_still_reads_audit if ask({"/resource/attributes/tenant_state": "suspended", "/action": "audit_read"}).allow

test_inactive_refuses_audit if ask({"/resource/attributes/tenant_state": "inactive", "/action": "audit_read"}).allow == false

test_incomplete_types if rule(ask({"/resource/types/complete": false})) == "incomplete_types"

test_protected_branch if rule(ask({"/action": "change"})) == "protected_branch"

test_branch_admin if ask({"/action": "change", "/subject/roles": ["all", "branch-admin"]}).allow

test_break_glass if ask({"/action": "change", "/subject/grants": [{"kind": "break_glass", "id": "b", "expires_at": ""}]}).allow

test_branch_missing if rule(ask({"/action": "change", "/resource/branch": null})) == "branch_missing"

test_merge_into_protected if rule(ask({"/action": "branch_merge", "/resource/target_branch": {"name": "main"}})) == "protected_branch"

test_merge_from_protected if ask({"/action": "branch_merge", "/resource/target_branch": {"name": "a"}}).allow

test_merge_by_restricted_caller if ask({"/action": "branch_merge", "/subject/roles": ["west"], "/resource/target_branch": {"name": "a"}}).reasons == [{"code": "whole_types_only", "rule": "Airport"}]

test_agent_stays_on_the_data_plane if rule(ask({"/action": "policy_publish", "/subject/type": "agent"})) == "agent_scope"

test_agent_reads if ask({"/subject/type": "agent"}).allow

test_agent_lists_graphs if ask({"/action": "graph_list", "/subject/type": "agent"}).allow

test_no_step_up_for_services if ask({"/action": "policy_publish", "/subject/type": "service", "/subject/auth/mfa": false}).obligations.require.step_up == false

test_no_step_up_where_there_is_no_second_factor if {
	decision := main.decision with input as given({"/action": "policy_publish", "/subject/auth/mfa": false})
		with data.tenants as {"t": {"revision": "r", "by": by, "grants": grants, "protected": {}, "no_step_up": true}}
	decision.obligations.require.step_up == false
}

test_step_up if ask({"/action": "policy_publish", "/subject/auth/mfa": false}).obligations.require == {"approval": false, "step_up": true}

test_approval if ask({"/action": "graph_delete"}).obligations.require.approval

test_hidden_denial if ask({"/action": "invoke_query", "/subject/roles": []}).deny_as == "not_found"

test_tenant_without_policy_is_undefined if not main.decision with input as base with data.tenants as {}
