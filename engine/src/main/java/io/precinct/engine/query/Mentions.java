package io.precinct.engine.query;

import io.precinct.engine.query.grammar.GqLexer;
import java.util.HashSet;
import java.util.Set;
import org.antlr.v4.runtime.tree.ParseTree;
import org.antlr.v4.runtime.tree.TerminalNode;

/** The variables written in a piece of text. */
final class Mentions {
    private Mentions() {}

    static Set<String> in(ParseTree tree) {
        Set<String> names = new HashSet<>();
        collect(tree, names);
        return names;
    }

    private static void collect(ParseTree tree, Set<String> names) {
        if (tree instanceof TerminalNode leaf && leaf.getSymbol().getType() == GqLexer.VAR) {
            names.add(QueryText.name(leaf.getSymbol()));
        }
        for (int i = 0; i < tree.getChildCount(); i++) {
            collect(tree.getChild(i), names);
        }
    }
}
