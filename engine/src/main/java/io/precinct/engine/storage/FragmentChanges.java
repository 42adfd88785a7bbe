package io.precinct.engine.storage;

import io.precinct.engine.storage.HandleCache.Lease;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.lance.FragmentMetadata;
import org.lance.compaction.RewriteResult;
import org.lance.operation.Operation;
import org.lance.operation.RewriteGroup;
import org.lance.operation.Update;

/** What one version's fragments become in the next: everything that the library takes unseen is proved here. */
final class FragmentChanges {
    private FragmentChanges() {}

    /** The fragments of what was staged for the dataset of {@code base}, each file once. */
    static List<FragmentMetadata> staged(Pin base, List<TableStore.Staged> added) {
        List<FragmentMetadata> fragments = new ArrayList<>();
        Set<String> paths = new HashSet<>();
        for (TableStore.Staged each : added) {
            if (!(each instanceof StagedFragments staged) || !staged.dataset().equals(base.dataset())) {
                throw new NativeErrors.ContractBroken("staged rows are not of " + base.dataset());
            }
            for (FragmentMetadata fragment : staged.fragments()) {
                // The library would take the same file twice and show its rows twice.
                if (!paths.add(fragment.getFiles().getFirst().getPath())) {
                    throw new NativeErrors.ContractBroken("the same staged rows are added twice");
                }
                fragments.add(fragment);
            }
        }
        return fragments;
    }

    static Operation update(
            Lease lease, List<FragmentMetadata> updated, List<Long> removed, List<FragmentMetadata> added) {
        // Naming every field keeps an index from claiming rows that it never saw.
        long[] everyField = Schemas.ids(lease.dataset().getLanceSchema()).stream()
                .mapToLong(Integer::longValue)
                .toArray();
        return Update.builder()
                .updatedFragments(updated)
                .removedFragmentIds(removed)
                .newFragments(added)
                .fieldsForPreservingFragBitmap(everyField)
                .updateMode(Optional.of(Update.UpdateMode.RewriteRows))
                .build();
    }

    /** Row offsets by fragment, each proved to exist: the library accepts any, and the fragment is unreadable afterwards. */
    static Map<Integer, Set<Integer>> offsets(Pin base, Lease lease, Collection<Long> addresses) {
        Map<Integer, Long> sizes = new HashMap<>();
        lease.fragments().forEach(f -> sizes.put(f.getId(), f.getPhysicalRows()));
        Map<Integer, Set<Integer>> offsets = new TreeMap<>();
        for (long address : addresses) {
            int fragment = (int) (address >>> 32);
            int offset = (int) address;
            Long size = sizes.get(fragment);
            if (size == null || offset < 0 || offset >= size) {
                throw new NativeErrors.ContractBroken(
                        base.dataset() + " has no row at fragment " + fragment + ", offset " + offset);
            }
            offsets.computeIfAbsent(fragment, f -> new TreeSet<>()).add(offset);
        }
        return offsets;
    }

    /** Groups whose every source is in the current version with the same files and deletions, with new ids assigned. */
    static List<RewriteGroup> unchanged(RewrittenFragments rewritten, Lease lease) {
        Map<Integer, FragmentMetadata> current = new HashMap<>();
        lease.fragments().forEach(f -> current.put(f.getId(), f));
        int[] next = {firstFreeId(lease)};
        List<RewriteGroup> groups = new ArrayList<>();
        for (RewriteResult result : rewritten.results()) {
            if (result.getOriginalFragments().stream().allMatch(f -> sameContent(f, current.get(f.getId())))) {
                groups.add(RewriteGroup.builder()
                        .oldFragments(result.getOriginalFragments())
                        .newFragments(result.getNewFragments().stream()
                                .map(f -> withId(f, next[0]++))
                                .toList())
                        .build());
            }
        }
        return groups;
    }

    /** Above every id in use and every id that an index remembers, so that no index claims the new fragments. */
    private static int firstFreeId(Lease lease) {
        int highest = lease.fragments().stream()
                .mapToInt(FragmentMetadata::getId)
                .max()
                .orElse(-1);
        int indexed = lease.dataset().getIndexes().stream()
                .flatMap(index -> index.fragments().orElse(List.of()).stream())
                .mapToInt(Integer::intValue)
                .max()
                .orElse(-1);
        return Math.max(highest, indexed) + 1;
    }

    private static boolean sameContent(FragmentMetadata source, FragmentMetadata current) {
        return current != null
                && source.getFiles().equals(current.getFiles())
                && Optional.ofNullable(source.getDeletionFile()).equals(Optional.ofNullable(current.getDeletionFile()));
    }

    private static FragmentMetadata withId(FragmentMetadata fragment, int id) {
        return new FragmentMetadata(
                id,
                fragment.getFiles(),
                fragment.getPhysicalRows(),
                fragment.getDeletionFile(),
                fragment.getRowIdMeta());
    }
}
