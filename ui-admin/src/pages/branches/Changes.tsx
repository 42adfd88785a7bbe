import { Button, Card, CardBody, CardTitle, Label } from '@patternfly/react-core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { dataOf, useApi } from '../../api/client';
import { Identity } from '../../parts/Identity';
import { Person } from '../../parts/People';
import { Empty, Failed, Loading } from '../../parts/States';
import { micros } from '../../parts/time';
import { ImageTable } from './ImageTable';

const STATUS = { insert: 'success', update: 'info', delete: 'danger' } as const;
const DONE: Readonly<Record<string, string>> = { insert: 'inserted', update: 'updated', delete: 'deleted' };

/** What one commit changed against its first parent, entity by entity, as far as the caller sees it. */
export function Changes({ tenant, graph, commit }: { tenant: string; graph: string; commit: string }) {
  const api = useApi();
  const title = useRef<HTMLHeadingElement>(null);
  // Whoever opened this with the keyboard goes on here.
  useEffect(() => title.current?.focus(), [commit]);
  const changes = useInfiniteQuery({
    queryKey: ['changes', tenant, graph, commit],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) =>
      dataOf(
        api.GET('/v1/tenants/{tenant}/graphs/{graph}/commits/{commit}/changes', {
          params: { path: { tenant, graph, commit }, query: { limit: 50, ...(pageParam && { page_token: pageParam }) } },
        }),
      ),
    getNextPageParam: (page) => page.next_page_token,
  });
  const cause = changes.data?.pages[0]?.cause;
  const items = changes.data?.pages.flatMap((page) => page.changes) ?? [];
  return (
    <Card data-testid="changes">
      <CardTitle>
        <h2 ref={title} tabIndex={-1} className="focus-target">
          Changes of <Identity id={commit} />
        </h2>
        {cause && (
          <p className="hint">
            <Person id={cause.actor_id ?? 'system'} /> on {cause.authored_branch}, {micros(cause.authored_at)}
            {cause.merged_parent && (
              <>
                {' '}
                · merged <Identity id={cause.merged_parent} />
              </>
            )}
          </p>
        )}
      </CardTitle>
      <CardBody>
        {changes.isPending && <Loading what="Loading changes" />}
        {changes.isError && <Failed error={changes.error} retry={() => void changes.refetch()} />}
        {changes.isSuccess && items.length === 0 && (
          <Empty title="No changes">Nothing that you may see is different after this commit.</Empty>
        )}
        {items.map((item) => (
          <section key={`${item.kind} ${item.type.id} ${item.id}`} className="change" aria-label={`${item.type.name} ${item.id}`}>
            <h3>
              <Label isCompact status={STATUS[item.op as keyof typeof STATUS] ?? 'info'}>
                {DONE[item.op] ?? item.op}
              </Label>{' '}
              {item.type.name} <Identity id={item.id} />
            </h3>
            <ImageTable
              label={`${item.type.name} ${item.id}`}
              states={[
                { name: 'Before', image: item.before },
                { name: 'After', image: item.after },
              ]}
            />
          </section>
        ))}
        {changes.hasNextPage && (
          <Button variant="link" onClick={() => void changes.fetchNextPage()} isLoading={changes.isFetchingNextPage}>
            More changes
          </Button>
        )}
      </CardBody>
    </Card>
  );
}
