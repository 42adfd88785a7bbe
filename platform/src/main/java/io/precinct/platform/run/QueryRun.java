package io.precinct.platform.run;

import io.precinct.engine.CommitId;
import io.precinct.engine.Target;
import io.precinct.engine.exec.RowCursor;
import io.precinct.policy.Decision;

/**
 * A read that is running: rows are pulled from {@code cursor} while the answer is being written.
 *
 * @param maxRows rows the caller may have; further ones are not sent and the answer says that it was cut
 */
public record QueryRun(
        String queryName, Target target, CommitId commit, RowCursor cursor, long maxRows, Decision decision)
        implements AutoCloseable {
    @Override
    public void close() {
        cursor.close();
    }
}
