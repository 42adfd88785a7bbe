package io.precinct.engine.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import io.precinct.engine.BranchName;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a process remembers of branches is bounded, and forgetting costs requests, never truth. */
class OpenStreamsTest {
    @TempDir
    private Path directory;

    private final Set<StreamId> concerned = new HashSet<>();

    private OpenStreams remembering(LogRig rig, int most) {
        LogSettings settings = rig.settings();
        return new OpenStreams(
                most,
                new OpenStreams.Maker() {
                    @Override
                    public BranchStream stream(StreamId id) {
                        return new BranchStream(
                                id,
                                rig.objects,
                                new CommitRecordCodec(hash -> LogRig.SCHEMA, rig.tables.allocator()),
                                com.github.benmanes.caffeine.cache.Caffeine.newBuilder()
                                        .build(),
                                settings,
                                new BranchStream.ListSeen() {
                                    @Override
                                    public Optional<RefsState> state() {
                                        return Optional.empty();
                                    }

                                    @Override
                                    public Optional<RefsState> newest() {
                                        return Optional.empty();
                                    }

                                    @Override
                                    public long atNanos() {
                                        return 0;
                                    }
                                });
                    }

                    @Override
                    public Committer committer(BranchStream stream) {
                        return new Committer(
                                stream, new Composer(rig.tables), settings, new BackgroundWork(settings.background()));
                    }
                },
                concerned::contains);
    }

    private static StreamId id(int number) {
        return new StreamId("stream" + number);
    }

    @Test
    void theLeastRecentlyUsedIsForgottenFirst() {
        try (LogRig rig = new LogRig(directory)) {
            OpenStreams streams = remembering(rig, 2);
            BranchStream first = streams.stream(id(1));
            BranchStream second = streams.stream(id(2));
            assertThat(streams.stream(id(1))).isSameAs(first);
            streams.stream(id(3));
            assertThat(streams.size()).isEqualTo(2);
            assertThat(streams.stream(id(1))).isSameAs(first);
            assertThat(streams.stream(id(2))).isNotSameAs(second);
        }
    }

    @Test
    void aStreamWithWritersOrOtherWorkIsNotForgotten() {
        try (LogRig rig = new LogRig(directory)) {
            OpenStreams streams = remembering(rig, 1);
            BranchStream folding = streams.stream(id(1));
            concerned.add(id(1));
            streams.committing(id(2), writing -> {
                List.of(3, 4, 5).forEach(number -> streams.stream(id(number)));
                assertThat(streams.<Committer>committing(id(2), same -> same)).isSameAs(writing);
                return writing;
            });
            assertThat(streams.stream(id(1))).isSameAs(folding);
            concerned.clear();
            streams.stream(id(6));
            assertThat(streams.size()).isEqualTo(1);
        }
    }

    @Test
    void aLogWorksOnWhenItHasSeenMoreBranchesThanItRemembers() {
        try (LogRig rig = new LogRig(directory);
                GraphLog log = rig.create()) {
            rig.commit(log, rig.put("a", 1));
            int branches = StoredGraphLog.MOST_OPEN_STREAMS + 20;
            for (int i = 0; i < branches; i++) {
                log.createBranch(name(i), BranchName.MAIN, LogRig.BY);
            }
            for (int i = 0; i < branches; i++) {
                log.commit(name(i), rig.put("b", i), io.precinct.engine.spi.AccessGate.UNRESTRICTED);
            }
            assertThat(((StoredGraphLog) log).streams().size()).isEqualTo(StoredGraphLog.MOST_OPEN_STREAMS);
            for (int i = 0; i < branches; i += 7) {
                assertThat(rig.read(log.head(name(i)))).isEqualTo(Map.of("a", 1L, "b", (long) i));
            }
        }
    }

    private static BranchName name(int number) {
        return new BranchName("branch" + number);
    }
}
