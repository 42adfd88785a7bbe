import {
  Card,
  CardBody,
  CardTitle,
  Content,
  DescriptionList,
  DescriptionListDescription,
  DescriptionListGroup,
  DescriptionListTerm,
  Gallery,
  Label,
  PageSection,
} from '@patternfly/react-core';
import { Table, Tbody, Td, Th, Thead, Tr } from '@patternfly/react-table';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { dataOf, useApi, type Me } from '../api/client';
import { Identity } from '../parts/Identity';
import { Person } from '../parts/People';
import { Empty, Failed, Loading } from '../parts/States';
import { micros, moment } from '../parts/time';
import { place } from './branches/place';

/** The tenant at a glance: its graphs with what the caller sees of them, their last commits, and upkeep. */
export function Overview({ me }: { me: Me }) {
  const api = useApi();
  const tenant = me.tenant.slug;
  const graphs = useQuery({
    queryKey: ['graphs', tenant],
    queryFn: () => dataOf(api.GET('/v1/tenants/{tenant}/graphs', { params: { path: { tenant } } })),
  });
  return (
    <>
      <PageSection>
        <Content>
          <h1>{me.tenant.display_name}</h1>
        </Content>
      </PageSection>
      <PageSection aria-label="Graphs">
        {graphs.isPending && <Loading what="Loading graphs" />}
        {graphs.isError && <Failed error={graphs.error} retry={() => void graphs.refetch()} />}
        {graphs.isSuccess && graphs.data.graphs.length === 0 && (
          <Empty title="No graph yet">Create one with POST /v1/tenants/{tenant}/graphs.</Empty>
        )}
        {graphs.isSuccess && (
          <Gallery hasGutter minWidths={{ default: 'min(34rem, 100%)' }}>
            {graphs.data.graphs.map((graph) => (
              <GraphCard key={graph.graph_id} tenant={tenant} graph={graph.graph_id} />
            ))}
          </Gallery>
        )}
      </PageSection>
      <PageSection aria-label="Maintenance">
        <Runs tenant={tenant} />
      </PageSection>
    </>
  );
}

function GraphCard({ tenant, graph }: { tenant: string; graph: string }) {
  const api = useApi();
  const path = { tenant, graph };
  const snapshot = useQuery({
    queryKey: ['snapshot', tenant, graph],
    queryFn: () => dataOf(api.GET('/v1/tenants/{tenant}/graphs/{graph}/snapshot', { params: { path } })),
  });
  const commits = useQuery({
    queryKey: ['commits', tenant, graph],
    queryFn: () =>
      dataOf(api.GET('/v1/tenants/{tenant}/graphs/{graph}/commits', { params: { path, query: { limit: 5 } } })),
  });
  return (
    <Card data-testid={`graph-${graph}`}>
      <CardTitle component="h2">
        <Link to={place({ graph })}>{graph}</Link>
      </CardTitle>
      <CardBody>
        {snapshot.isPending && <Loading what="Loading counts" />}
        {snapshot.isError && <Failed error={snapshot.error} retry={() => void snapshot.refetch()} />}
        {snapshot.isSuccess && (
          <DescriptionList isHorizontal isCompact>
            {snapshot.data.datasets.map((dataset) => (
              <DescriptionListGroup key={`${dataset.entity_kind}:${dataset.type_name}`}>
                <DescriptionListTerm>
                  {dataset.type_name} <Label isCompact>{dataset.entity_kind}</Label>
                </DescriptionListTerm>
                <DescriptionListDescription>{dataset.entity_count.toLocaleString('en-US')}</DescriptionListDescription>
              </DescriptionListGroup>
            ))}
          </DescriptionList>
        )}
      </CardBody>
      <CardBody>
        {commits.isError && <Failed error={commits.error} retry={() => void commits.refetch()} />}
        {commits.isSuccess && (
          <Table aria-label={`Last commits of ${graph}`} variant="compact">
            <Thead>
              <Tr>
                <Th>Commit</Th>
                <Th>Kind</Th>
                <Th>By</Th>
                <Th>When</Th>
              </Tr>
            </Thead>
            <Tbody>
              {commits.data.commits.map((commit) => (
                <Tr key={commit.graph_commit_id}>
                  <Td dataLabel="Commit">
                    <Link to={place({ graph, branch: 'main', commit: commit.graph_commit_id })}>
                      <Identity id={commit.graph_commit_id} />
                    </Link>
                  </Td>
                  <Td dataLabel="Kind">{commit.kind}</Td>
                  <Td dataLabel="By"><Person id={commit.actor_id ?? 'system'} /></Td>
                  <Td dataLabel="When">{micros(commit.created_at)}</Td>
                </Tr>
              ))}
            </Tbody>
          </Table>
        )}
      </CardBody>
    </Card>
  );
}

function Runs({ tenant }: { tenant: string }) {
  const api = useApi();
  const runs = useQuery({
    queryKey: ['jobs', tenant],
    queryFn: () => dataOf(api.GET('/v1/tenants/{tenant}/jobs', { params: { path: { tenant }, query: { limit: 10 } } })),
  });
  return (
    <Card>
      <CardTitle component="h2">Maintenance runs</CardTitle>
      <CardBody>
        {runs.isPending && <Loading what="Loading maintenance runs" />}
        {runs.isError && <Failed error={runs.error} retry={() => void runs.refetch()} />}
        {runs.isSuccess && runs.data.runs.length === 0 && (
          <Empty title="Nothing has run yet">Upkeep runs by itself inside the tenant’s windows.</Empty>
        )}
        {runs.isSuccess && runs.data.runs.length > 0 && (
          <Table aria-label="Maintenance runs" variant="compact">
            <Thead>
              <Tr>
                <Th>Job</Th>
                <Th>State</Th>
                <Th>Began</Th>
                <Th>What and why</Th>
              </Tr>
            </Thead>
            <Tbody>
              {runs.data.runs.map((run) => (
                <Tr key={run.id}>
                  <Td dataLabel="Job">{run.job}</Td>
                  <Td dataLabel="State">
                    <Label isCompact status={run.state === 'failed' ? 'danger' : 'info'}>
                      {run.state}
                    </Label>
                  </Td>
                  <Td dataLabel="Began">{run.started_at ? moment(run.started_at) : 'not yet'}</Td>
                  <Td dataLabel="What and why">{run.summary}</Td>
                </Tr>
              ))}
            </Tbody>
          </Table>
        )}
      </CardBody>
    </Card>
  );
}
