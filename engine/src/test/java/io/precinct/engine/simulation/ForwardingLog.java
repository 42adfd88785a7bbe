package io.precinct.engine.simulation;

import io.precinct.engine.BranchName;
import io.precinct.engine.CollectReport;
import io.precinct.engine.CollectRequest;
import io.precinct.engine.CommitId;
import io.precinct.engine.CommitInfo;
import io.precinct.engine.EngineException;
import io.precinct.engine.Provenance;
import io.precinct.engine.Tag;
import io.precinct.engine.TagName;
import io.precinct.engine.VerifyReport;
import io.precinct.engine.WriteTerms;
import io.precinct.engine.manifest.Authored;
import io.precinct.engine.manifest.GraphLog;
import io.precinct.engine.manifest.Prepared;
import io.precinct.engine.manifest.Snapshot;
import io.precinct.engine.manifest.StreamId;
import io.precinct.engine.manifest.WriteAttempt;
import io.precinct.engine.spi.AccessGate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** A log that is another one but for what is overridden. */
abstract class ForwardingLog implements GraphLog {
    final GraphLog log;

    ForwardingLog(GraphLog log) {
        this.log = log;
    }

    /** What a defect makes of a prepared write. */
    @FunctionalInterface
    interface Bending {
        Prepared bent(Prepared prepared);
    }

    /** A log whose every write is bent after it was prepared. */
    static GraphLog bending(GraphLog log, Bending bending) {
        return new ForwardingLog(log) {
            @Override
            public Optional<Committed> commit(BranchName branch, WriteAttempt attempt, AccessGate gate) {
                return super.commit(
                        branch,
                        new ForwardingAttempt(attempt) {
                            @Override
                            public Prepared prepare(Snapshot base) {
                                return bending.bent(attempt.prepare(base));
                            }
                        },
                        gate);
            }
        };
    }

    /** A write that is another one but for what is overridden. */
    abstract static class ForwardingAttempt implements WriteAttempt {
        private final WriteAttempt attempt;

        ForwardingAttempt(WriteAttempt attempt) {
            this.attempt = attempt;
        }

        @Override
        public Prepared prepare(Snapshot base) {
            return attempt.prepare(base);
        }

        @Override
        public WriteTerms terms() {
            return attempt.terms();
        }

        @Override
        public WhenRefused whenRefused() {
            return attempt.whenRefused();
        }

        @Override
        public boolean startsOnNewest() {
            return attempt.startsOnNewest();
        }

        @Override
        public void discard() {
            attempt.discard();
        }
    }

    @Override
    public Snapshot head(BranchName branch) {
        return log.head(branch);
    }

    @Override
    public Snapshot at(CommitId commit) {
        return log.at(commit);
    }

    @Override
    public Authored newest(Snapshot snapshot) {
        return log.newest(snapshot);
    }

    @Override
    public Authored authored(CommitId id) {
        return log.authored(id);
    }

    @Override
    public Optional<Authored> parent(Authored commit) {
        return log.parent(commit);
    }

    @Override
    public Optional<Authored> mergedParent(Authored commit) {
        return log.mergedParent(commit);
    }

    @Override
    public Origin origin(StreamId stream) {
        return log.origin(stream);
    }

    @Override
    public List<Authored> commits(StreamId stream, long sequence) {
        return log.commits(stream, sequence);
    }

    @Override
    public long oldest(StreamId stream) {
        return log.oldest(stream);
    }

    @Override
    public Snapshot at(StreamId stream, long sequence, CommitId commit) {
        return log.at(stream, sequence, commit);
    }

    @Override
    public List<Authored> companions(Authored commit) {
        return log.companions(commit);
    }

    @Override
    public Snapshot before(Authored commit) {
        return log.before(commit);
    }

    @Override
    public Snapshot at(Authored commit) {
        return log.at(commit);
    }

    @Override
    public Optional<Committed> commit(BranchName branch, WriteAttempt attempt, AccessGate gate) {
        return log.commit(branch, attempt, gate);
    }

    @Override
    public List<BranchName> branches() {
        return log.branches();
    }

    @Override
    public VerifyReport verify(BooleanSupplier cancelled) {
        return log.verify(cancelled);
    }

    @Override
    public CollectReport collect(CollectRequest request, Provenance by, BooleanSupplier cancelled) {
        return log.collect(request, by, cancelled);
    }

    @Override
    public EngineException explained(Snapshot read, EngineException failed) {
        return log.explained(read, failed);
    }

    @Override
    public boolean withdrawBranch(Snapshot made, Provenance by) {
        return log.withdrawBranch(made, by);
    }

    @Override
    public List<Tag> tags() {
        return log.tags();
    }

    @Override
    public Tag tag(TagName name) {
        return log.tag(name);
    }

    @Override
    public Snapshot at(TagName name) {
        return log.at(name);
    }

    @Override
    public Tag createTag(TagName name, CommitId commit, Provenance by) {
        return log.createTag(name, commit, by);
    }

    @Override
    public void deleteTag(TagName name, Provenance by) {
        log.deleteTag(name, by);
    }

    @Override
    public Authored asOf(BranchName branch, Instant time) {
        return log.asOf(branch, time);
    }

    @Override
    public Snapshot createBranch(BranchName name, BranchName from, Provenance by) {
        return log.createBranch(name, from, by);
    }

    @Override
    public void deleteBranch(BranchName name, Provenance by) {
        log.deleteBranch(name, by);
    }

    @Override
    public List<CommitInfo> commits(BranchName branch, Optional<CommitId> before, int limit) {
        return log.commits(branch, before, limit);
    }

    @Override
    public CommitInfo commit(CommitId id) {
        return log.commit(id);
    }

    @Override
    public void close() {
        log.close();
    }
}
