package io.precinct.engine.simulation;

import io.precinct.engine.CommitInfo;
import io.precinct.engine.manifest.StreamId;

/** A branch right after a commit. */
record State(StreamId stream, CommitInfo commit, Content content) {}
