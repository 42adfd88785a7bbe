import { screen, within } from '@testing-library/react';
import { expect, test } from 'vitest';
import { expectAccessible, FakeApi, show, WEST } from '../testing';
import { Overview } from './Overview';

const GRAPHS = 'GET /v1/tenants/skyways/graphs';
const JOBS = 'GET /v1/tenants/skyways/jobs';

const full = () =>
  new FakeApi()
    .on(GRAPHS, () => ({ body: { graphs: [{ graph_id: 'network' }] } }))
    .on('GET /v1/tenants/skyways/graphs/network/snapshot', () => ({
      body: { datasets: [{ entity_kind: 'node', type_name: 'Airport', entity_count: 1972 }] },
    }))
    .on('GET /v1/tenants/skyways/graphs/network/commits', () => ({
      body: { commits: [{ graph_commit_id: '01M83DKCV8ADABCDEFGH', kind: 'load', actor_id: 'ann', created_at: 1_790_000_000_000_000 }] },
    }))
    .on(JOBS, () => ({ body: { runs: [{ id: 'j', job: 'compact', state: 'done', summary: '3 fragments became 1' }] } }));

test('a graph shows its counts, its last commits and the runs of upkeep', async () => {
  const api = full();
  const { container } = show(api, <Overview me={WEST} />);
  expect(await screen.findByText('1,972')).toBeVisible();
  const card = screen.getByTestId('graph-network');
  expect(await within(card).findByText('…ABCDEFGH')).toBeVisible();
  expect(within(card).getByText('ann')).toBeVisible();
  expect(await screen.findByText('3 fragments became 1')).toBeVisible();
  expect(api.asked.every((one) => one.authorization === 'Bearer secret')).toBe(true);
  await expectAccessible(container);
});

test('a tenant without graphs and runs says so', async () => {
  const api = new FakeApi().on(GRAPHS, () => ({ body: { graphs: [] } })).on(JOBS, () => ({ body: { runs: [] } }));
  show(api, <Overview me={WEST} />);
  expect(await screen.findByText('No graph yet')).toBeVisible();
  expect(await screen.findByText('Nothing has run yet')).toBeVisible();
});

test('denied runs leave the graphs readable', async () => {
  const api = full().on(JOBS, () => ({ status: 403, body: { error: 'denied', decision_id: 'd-1' } }));
  show(api, <Overview me={WEST} />);
  expect(await screen.findByTestId('denied')).toHaveTextContent('d-1');
  expect(await screen.findByText('1,972')).toBeVisible();
});
