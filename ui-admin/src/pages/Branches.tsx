import { Content, Flex, FlexItem, FormSelect, FormSelectOption, Grid, GridItem, PageSection, Stack, StackItem } from '@patternfly/react-core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearchParams } from 'react-router';
import { dataOf, useApi, type Me } from '../api/client';
import { Empty, Failed, Loading } from '../parts/States';
import { BranchList } from './branches/BranchList';
import { Changes } from './branches/Changes';
import { History } from './branches/History';
import { Merge } from './branches/Merge';
import { place } from './branches/place';

/** The branches of one graph, the commits of one of them, the changes of one of these; and merging. All in the address. */
export function Branches({ me }: { me: Me }) {
  const api = useApi();
  const tenant = me.tenant.slug;
  const graphs = useQuery({
    queryKey: ['graphs', tenant],
    queryFn: () => dataOf(api.GET('/v1/tenants/{tenant}/graphs', { params: { path: { tenant } } })),
  });
  const [shown] = useSearchParams();
  const navigate = useNavigate();
  const names = graphs.data?.graphs.map((one) => one.graph_id) ?? [];
  const graph = shown.get('graph') ?? names[0];
  return (
    <>
      <PageSection>
        <Flex>
          <FlexItem grow={{ default: 'grow' }}>
            <Content>
              <h1>Branches</h1>
            </Content>
          </FlexItem>
          {names.length > 0 && (
            <FlexItem>
              <FormSelect aria-label="Graph" value={graph} onChange={(_event, value) => void navigate(place({ graph: value }))}>
                {names.map((name) => (
                  <FormSelectOption key={name} value={name} label={name} />
                ))}
              </FormSelect>
            </FlexItem>
          )}
        </Flex>
      </PageSection>
      <PageSection aria-label="Graph">
        {graphs.isPending && <Loading what="Loading graphs" />}
        {graphs.isError && <Failed error={graphs.error} retry={() => void graphs.refetch()} />}
        {graphs.isSuccess && names.length === 0 && <Empty title="No graph yet">There is nothing to branch.</Empty>}
        {graphs.isSuccess && graph !== undefined && <OfGraph key={graph} tenant={tenant} graph={graph} />}
      </PageSection>
    </>
  );
}

function OfGraph({ tenant, graph }: { tenant: string; graph: string }) {
  const api = useApi();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [shown] = useSearchParams();
  const list = useQuery({
    queryKey: ['branches', tenant, graph],
    queryFn: () => dataOf(api.GET('/v1/tenants/{tenant}/graphs/{graph}/branches', { params: { path: { tenant, graph } } })),
  });
  if (list.isPending) return <Loading what="Loading branches" />;
  if (list.isError) return <Failed error={list.error} retry={() => void list.refetch()} />;
  const branches = [...list.data.branches].sort((a, b) => Number(b === 'main') - Number(a === 'main') || a.localeCompare(b));
  const branch = shown.get('branch') ?? 'main';
  const commit = shown.get('commit') ?? undefined;
  const into = shown.get('into') ?? undefined;
  const refresh = () => queries.invalidateQueries({ queryKey: ['branches', tenant, graph] });
  const other = branch === 'main' ? branches.find((one) => one !== 'main') : 'main';
  return (
    <Grid hasGutter>
      <GridItem lg={4} xl={3}>
        <BranchList
          tenant={tenant}
          graph={graph}
          branches={branches}
          chosen={branch}
          onCreated={(created) => {
            void refresh();
            void navigate(place({ graph, branch: created }));
          }}
          onDeleted={(deleted) => {
            void refresh();
            if (deleted === branch) void navigate(place({ graph }));
          }}
        />
      </GridItem>
      <GridItem lg={8} xl={9}>
        {into === undefined ? (
          <Stack hasGutter>
            <StackItem>
              <History key={branch} tenant={tenant} graph={graph} branch={branch} commit={commit} mergeInto={other} />
            </StackItem>
            {commit !== undefined && (
              <StackItem>
                <Changes tenant={tenant} graph={graph} commit={commit} />
              </StackItem>
            )}
          </Stack>
        ) : (
          <Merge key={`${branch} ${into}`} tenant={tenant} graph={graph} branches={branches} source={branch} target={into} />
        )}
      </GridItem>
    </Grid>
  );
}
