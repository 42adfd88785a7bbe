package io.precinct.platform.run;

import io.precinct.engine.CommitId;
import io.precinct.engine.Target;
import io.precinct.engine.exec.RowCursor;
import io.precinct.policy.Decision;
import io.precinct.policy.Limits;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A read that is running: rows are pulled from {@code cursor} while the answer is being written.
 *
 * @param limits rows and bytes the caller may have; further ones are not sent and the answer says that it was cut
 * @param written rows sent so far, for the trail
 */
public record QueryRun(
        String queryName,
        Target target,
        CommitId commit,
        RowCursor cursor,
        Limits limits,
        Decision decision,
        AtomicLong written)
        implements AutoCloseable {
    public QueryRun(
            String queryName, Target target, CommitId commit, RowCursor cursor, Limits limits, Decision decision) {
        this(queryName, target, commit, cursor, limits, decision, new AtomicLong());
    }

    long rowsWritten() {
        return written.get();
    }

    @Override
    public void close() {
        cursor.close();
    }
}
