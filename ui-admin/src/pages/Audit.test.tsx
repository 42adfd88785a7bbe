import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import { expectAccessible, FakeApi, show, WEST } from '../testing';
import { PeopleProvider } from '../parts/People';
import { Audit } from './Audit';

const TRAIL = 'GET /v1/tenants/skyways/audit';
const record = (id: string, operation: string) => ({
  id,
  ts: '2026-01-02T03:04:05Z',
  actor: 'ann',
  action: 'read',
  operation,
  allow: true,
  reasons: ['grant'],
  request_id: `request-${id}`,
});

test('decision and outcome of one request share a row, even where a page ends between them', async () => {
  const api = new FakeApi().on(TRAIL, ({ url }) =>
    url.searchParams.get('before') === 'cursor'
      ? { body: { records: [{ ...record('1', 'query.run'), request_id: 'r-9' }] } }
      : { body: { records: [{ ...record('2', 'query.run'), request_id: 'r-9', outcome: '200' }], next: 'cursor' } },
  );
  show(api, <Audit me={WEST} />);
  expect(await screen.findByText('200')).toBeVisible();
  await userEvent.click(screen.getByRole('button', { name: 'Older records' }));
  await waitFor(() => expect(screen.queryByRole('button', { name: 'Older records' })).toBeNull());
  expect(screen.getAllByText('query.run')).toHaveLength(1);
});

test('an actor is shown by name where the name is known, the id stays at hand', async () => {
  const api = new FakeApi().on(TRAIL, () => ({ body: { records: [record('1', 'query.run')] } }));
  show(
    api,
    <PeopleProvider value={new Map([['ann', 'Ann of Skyways']])}>
      <Audit me={WEST} />
    </PeopleProvider>,
  );
  expect(await screen.findByText('Ann of Skyways')).toHaveAttribute('title', 'ann');
});

test('older records are added below the newer ones', async () => {
  const api = new FakeApi().on(TRAIL, ({ url }) =>
    url.searchParams.get('before') === 'cursor'
      ? { body: { records: [record('1', 'snapshot.get')] } }
      : { body: { records: [record('2', 'query.run')], next: 'cursor' } },
  );
  const { container } = show(api, <Audit me={WEST} />);
  expect(await screen.findByText('query.run')).toBeVisible();
  await expectAccessible(container);
  await userEvent.click(screen.getByRole('button', { name: 'Older records' }));
  expect(await screen.findByText('snapshot.get')).toBeVisible();
  expect(screen.getByText('query.run')).toBeVisible();
  expect(screen.queryByRole('button', { name: 'Older records' })).toBeNull();
});

test('filters travel with the request, and nothing found is said', async () => {
  const api = new FakeApi().on(TRAIL, () => ({ body: { records: [] } }));
  show(api, <Audit me={WEST} />);
  await userEvent.type(screen.getByRole('textbox', { name: 'Actor' }), 'bob');
  await userEvent.type(screen.getByRole('textbox', { name: 'Action' }), 'change');
  await userEvent.selectOptions(screen.getByRole('combobox', { name: 'Decision' }), 'Denied');
  await waitFor(() =>
    expect(Object.fromEntries(api.asked.at(-1)?.url.searchParams ?? [])).toEqual({
      limit: '50',
      actor: 'bob',
      action: 'change',
      allow: 'false',
    }),
  );
  expect(await screen.findByText('Nothing found')).toBeVisible();
});

test('the check of the chain says intact, or where it breaks', async () => {
  let intact = true;
  const api = new FakeApi()
    .on(TRAIL, () => ({ body: { records: [] } }))
    .on(`${TRAIL}/verify`, () => ({ body: intact ? { intact, records: 1234 } : { intact, records: 9, first_broken: 5 } }));
  show(api, <Audit me={WEST} />);
  await userEvent.click(screen.getByRole('button', { name: 'Verify the chain' }));
  expect(await screen.findByTestId('chain')).toHaveTextContent('Intact: 1,234 records');
  intact = false;
  await userEvent.click(screen.getByRole('button', { name: 'Verify the chain' }));
  await waitFor(() => expect(screen.getByTestId('chain')).toHaveTextContent('Broken at record 5'));
});

test('who may not read the trail sees the denial and no table', async () => {
  const api = new FakeApi().on(TRAIL, () => ({ status: 403, body: { error: 'denied', decision_id: 'd-3' } }));
  show(api, <Audit me={WEST} />);
  expect(await screen.findByTestId('denied')).toHaveTextContent('d-3');
  expect(screen.queryByRole('grid')).toBeNull();
});
