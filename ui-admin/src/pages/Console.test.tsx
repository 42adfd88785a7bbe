import { startCompletion } from '@codemirror/autocomplete';
import { EditorView } from '@codemirror/view';
import { act, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import { expectAccessible, FakeApi, show, WEST } from '../testing';
import { Console } from './Console';

const QUERY = 'POST /v1/tenants/skyways/graphs/network/query';
const LINT = 'POST /v1/tenants/skyways/graphs/network/lint';
const SCHEMA = 'GET /v1/tenants/skyways/graphs/network/schema';
const CLEAN = { status: 'ok', results: [], findings: [] };

function answering(answer: { status?: number; body: unknown }) {
  return new FakeApi()
    .on('GET /v1/tenants/skyways/graphs', () => ({ body: { graphs: [{ graph_id: 'network' }] } }))
    .on(SCHEMA, () => ({ body: { schema_source: 'node Airport { iata: String @key  state: String? }' } }))
    .on(LINT, () => ({ body: CLEAN }))
    .on(QUERY, () => answer)
    .on(`${QUERY}/explain`, () => ({
      body: {
        query_name: 's',
        graph_commit_id: 'c',
        plan_text: 'scan Airport',
        operators: [],
        decision: {
          decision_id: 'd-5',
          policy_revision: '3',
          reasons: ['grant west'],
          types: [{ type_name: 'Airport', rows: 'state in (CA, WA)', masks: ['elevation reads null'], denied: ['Airport.owner'] }],
        },
      },
    }));
}

const rows = (truncated = false) => ({
  body: { columns: ['state', 'n'], rows: [{ state: 'CA', n: 2 }, { state: null, n: 1 }], row_count: 2, truncated },
});

async function bench(api: FakeApi) {
  const shown = show(api, <Console me={WEST} />);
  const field = await screen.findByRole('textbox', { name: 'Query' });
  const editor = EditorView.findFromDOM(field as HTMLElement);
  if (!editor) throw new Error('the query field is no editor');
  return { ...shown, field, editor };
}

test('a query runs as written, with its parameters, and its rows are shown', async () => {
  const api = answering(rows());
  const { container, editor } = await bench(api);
  editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: 'query s() {}' } });
  await userEvent.click(screen.getByRole('button', { name: 'Run' }));
  expect(await screen.findByTestId('row-count')).toHaveTextContent('2 rows');
  const table = screen.getByRole('grid', { name: 'Rows of the result' });
  expect(within(table).getByText('CA')).toBeVisible();
  expect(within(table).getByText('null')).toHaveClass('value-null');
  const sent = api.asked.find((one) => one.url.pathname.endsWith('/query'));
  expect(JSON.parse(sent?.body ?? '')).toEqual({ query: 'query s() {}', params: {} });
  await expectAccessible(container);
});

test('a cut answer says that it was cut', async () => {
  await bench(answering(rows(true)));
  await userEvent.click(screen.getByRole('button', { name: 'Run' }));
  expect(await screen.findByTestId('row-count')).toHaveTextContent('cut at the most your policy lets you read');
});

test('the decision shows the row rule, the masks and the revision', async () => {
  await bench(answering(rows()));
  await userEvent.click(screen.getByRole('button', { name: 'Run' }));
  await userEvent.click(await screen.findByRole('tab', { name: 'Decision' }));
  expect(screen.getByTestId('rule-Airport')).toHaveTextContent('state in (CA, WA)');
  expect(screen.getByTestId('decision')).toHaveTextContent('elevation reads null');
  expect(screen.getByTestId('decision')).toHaveTextContent('Airport.owner');
  expect(screen.getByTestId('decision')).toHaveTextContent('d-5');
});

const write = (editor: EditorView, insert: string) =>
  editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert } });

test('a refused run lists what is wrong with line and column, and marks it in the text until it changes', async () => {
  const { container, editor } = await bench(
    answering({
      status: 400,
      body: { error: 'bad', diagnostics: [{ code: 'T3', message: 'no type Air', line: 2, column: 9, start: 3, end: 6 }] },
    }),
  );
  await userEvent.click(screen.getByRole('button', { name: 'Run' }));
  const list = await screen.findByTestId('diagnostics');
  expect(list).toHaveTextContent('T3 line 2, column 9: no type Air');
  expect(container.querySelector('.cm-lintRange-error')).not.toBeNull();
  act(() => write(editor, 'query s() {}'));
  expect(container.querySelector('.cm-lintRange-error')).toBeNull();
  expect(screen.queryByTestId('diagnostics')).toBeNull();
});

test('errors are marked while writing, lead to their place, and offer the word that was meant', async () => {
  const meant = "T1: 'Airprt' is not a node type of this schema; did you mean 'Airport'? (1:25)";
  const api = answering(rows()).on(LINT, ({ body }) => ({
    body: (JSON.parse(body) as { query: string }).query.includes('Airprt') ? { results: [{ name: 's', error: meant }] } : CLEAN,
  }));
  const { container, editor, field } = await bench(api);
  act(() => write(editor, 'query s() { match { $a: Airprt } return { $a.iata } }'));
  const list = await screen.findByTestId('diagnostics');
  expect(screen.getByRole('status')).toHaveTextContent('1 error');
  await waitFor(() => expect(container.querySelector('.cm-lintRange-error')).toHaveTextContent('Airprt'));
  await expectAccessible(container);
  await userEvent.click(within(list).getByRole('button', { name: 'line 1, column 25' }));
  expect(field).toHaveFocus();
  expect(editor.state.selection.main.head).toBe(24);
  await userEvent.click(within(list).getByRole('button', { name: 'Write Airport' }));
  expect(editor.state.doc.toString()).toContain('$a: Airport }');
  expect(container.querySelector('.cm-lintRange-error')).toBeNull();
  await waitFor(() => expect(screen.getByRole('status')).toHaveTextContent('No errors'));
});

test('Ctrl+Space completes with the names of the schema', async () => {
  const { editor, field } = await bench(answering(rows()));
  await waitFor(() => expect(screen.getByRole('status')).toHaveTextContent('No errors'));
  act(() => write(editor, 'query s() { match { $a: Airport } return { $a.'));
  act(() => field.focus());
  act(() => editor.dispatch({ selection: { anchor: editor.state.doc.length } }));
  act(() => void startCompletion(editor));
  const list = await screen.findByRole('listbox', { name: 'Completions' });
  expect(within(list).getAllByRole('option').map((one) => one.textContent)).toEqual(['iataString key', 'stateString?']);
});

test('a refused query shows the denial instead of rows', async () => {
  await bench(answering({ status: 403, body: { error: 'denied', decision_id: 'd-6', reasons: ['no_grant'] } }));
  await userEvent.click(screen.getByRole('button', { name: 'Run' }));
  expect(await screen.findByTestId('denied')).toHaveTextContent('d-6');
  expect(screen.queryByTestId('row-count')).toBeNull();
});

test('parameters that are no JSON object cannot be run', async () => {
  const api = answering(rows());
  const { field } = await bench(api);
  const params = screen.getByRole('textbox', { name: 'Parameters as JSON' });
  await userEvent.clear(params);
  await userEvent.type(params, '7');
  expect(screen.getByRole('button', { name: 'Run' })).toBeDisabled();
  await userEvent.click(field);
  await userEvent.keyboard('{Control>}{Enter}{/Control}');
  expect(api.asked.some((one) => one.url.pathname.endsWith('/query'))).toBe(false);
});

test('Ctrl+Enter runs and Tab leaves the editor', async () => {
  const { field } = await bench(answering(rows()));
  await userEvent.click(field);
  await userEvent.keyboard('{Control>}{Enter}{/Control}');
  expect(await screen.findByTestId('row-count')).toBeVisible();
  expect(field).toHaveFocus();
  await userEvent.tab();
  expect(field).not.toHaveFocus();
});
