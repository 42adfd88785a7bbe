import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import { expectAccessible, FakeApi, show, WEST } from '../testing';
import { Branches } from './Branches';

const GRAPH = '/v1/tenants/skyways/graphs/network';
const commit = (id: string, branch: string) => ({
  graph_commit_id: id,
  graph_branch: branch,
  kind: 'mutation',
  actor_id: 'ann',
  created_at: 1_790_000_000_000_000,
});
const CHANGES = {
  cause: { graph_commit_id: 'c-2', authored_branch: 'fares', actor_id: 'ann', authored_at: 1_790_000_000_000_000 },
  changes: [
    {
      kind: 'node',
      type: { id: 1, name: 'Airport' },
      id: 'SEA',
      op: 'update',
      before: { properties: { iata: 'SEA', city: 'Seattle' } },
      after: { properties: { iata: 'SEA', city: null } },
    },
    { kind: 'edge', type: { id: 2, name: 'Route' }, id: 'e', op: 'insert', after: { properties: { flights: 1 }, endpoints: { from: 'SEA', to: 'XYZ' } } },
  ],
};
const CONFLICT = {
  entity_kind: 'node',
  type_name: 'Airport',
  entity_id: 'SEA',
  kind: 'divergent_update',
  message: "Airport 'SEA' was changed on both sides",
  base: { properties: { iata: 'SEA', city: 'Seattle' } },
  ours: { properties: { iata: 'SEA', city: 'Sea-Tac' } },
  theirs: { properties: { iata: 'SEA', city: 'Seatac' } },
};
const preview = (conflicts: unknown[], more = {}) => ({
  source: 'fares',
  target: 'main',
  outcome: 'merged',
  source_commit_id: 'c-2',
  target_commit_id: 'c-1',
  base_commit_ids: ['c-0'],
  changes: [{ type_name: 'Route', inserted: 1, updated: 0, deleted: 0 }],
  conflicts,
  conflict_count: conflicts.length,
  ...more,
});

function server(branches = ['fares', 'main']) {
  return new FakeApi()
    .on('GET /v1/tenants/skyways/graphs', () => ({ body: { graphs: [{ graph_id: 'network' }] } }))
    .on(`GET ${GRAPH}/branches`, () => ({ body: { branches } }))
    .on(`GET ${GRAPH}/commits`, ({ url }) => ({ body: { commits: [commit(`c-of-${url.searchParams.get('branch')}`, 'main')] } }))
    .on(`GET ${GRAPH}/commits/c-2/changes`, () => ({ body: CHANGES }));
}

const MERGE = '/branches?graph=network&branch=fares&into=main';
const bodyOf = (api: FakeApi, route: string) =>
  JSON.parse(api.asked.findLast((one) => `${one.method} ${one.url.pathname}` === route)?.body ?? 'null') as unknown;

test('main stands first, is shown first and is not deleted', async () => {
  const { container } = show(server(), <Branches me={WEST} />);
  expect(await screen.findByText('c-of-main')).toBeVisible();
  const list = screen.getByRole('grid', { name: 'Branches of network' });
  expect(within(list).getAllByRole('link').map((one) => one.textContent)).toEqual(['main', 'fares']);
  expect(within(list).getByRole('link', { name: 'main' })).toHaveAttribute('aria-current', 'true');
  expect(within(list).getAllByRole('button').map((one) => one.getAttribute('aria-label'))).toEqual(['Delete fares']);
  await userEvent.click(within(list).getByRole('link', { name: 'fares' }));
  expect(await screen.findByText('c-of-fares')).toBeVisible();
  await expectAccessible(container);
});

test('changes of a commit show before and after, what differs alone, and what was absent', async () => {
  const { container } = show(server(), <Branches me={WEST} />, '/branches?graph=network&branch=fares&commit=c-2');
  const airport = await screen.findByRole('grid', { name: 'Airport SEA' });
  expect(within(airport).getAllByRole('row')).toHaveLength(2);
  expect(within(airport).getByText('Seattle')).toBeVisible();
  expect(within(airport).getByText('null')).toHaveClass('value-null');
  const route = screen.getByRole('grid', { name: 'Route e' });
  expect(within(route).getAllByText('absent')).toHaveLength(3);
  expect(within(route).getByText('XYZ')).toBeVisible();
  expect(screen.getByRole('heading', { name: /Changes of/ })).toHaveFocus();
  await expectAccessible(container);
});

test('a branch is made from another one; a name that is taken or malformed is not sent', async () => {
  const branches = ['main'];
  const api = server(branches).on(`POST ${GRAPH}/branches`, ({ body }) => {
    branches.push((JSON.parse(body) as { name: string }).name);
    return { body: { name: 'fares/new', from: 'main' } };
  });
  show(api, <Branches me={WEST} />);
  await userEvent.click(await screen.findByRole('button', { name: 'Create branch' }));
  const dialog = screen.getByRole('dialog', { name: 'Create a branch' });
  const name = within(dialog).getByRole('textbox', { name: /Name/ });
  const create = within(dialog).getByRole('button', { name: 'Create' });
  for (const bad of ['main', 'a b', 'a/../b', '/a']) {
    await userEvent.clear(name);
    await userEvent.type(name, bad);
    expect(create).toBeDisabled();
  }
  await userEvent.clear(name);
  await userEvent.type(name, 'fares/new{Enter}');
  expect(await screen.findByText('c-of-fares/new')).toBeVisible();
  expect(bodyOf(api, `POST ${GRAPH}/branches`)).toEqual({ name: 'fares/new', from: 'main' });
  expect(screen.queryByRole('dialog')).toBeNull();
});

test('a refused creation stays open and says who decided', async () => {
  const api = server().on(`POST ${GRAPH}/branches`, () => ({
    status: 403,
    body: { error: 'denied', decision_id: 'd-8', reasons: ['no_grant'] },
  }));
  show(api, <Branches me={WEST} />);
  await userEvent.click(await screen.findByRole('button', { name: 'Create branch' }));
  await userEvent.type(screen.getByRole('textbox', { name: /Name/ }), 'mine{Enter}');
  const refusal = await screen.findByTestId('refusal');
  expect(refusal).toHaveTextContent('Your policy does not allow this');
  expect(refusal).toHaveTextContent('no_grant');
  expect(refusal).toHaveTextContent('d-8');
});

test('a branch is deleted after a question, its slashes kept', async () => {
  const branches = ['main', 'fares/west'];
  const api = server(branches).on(`DELETE ${GRAPH}/branches/fares%2Fwest`, () => {
    branches.pop();
    return { body: { name: 'fares/west' } };
  });
  show(api, <Branches me={WEST} />, '/branches?graph=network&branch=fares/west');
  await userEvent.click(await screen.findByRole('button', { name: 'Delete fares/west' }));
  expect(api.asked.some((one) => one.method === 'DELETE')).toBe(false);
  await userEvent.click(within(screen.getByRole('dialog')).getByRole('button', { name: 'Delete' }));
  expect(await screen.findByText('c-of-main')).toBeVisible();
  await waitFor(() => expect(screen.queryByRole('link', { name: 'fares/west' })).toBeNull());
});

test('a merge without conflicts says what it does, is done, and leads to its commit', async () => {
  const api = server()
    .on(`POST ${GRAPH}/branches/merge:preview`, () => ({ body: preview([], { outcome: 'fast_forward' }) }))
    .on(`POST ${GRAPH}/branches/merge`, () => ({
      body: { source: 'fares', target: 'main', outcome: 'fast_forward', commit: commit('c-3', 'main'), branch_deleted: true },
    }));
  const { container } = show(api, <Branches me={WEST} />, MERGE);
  expect(await screen.findByTestId('outcome')).toHaveTextContent('it becomes what fares is');
  expect(within(screen.getByRole('grid', { name: 'What main gets' })).getByText('Route')).toBeVisible();
  await expectAccessible(container);
  await userEvent.click(screen.getByRole('checkbox', { name: 'Delete fares afterwards' }));
  await userEvent.click(screen.getByRole('button', { name: 'Merge into main' }));
  expect(await screen.findByTestId('merged')).toHaveTextContent('fares was merged into main');
  expect(screen.getByTestId('merged')).toHaveTextContent('fares was deleted');
  expect(screen.getByRole('link', { name: 'Changes of c-3' })).toHaveAttribute('href', '/branches?graph=network&branch=main&commit=c-3');
  expect(bodyOf(api, `POST ${GRAPH}/branches/merge`)).toEqual({ source: 'fares', target: 'main', resolutions: [], delete_branch: true });
});

test('conflicts keep the merge back until each has a choice, which travels with it', async () => {
  const api = server()
    .on(`POST ${GRAPH}/branches/merge:preview`, () => ({ body: preview([CONFLICT, { ...CONFLICT, entity_id: 'LAX', theirs: undefined, kind: 'delete_vs_update' }]) }))
    .on(`POST ${GRAPH}/branches/merge`, () => ({ body: { source: 'fares', target: 'main', outcome: 'merged', commit: commit('c-3', 'main') } }));
  const { container } = show(api, <Branches me={WEST} />, MERGE);
  const merge = await screen.findByRole('button', { name: 'Merge into main' });
  await waitFor(() => expect(screen.getByText('2 conflicts are not settled yet.')).toBeVisible());
  expect(merge).toBeDisabled();
  const sea = screen.getByRole('region', { name: 'Conflict: Airport SEA' });
  expect(within(sea).getByText('Sea-Tac')).toBeVisible();
  expect(within(sea).getByText('Seatac')).toBeVisible();
  await userEvent.click(within(sea).getByRole('radio', { name: 'Other values' }));
  const values = within(sea).getByRole('textbox', { name: 'Values of Airport SEA as JSON' });
  expect(values).toHaveValue(JSON.stringify(CONFLICT.ours.properties, null, 2));
  await userEvent.clear(values);
  expect(screen.getByText('2 conflicts are not settled yet.')).toBeVisible();
  await userEvent.click(values);
  await userEvent.paste('{"iata": "SEA", "city": "Tacoma"}');
  const lax = screen.getByRole('region', { name: 'Conflict: Airport LAX' });
  await userEvent.click(within(lax).getByRole('radio', { name: 'Delete it, as on fares' }));
  await expectAccessible(container);
  await userEvent.click(merge);
  expect(await screen.findByTestId('merged')).toBeVisible();
  expect(bodyOf(api, `POST ${GRAPH}/branches/merge`)).toMatchObject({
    resolutions: [
      { type_name: 'Airport', entity_id: 'SEA', use: 'value', value: { iata: 'SEA', city: 'Tacoma' } },
      { type_name: 'Airport', entity_id: 'LAX', use: 'theirs' },
    ],
  });
});

test('a broken constraint offers no choice and no merge', async () => {
  const broken = { kind: 'unique_violation', message: 'two airports share a name' };
  show(server().on(`POST ${GRAPH}/branches/merge:preview`, () => ({ body: preview([broken]) })), <Branches me={WEST} />, MERGE);
  expect(await screen.findByText('No choice settles this.')).toBeVisible();
  expect(screen.queryByRole('radio')).toBeNull();
  expect(screen.getByRole('button', { name: 'Merge into main' })).toBeDisabled();
});

test('branches that moved meanwhile are looked at again, and the refusal says so', async () => {
  let moved = false;
  const api = server()
    .on(`POST ${GRAPH}/branches/merge:preview`, () => ({ body: preview(moved ? [CONFLICT] : []) }))
    .on(`POST ${GRAPH}/branches/merge`, () => {
      moved = true;
      return { status: 409, body: { error: '1 conflict', code: 'conflict', merge_conflicts: [CONFLICT] } };
    });
  show(api, <Branches me={WEST} />, MERGE);
  await userEvent.click(await screen.findByRole('button', { name: 'Merge into main' }));
  expect(await screen.findByTestId('refusal')).toHaveTextContent('1 conflict');
  expect(await screen.findByRole('region', { name: 'Conflict: Airport SEA' })).toBeVisible();
});

test('who may not merge sees the denial and no button', async () => {
  const api = server().on(`POST ${GRAPH}/branches/merge:preview`, () => ({ status: 403, body: { error: 'denied', decision_id: 'd-1', reasons: ['no_grant'] } }));
  const { container } = show(api, <Branches me={WEST} />, MERGE);
  expect(await screen.findByTestId('denied')).toHaveTextContent('d-1');
  expect(screen.queryByRole('button', { name: 'Merge into main' })).toBeNull();
  await expectAccessible(container);
});

test('a branch that is gone says so and can be tried again', async () => {
  const api = server().on(`GET ${GRAPH}/commits`, () => ({ status: 404, body: { error: "branch 'x' not found", request_id: 'r-1' } }));
  show(api, <Branches me={WEST} />, '/branches?graph=network&branch=x');
  expect(await screen.findByTestId('failed')).toHaveTextContent("branch 'x' not found");
});

test('a tenant without graphs has nothing to branch', async () => {
  const api = new FakeApi().on('GET /v1/tenants/skyways/graphs', () => ({ body: { graphs: [] } }));
  show(api, <Branches me={WEST} />);
  expect(await screen.findByText('There is nothing to branch.')).toBeVisible();
});
