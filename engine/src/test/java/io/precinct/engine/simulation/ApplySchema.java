package io.precinct.engine.simulation;

import io.precinct.engine.BranchName;
import io.precinct.engine.Provenance;
import io.precinct.engine.SchemaOptions;
import io.precinct.engine.simulation.Content.Form;
import io.precinct.engine.simulation.Content.Kind;
import io.precinct.engine.spi.AccessGate;
import java.util.Optional;
import java.util.Set;

/** Gives a branch another schema. */
record ApplySchema(BranchName branch, Form form) implements Write {
    @Override
    public Answer ask(Client client, Provenance by) {
        return Mutate.answer(client.graph()
                .applySchema(branch, form.source(), SchemaOptions.DEFAULTS, AccessGate.UNRESTRICTED, by)
                .commit());
    }

    @Override
    public Set<Kind> reliesOn() {
        return Set.of(Kind.values());
    }

    @Override
    public Meaning meaning(State on, Optional<State> merged, History history) {
        return new Meaning.Becomes(on.content().under(form));
    }
}
