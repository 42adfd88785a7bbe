package io.precinct.engine.simulation;

import com.fasterxml.jackson.databind.node.NullNode;
import io.precinct.engine.CommitInfo;
import io.precinct.engine.Graph;
import io.precinct.engine.Provenance;
import io.precinct.engine.Target;
import io.precinct.engine.query.CheckedStatement;
import io.precinct.engine.spi.AccessGate;
import java.util.Optional;

/** A write that is asked for by a statement. */
interface Mutate extends Write {
    String statement();

    @Override
    default Answer ask(Client client, Provenance by) {
        Graph graph = client.graph();
        CheckedStatement.Write statement = (CheckedStatement.Write)
                graph.compile(graph.snapshot(new Target.Branch(branch())), statement(), Optional.empty());
        return answer(graph.mutate(branch(), statement, NullNode.getInstance(), AccessGate.UNRESTRICTED, by)
                .commit());
    }

    static Answer answer(Optional<CommitInfo> commit) {
        return commit.<Answer>map(one -> new Answer.Committed(one.id())).orElseGet(Answer.Nothing::new);
    }
}
