import { EditorView } from '@codemirror/view';
import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import { expectAccessible, FakeApi, show, WEST } from '../testing';
import { Console } from './Console';

const QUERY = 'POST /v1/tenants/skyways/graphs/network/query';

function answering(answer: { status?: number; body: unknown }) {
  return new FakeApi()
    .on('GET /v1/tenants/skyways/graphs', () => ({ body: { graphs: [{ graph_id: 'network' }] } }))
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

test('findings are listed with line and column, and marked in the text', async () => {
  const { container } = await bench(
    answering({
      status: 400,
      body: { error: 'bad', diagnostics: [{ code: 'T3', message: 'no type Air', line: 2, column: 9, start: 3, end: 6 }] },
    }),
  );
  await userEvent.click(screen.getByRole('button', { name: 'Run' }));
  const list = await screen.findByTestId('diagnostics');
  expect(list).toHaveTextContent('line 2, column 9: no type Air T3');
  expect(container.querySelector('.cm-lintRange-error')).not.toBeNull();
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
  expect(api.asked.some((one) => one.method === 'POST')).toBe(false);
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
