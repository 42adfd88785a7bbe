# METADATA
# title: Input paths
# description: >-
#   The input paths that modules read, out of a list of their syntax trees. Every reference counts, reachable or not; a
#   step that is not a constant name stands for all names, and a bare input for everything.
# scope: package
package precinct.tools.input_paths

paths := sort([path | some path in references; not covered(path)])

references contains path if {
	walk(input, [_, node])
	is_array(node)
	is_input(node[0])
	ends := [i | some i, term in node; i > 0; term.type != "string"]
	names := array.slice(node, 1, min(array.concat(ends, [count(node)])))
	path := concat(".", [term.value | some term in names])
}

references contains "" if {
	walk(input, [place, node])
	is_input(node)
	place[count(place) - 1] != 0
}

is_input(node) if {
	node.type == "var"
	node.value == "input"
}

covered(path) if {
	some other in references
	other != path
	covers(other, path)
}

covers("", _)

covers(other, path) if startswith(path, concat("", [other, "."]))
