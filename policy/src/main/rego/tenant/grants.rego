# METADATA
# title: Policy as data
# description: >-
#   Interprets the prepared grants of a tenant. Total: one entry for every touched type. Rows of several grants add up; a
#   property stays hidden in every row that no grant shows it for.
# scope: package
package tenant.authz

import data.precinct.cond

policy := data.tenants[input.resource.tenant]

# Grants are numbered in the order of their ids. Those for one graph alone are found by its name, all others under "*".
# Several roles may lead to one grant. Sets iterate in another order in WASM than in the server: every array made from
# one goes through sort.
ordered := sort({number |
	by_role := policy.by[input.action]
	table := policy.grants
	graphs := ["*", input.resource.graph]
	some role in input.subject.roles
	by_graph := by_role[role]
	some graph in graphs
	some number in by_graph[graph]
	matches(table[number])
})

matching := [grant |
	table := policy.grants
	some number in ordered
	grant := table[number]
]

matches(grant) if {
	grant.free
} else if {
	graph_matches(grant)
	branch_matches(grant)
	when_holds(grant)
}

graph_matches(grant) if {
	not grant.graph
} else if startswith(input.resource.graph, grant.graph)

branch_matches(grant) if {
	not grant.branch
} else if {
	concerned
	branch_admitted(grant.branch, input.resource.branch)
	branch_admitted(grant.branch, input.resource.target_branch)
}

# A grant for some branches has to cover every branch that the action uses, and one there must be.
concerned if {
	is_object(input.resource.branch)
} else if is_object(input.resource.target_branch)

branch_admitted(pattern, branch) if {
	is_null(branch)
} else if startswith(branch.name, pattern.prefix)

else if pattern.exact == branch.name

else if {
	pattern.unprotected
	unprotected(branch.name)
}

unprotected(name) if not policy.protected[name]

# Conditions are asked in the positive: a negated call holds no longer once its argument is undefined.
when_holds(grant) if {
	not grant.when
} else if {
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

covers(grant, type) if {
	grant.any_type
} else if grant.types[type]

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
