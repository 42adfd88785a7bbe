import { Button, Card, CardBody, CardHeader, CardTitle } from '@patternfly/react-core';
import { Table, Tbody, Td, Th, Thead, Tr } from '@patternfly/react-table';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { dataOf, useApi } from '../../api/client';
import { Identity } from '../../parts/Identity';
import { Person } from '../../parts/People';
import { Empty, Failed, Loading } from '../../parts/States';
import { micros } from '../../parts/time';
import { place } from './place';

const PAGE = 20;

interface Properties {
  readonly tenant: string;
  readonly graph: string;
  readonly branch: string;
  readonly commit: string | undefined;
  /** Where a merge of this branch is prepared; absent when there is no other branch. */
  readonly mergeInto: string | undefined;
}

/** The commits of one branch, newest first; each leads to its changes. */
export function History({ tenant, graph, branch, commit, mergeInto }: Properties) {
  const api = useApi();
  const commits = useInfiniteQuery({
    queryKey: ['commits', tenant, graph, branch],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) =>
      dataOf(
        api.GET('/v1/tenants/{tenant}/graphs/{graph}/commits', {
          params: { path: { tenant, graph }, query: { branch, limit: PAGE, ...(pageParam && { before: pageParam }) } },
        }),
      ),
    getNextPageParam: (page) => (page.commits.length < PAGE ? undefined : page.commits.at(-1)?.graph_commit_id),
  });
  const rows = commits.data?.pages.flatMap((page) => page.commits) ?? [];
  return (
    <Card data-testid="history">
      <CardHeader
        actions={{
          actions: mergeInto !== undefined && (
            <Button
              variant="secondary"
              component={(properties) => <Link {...properties} to={place({ graph, branch, into: mergeInto })} />}
            >
              Merge …
            </Button>
          ),
        }}
      >
        <CardTitle component="h2">Commits of {branch}</CardTitle>
      </CardHeader>
      <CardBody>
        {commits.isPending && <Loading what="Loading commits" />}
        {commits.isError && <Failed error={commits.error} retry={() => void commits.refetch()} />}
        {commits.isSuccess && rows.length === 0 && <Empty title="No commits">Nothing was written to this branch yet.</Empty>}
        {rows.length > 0 && (
          <Table aria-label={`Commits of ${branch}`} variant="compact">
            <Thead>
              <Tr>
                <Th>Commit</Th>
                <Th>Kind</Th>
                <Th>By</Th>
                <Th>When</Th>
                <Th>Written on</Th>
              </Tr>
            </Thead>
            <Tbody>
              {rows.map((row) => (
                <Tr key={row.graph_commit_id} isRowSelected={row.graph_commit_id === commit}>
                  <Td dataLabel="Commit">
                    <Link
                      to={place({ graph, branch, commit: row.graph_commit_id })}
                      aria-current={row.graph_commit_id === commit ? 'true' : undefined}
                    >
                      <Identity id={row.graph_commit_id} />
                    </Link>
                  </Td>
                  <Td dataLabel="Kind">{row.kind}</Td>
                  <Td dataLabel="By">
                    <Person id={row.actor_id ?? 'system'} />
                  </Td>
                  <Td dataLabel="When">{micros(row.created_at)}</Td>
                  <Td dataLabel="Written on">{row.graph_branch ?? ''}</Td>
                </Tr>
              ))}
            </Tbody>
          </Table>
        )}
        {commits.hasNextPage && (
          <Button variant="link" onClick={() => void commits.fetchNextPage()} isLoading={commits.isFetchingNextPage}>
            Older commits
          </Button>
        )}
      </CardBody>
    </Card>
  );
}
