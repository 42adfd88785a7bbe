# METADATA
# title: Policy as data
# description: >-
#   Interprets the prepared grants of a tenant. Total: one entry for every touched type. Rows of several grants add up; a
#   property stays hidden in every row that no grant shows it for.
# scope: package
package tenant.authz

import data.precinct.cond

policy := data.tenants[input.resource.tenant]

# Several roles may lead to one grant. Sets iterate in another order in WASM than in the server: every array made from
# one goes through sort.
ordered := sort({id |
	some role in input.subject.roles
	some id in policy.by[input.action][role]
	matches(policy.grants[id])
})

matching := [policy.grants[id] | some id in ordered]

matches(grant) if {
	graph_matches(grant)
	branch_matches(grant)
	when_holds(grant)
}

graph_matches(grant) if not grant.graph

graph_matches(grant) if pattern_matches(grant.graph, input.resource.graph)

branch_matches(grant) if not grant.branch

branch_matches(grant) if {
	every branch in concerned {
		branch_admitted(grant.branch, branch.name)
	}
	count(concerned) > 0
}

# A grant has to cover every branch that the action uses.
concerned := [branch |
	some branch in [input.resource.branch, input.resource.target_branch]
	is_object(branch)
]

branch_admitted(pattern, name) if pattern_matches(pattern, name)

branch_admitted(pattern, name) if {
	pattern.kind == "unprotected"
	unprotected(name)
}

unprotected(name) if not policy.protected[name]

pattern_matches(pattern, name) if {
	pattern.kind == "exact"
	pattern.value == name
}

pattern_matches(pattern, name) if {
	pattern.kind == "prefix"
	startswith(name, pattern.value)
}

# Conditions are asked in the positive: a negated call holds no longer once its argument is undefined.
when_holds(grant) if not grant.when

when_holds(grant) if {
	every test in grant.when {
		holds(test.operator, input.subject.claims[test.claim], test.value)
	}
}

holds("eq", a, b) if a == b

holds("ne", a, b) if {
	type_name(a) == type_name(b)
	a != b
}

# Rego orders values of different types: a string is greater than any number.
holds("gt", a, b) if {
	is_number(a)
	a > b
}

holds("gte", a, b) if {
	is_number(a)
	a >= b
}

holds("lt", a, b) if {
	is_number(a)
	a < b
}

holds("lte", a, b) if {
	is_number(a)
	a <= b
}

holds("in", a, b) if {
	some item in b
	item == a
}

holds("contains", a, b) if {
	is_array(a)
	some item in a
	item == b
}

covers(grant, _) if grant.any_type

covers(grant, type) if grant.types[type]

types := {type: entry(type) | some type in input.resource.types.all}

# One grant without a rule and without anything hidden settles a type, whatever the others say.
entry(type) := data.platform.everything if {
	some grant in matching
	covers(grant, type)
	not grant.rows[type]
	not grant.hidden[type]
} else := combined(type, [grant |
	some grant in matching
	covers(grant, type)
])

combined(type, grants) := data.platform.nothing if {
	count(grants) == 0
} else := {
	"granted": true,
	"rows": rows(type, grants),
	"masks": masks(type, grants),
	"denied": denied(type, grants),
}

rows(type, grants) := cond.always if {
	some grant in grants
	not grant.rows[type]
} else := cond.any_of([cond.rule(grant.rows[type]) | some grant in grants])

showing(type, property, grants) := [grant |
	some grant in grants
	not grant.hidden[type][property]
]

# The stricter kind sorts last.
strictest(type, property, grants) := max([kind |
	some grant in grants
	kind := grant.hidden[type][property]
])

masks(type, grants) := {property: {"kind": kind, "shown": shown} |
	some grant in grants
	some property, _ in grant.hidden[type]
	hiding := strictest(type, property, grants)
	showers := showing(type, property, grants)
	not refused(hiding, showers)
	shown := rows(type, showers)
	shown != cond.always
	kind := data.platform.hidings[hiding]
}

denied(type, grants) := sort({property |
	some grant in grants
	some property, _ in grant.hidden[type]
	refused(strictest(type, property, grants), showing(type, property, grants))
})

refused("c_denied", showers) if count(showers) == 0

limited := [grant.limits | some grant in matching; grant.limits]

limits := data.platform.limits if {
	count(limited) == 0
} else := {name: least |
	some name, most in data.platform.limits
	least := min(array.concat([most], [own[name] | some own in limited]))
}

uncovered := [type |
	some type in input.resource.types.all
	types[type].granted == false
]

uncovered_writes := [type |
	some type in input.resource.types.write
	types[type].granted == false
]

refusals := [{"code": "no_grant", "rule": null}] if {
	count(ordered) == 0
} else := [{"code": "type_not_granted", "rule": type} | some type in sort(uncovered_writes)] if {
	count(uncovered_writes) > 0
} else := [{"code": "type_not_granted", "rule": type} | some type in sort(uncovered)] if {
	count(uncovered) > 0
	count(uncovered) == count(input.resource.types.all)
} else := [{"code": "whole_types_only", "rule": type} | some type in partial] if {
	data.platform.actions[input.action].whole_types
	count(partial) > 0
} else := []

partial := sort([type |
	some type, access in types
	access != data.platform.everything
])
