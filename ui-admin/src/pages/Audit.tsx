import {
  Button,
  Content,
  FormSelect,
  FormSelectOption,
  Label,
  PageSection,
  TextInput,
  Toolbar,
  ToolbarContent,
  ToolbarItem,
} from '@patternfly/react-core';
import { Table, Tbody, Td, Th, Thead, Tr } from '@patternfly/react-table';
import { useInfiniteQuery, useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { dataOf, useApi, type Me } from '../api/client';
import { Identity } from '../parts/Identity';
import { Person } from '../parts/People';
import { Empty, Failed, Loading } from '../parts/States';
import { moment } from '../parts/time';
import { joined } from '../parts/trail';

/** The tenant's trail, a row for each request, newest first, with filters and a check of its chain. */
export function Audit({ me }: { me: Me }) {
  const api = useApi();
  const tenant = me.tenant.slug;
  const [actor, setActor] = useState('');
  const [action, setAction] = useState('');
  const [allow, setAllow] = useState('');
  const trail = useInfiniteQuery({
    queryKey: ['audit', tenant, actor, action, allow],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) =>
      dataOf(
        api.GET('/v1/tenants/{tenant}/audit', {
          params: {
            path: { tenant },
            query: {
              limit: 50,
              ...(actor && { actor }),
              ...(action && { action }),
              ...(allow && { allow: allow === 'true' }),
              ...(pageParam && { before: pageParam }),
            },
          },
        }),
      ),
    getNextPageParam: (page) => page.next ?? undefined,
  });
  const check = useMutation({
    mutationFn: () => dataOf(api.GET('/v1/tenants/{tenant}/audit/verify', { params: { path: { tenant } } })),
  });
  const records = joined(trail.data?.pages.flatMap((page) => page.records) ?? []);
  return (
    <>
      <PageSection>
        <Content>
          <h1>Audit</h1>
        </Content>
      </PageSection>
      <PageSection aria-label="Trail">
        <Toolbar>
          <ToolbarContent>
            <ToolbarItem>
              <TextInput aria-label="Actor" placeholder="Actor" value={actor} onChange={(_e, value) => setActor(value)} />
            </ToolbarItem>
            <ToolbarItem>
              <TextInput
                aria-label="Action"
                placeholder="Action"
                value={action}
                onChange={(_e, value) => setAction(value)}
              />
            </ToolbarItem>
            <ToolbarItem>
              <FormSelect aria-label="Decision" value={allow} onChange={(_e, value) => setAllow(value)}>
                <FormSelectOption value="" label="Allowed and denied" />
                <FormSelectOption value="true" label="Allowed" />
                <FormSelectOption value="false" label="Denied" />
              </FormSelect>
            </ToolbarItem>
            <ToolbarItem>
              <Button variant="secondary" onClick={() => check.mutate()} isLoading={check.isPending}>
                Verify the chain
              </Button>
            </ToolbarItem>
            {check.isSuccess && (
              <ToolbarItem data-testid="chain">
                {check.data.intact
                  ? `Intact: ${check.data.records.toLocaleString('en-US')} records`
                  : `Broken at record ${check.data.first_broken}`}
              </ToolbarItem>
            )}
          </ToolbarContent>
        </Toolbar>
        {check.isError && <Failed error={check.error} />}
        {trail.isPending && <Loading what="Loading the trail" />}
        {trail.isError && <Failed error={trail.error} retry={() => void trail.refetch()} />}
        {trail.isSuccess && records.length === 0 && <Empty title="Nothing found">No record fits the filters.</Empty>}
        {records.length > 0 && (
          <Table aria-label="Audit records" variant="compact">
            <Thead>
              <Tr>
                <Th>When</Th>
                <Th>Actor</Th>
                <Th>Operation</Th>
                <Th>Graph</Th>
                <Th>Decision</Th>
                <Th>Outcome</Th>
                <Th>Request</Th>
              </Tr>
            </Thead>
            <Tbody>
              {records.map((record) => (
                <Tr key={record.id}>
                  <Td dataLabel="When">{moment(record.ts)}</Td>
                  <Td dataLabel="Actor">
                    <Person id={record.actor} />
                  </Td>
                  <Td dataLabel="Operation">{record.operation}</Td>
                  <Td dataLabel="Graph">
                    {record.graph ?? ''} {record.branch !== undefined && <span className="hint">{record.branch}</span>}
                  </Td>
                  <Td dataLabel="Decision">
                    <Label isCompact status={record.allow ? 'success' : 'danger'}>
                      {record.allow ? 'allowed' : 'denied'}
                    </Label>{' '}
                    {record.reasons.join(', ')}
                  </Td>
                  <Td dataLabel="Outcome">{record.outcome ?? ''}</Td>
                  <Td dataLabel="Request">{record.request && <Identity id={record.request} />}</Td>
                </Tr>
              ))}
            </Tbody>
          </Table>
        )}
        {trail.hasNextPage && (
          <Button variant="link" onClick={() => void trail.fetchNextPage()} isLoading={trail.isFetchingNextPage}>
            Older records
          </Button>
        )}
      </PageSection>
    </>
  );
}
