import {
  Button,
  Card,
  CardBody,
  CardTitle,
  Content,
  DescriptionList,
  DescriptionListDescription,
  DescriptionListGroup,
  DescriptionListTerm,
  Flex,
  FlexItem,
  FormSelect,
  FormSelectOption,
  PageSection,
  Tab,
  Tabs,
  TabTitleText,
  TextInput,
} from '@patternfly/react-core';
import { Table, Tbody, Td, Th, Thead, Tr } from '@patternfly/react-table';
import { useMutation, useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useMemo, useRef, useState } from 'react';
import { ApiError, dataOf, useApi, type Schemas, type Me } from '../api/client';
import { catalogueOf, NOTHING_KNOWN } from '../language/catalogue';
import { findingsOfRefusal, type Finding } from '../language/findings';
import { useFindings } from '../language/useFindings';
import { Findings } from '../parts/Findings';
import { QueryEditor, type EditorHandle } from '../parts/QueryEditor';
import { Empty, Failed, Loading } from '../parts/States';
import { cellText, pictureOf, type Row } from '../parts/values';

const GraphPicture = lazy(() => import('../parts/GraphPicture'));

type Answer = Schemas['ReadOutput'];
type Explained = Schemas['ExplainOutput'];

const NO_FINDINGS: readonly Finding[] = [];

const FIRST_TEXT: Readonly<Record<string, string>> = {
  network:
    'query routes() {\n  match {\n    $a: Airport\n    $a $r:route $b\n  }\n  return { $a.iata as from, $b.iata as to, $r.flights as flights }\n  order { flights desc }\n  limit 60\n}\n',
  'supply-chain':
    'query needs() {\n  match {\n    $a: Component\n    $a dependsOn $b\n  }\n  return { $a.name as component, $b.name as needs }\n  limit 60\n}\n',
};

/** Writes a query, runs it, and shows rows, a drawing, and the decision that applied. */
export function Console({ me }: { me: Me }) {
  const api = useApi();
  const tenant = me.tenant.slug;
  const graphs = useQuery({
    queryKey: ['graphs', tenant],
    queryFn: () => dataOf(api.GET('/v1/tenants/{tenant}/graphs', { params: { path: { tenant } } })),
  });
  if (graphs.isPending) return <Loading what="Loading graphs" />;
  if (graphs.isError) return <Failed error={graphs.error} retry={() => void graphs.refetch()} />;
  const names = graphs.data.graphs.map((graph) => graph.graph_id);
  if (names.length === 0) return <Empty title="No graph yet">There is nothing to query.</Empty>;
  return <Bench tenant={tenant} graphs={names} />;
}

function Bench({ tenant, graphs }: { tenant: string; graphs: readonly string[] }) {
  const api = useApi();
  const [graph, setGraph] = useState(graphs[0] ?? '');
  const [text, setText] = useState(FIRST_TEXT[graph] ?? 'query all() {\n  match { }\n  return { }\n}\n');
  const [params, setParams] = useState('{}');
  const editor = useRef<EditorHandle>(null);
  const schema = useQuery({
    queryKey: ['schema', tenant, graph],
    queryFn: () => dataOf(api.GET('/v1/tenants/{tenant}/graphs/{graph}/schema', { params: { path: { tenant, graph } } })),
    staleTime: 60_000,
  });
  const source = schema.data?.schema_source;
  const catalogue = useMemo(() => (source === undefined ? NOTHING_KNOWN : catalogueOf(source)), [source]);
  const checked = useFindings(tenant, graph, text);
  const run = useMutation({
    mutationFn: async (query: string) => {
      const body = { query, params: parsed(params) };
      const path = { tenant, graph };
      const answer = await dataOf(
        api.POST('/v1/tenants/{tenant}/graphs/{graph}/query', { params: { path }, body: body as never }),
      );
      const explained = await dataOf(
        api.POST('/v1/tenants/{tenant}/graphs/{graph}/query/explain', { params: { path }, body: body as never }),
      );
      return { answer: answer as Answer, explained: explained as Explained };
    },
  });
  const start = () => {
    if (valid(params) && !run.isPending) run.mutate(text);
  };
  const diagnostics = run.error instanceof ApiError ? run.error.problem.diagnostics : undefined;
  // A refused run says of its own text what a check would say of it, and perhaps more.
  const refused = useMemo(
    () => (diagnostics && run.variables === text ? findingsOfRefusal(diagnostics, text) : undefined),
    [diagnostics, run.variables, text],
  );
  const findings = refused ?? checked;
  return (
    <>
      <PageSection>
        <Content>
          <h1>Query console</h1>
        </Content>
      </PageSection>
      <PageSection aria-label="Query">
        <Flex>
          <FlexItem>
            <FormSelect aria-label="Graph" value={graph} onChange={(_event, value) => setGraph(value)}>
              {graphs.map((name) => (
                <FormSelectOption key={name} value={name} label={name} />
              ))}
            </FormSelect>
          </FlexItem>
          <FlexItem grow={{ default: 'grow' }}>
            <TextInput
              aria-label="Parameters as JSON"
              value={params}
              onChange={(_event, value) => setParams(value)}
              validated={valid(params) ? 'default' : 'error'}
            />
          </FlexItem>
          <FlexItem>
            <Button onClick={start} isLoading={run.isPending} isDisabled={run.isPending || !valid(params)}>
              Run
            </Button>
          </FlexItem>
        </Flex>
        <QueryEditor
          text={text}
          onChange={setText}
          onRun={start}
          findings={findings ?? NO_FINDINGS}
          catalogue={catalogue}
          handle={editor}
        />
        <Findings
          findings={findings}
          goTo={(position) => editor.current?.goTo(position)}
          replace={(from, to, word) => editor.current?.replace(from, to, word)}
        />
      </PageSection>
      <PageSection aria-label="Result" aria-live="polite">
        {run.isError && !diagnostics && <Failed error={run.error} />}
        {run.isSuccess && <Result answer={run.data.answer} explained={run.data.explained} />}
      </PageSection>
    </>
  );
}

function Result({ answer, explained }: { answer: Answer; explained: Explained }) {
  const [tab, setTab] = useState<string | number>('rows');
  const rows = answer.rows as unknown as readonly Row[];
  const picture = pictureOf(answer.columns, rows);
  return (
    <>
      <p data-testid="row-count">
        {answer.row_count.toLocaleString('en-US')} {answer.row_count === 1 ? 'row' : 'rows'}
        {answer.truncated && ', cut at the most your policy lets you read'}
      </p>
      <Tabs activeKey={tab} onSelect={(_event, key) => setTab(key)} aria-label="Views of the result" mountOnEnter>
        <Tab eventKey="rows" title={<TabTitleText>Rows</TabTitleText>}>
          {rows.length === 0 ? (
            <Empty title="No rows">Nothing that you may see matches.</Empty>
          ) : (
            <div className="result-table" tabIndex={0} role="region" aria-label="Rows">
              <Table aria-label="Rows of the result" variant="compact" isStickyHeader>
                <Thead>
                  <Tr>
                    {answer.columns.map((column) => (
                      <Th key={column}>{column}</Th>
                    ))}
                  </Tr>
                </Thead>
                <Tbody>
                  {rows.map((row, index) => (
                    <Tr key={index}>
                      {answer.columns.map((column) => (
                        <Td key={column} dataLabel={column} className={row[column] === null ? 'value-null' : ''}>
                          {cellText(row[column])}
                        </Td>
                      ))}
                    </Tr>
                  ))}
                </Tbody>
              </Table>
            </div>
          )}
        </Tab>
        <Tab eventKey="picture" title={<TabTitleText>Picture</TabTitleText>} isDisabled={!picture}>
          {picture && (
            <Suspense fallback={<Loading what="Drawing" />}>
              <GraphPicture picture={picture} />
            </Suspense>
          )}
        </Tab>
        <Tab eventKey="decision" title={<TabTitleText>Decision</TabTitleText>}>
          <DecisionCard explained={explained} />
        </Tab>
      </Tabs>
    </>
  );
}

/** What the policy obliged the engine to: revision, grants, and for each type its rule and masks. */
function DecisionCard({ explained }: { explained: Explained }) {
  const { decision } = explained;
  return (
    <Card data-testid="decision">
      <CardTitle component="h2">The decision that applied</CardTitle>
      <CardBody>
        <DescriptionList isHorizontal>
          <Fact name="Decision">
            <code>{decision.decision_id}</code>
          </Fact>
          <Fact name="Policy revision">
            <code>{decision.policy_revision}</code>
          </Fact>
          <Fact name="Because of">{decision.reasons.join(', ')}</Fact>
          {decision.types.map((type) => (
            <Fact key={type.type_name} name={type.type_name}>
              <div>
                Rows: <code data-testid={`rule-${type.type_name}`}>{type.rows}</code>
              </div>
              {type.masks.length > 0 && (
                <div>
                  Masked: <code>{type.masks.join(', ')}</code>
                </div>
              )}
              {type.denied.length > 0 && (
                <div>
                  Refused: <code>{type.denied.join(', ')}</code>
                </div>
              )}
            </Fact>
          ))}
        </DescriptionList>
      </CardBody>
      <CardBody>
        <pre className="plan" tabIndex={0} role="region" aria-label="Plan">{explained.plan_text}</pre>
      </CardBody>
    </Card>
  );
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <DescriptionListGroup>
      <DescriptionListTerm>{name}</DescriptionListTerm>
      <DescriptionListDescription>{children}</DescriptionListDescription>
    </DescriptionListGroup>
  );
}

function parsed(text: string): unknown {
  return text.trim() === '' ? {} : JSON.parse(text);
}

function valid(text: string): boolean {
  try {
    const value = parsed(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
