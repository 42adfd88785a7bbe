# METADATA
# title: Condition trees
# description: The only way a policy builds a row rule. Every function gives one typed node, and no rule gives no rows.
# scope: package
package precinct.cond

always := {"type": "constant", "value": true}

never := {"type": "constant", "value": false}

field(name, operator, value) := {"type": "field", "operator": operator, "field": name, "value": value} if {
	is_string(name)
	data.platform.comparators[operator] == true
}

all_of(parts) := parts[0] if {
	count(parts) == 1
} else := {"type": "compound", "operator": "and", "value": parts}

any_of(parts) := never if {
	count(parts) == 0
} else := parts[0] if {
	count(parts) == 1
} else := {"type": "compound", "operator": "or", "value": parts}

# The rule of a grant with the caller's claims in place. A claim that is absent or of another shape than its comparison
# needs empties the whole rule: inside a negation an empty part would open it.
rule(prepared) := prepared.fixed if {
	prepared.fixed
} else := resolved(prepared.tree) if {
	every need in prepared.needs {
		usable(need)
	}
} else := never

usable(need) if {
	need.many
	is_array(input.subject.claims[need.claim])
}

usable(need) if {
	need.many == false
	scalar(input.subject.claims[need.claim])
}

scalar(value) if is_string(value)

scalar(value) if is_number(value)

scalar(value) if is_boolean(value)

# Rego has no recursion. Publishing refuses claims in trees deeper than this.
resolved(tree) := leaf(tree) if {
	tree.type != "compound"
} else := compound(tree, [resolved2(part) | some part in tree.value])

resolved2(tree) := leaf(tree) if {
	tree.type != "compound"
} else := compound(tree, [resolved3(part) | some part in tree.value])

resolved3(tree) := leaf(tree) if {
	tree.type != "compound"
} else := compound(tree, [leaf(part) | some part in tree.value])

# A part that can't be resolved must not vanish from its tree.
compound(tree, parts) := {"type": "compound", "operator": tree.operator, "value": parts} if {
	count(parts) == count(tree.value)
}

leaf(tree) := tree if {
	tree.type == "constant"
} else := field(tree.field, tree.operator, input.subject.claims[tree.value.claim]) if {
	tree.value.claim
} else := field(tree.field, tree.operator, input.subject.id) if {
	tree.value.subject == "id"
} else := field(tree.field, tree.operator, tree.value) if {
	tree.type == "field"
}
