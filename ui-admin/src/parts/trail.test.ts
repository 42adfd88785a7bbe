import { expect, test } from 'vitest';
import { joined, type TrailRecord } from './trail';

const record = (id: string, more: Partial<TrailRecord>): TrailRecord => ({
  id,
  sequence: 1,
  ts: '2026-01-02T03:04:05Z',
  kind: 'decision',
  actor: 'ann',
  action: 'read',
  operation: 'query.run',
  allow: true,
  reasons: ['grant'],
  request_id: 'r-1',
  hash: '',
  ...more,
});

test('decision and outcome of one request are one row, at the time of its beginning', () => {
  const [row, ...others] = joined([
    record('2', { kind: 'outcome', outcome: '200', graph_commit_id: 'c', ts: '2026-01-02T03:04:06Z' }),
    record('1', { decision_id: 'd' }),
  ]);
  expect(others).toEqual([]);
  expect(row).toMatchObject({ outcome: '200', commit: 'c', decision: 'd', ts: '2026-01-02T03:04:05Z', allow: true, reasons: ['grant'] });
});

test('what was refused in the end is refused, and says why', () => {
  const refused = record('2', { allow: false, reasons: ['masked_property:Airport.latitude'], outcome: '403 denied' });
  for (const order of [[refused, record('1', {})], [record('1', {}), refused]]) {
    expect(joined(order)).toMatchObject([{ allow: false, reasons: ['masked_property:Airport.latitude'], outcome: '403 denied' }]);
  }
});

test('different requests, operations and records without a request stay apart, newest first', () => {
  const rows = joined([
    record('4', { request_id: 'r-2' }),
    record('3', { operation: 'branches.delete' }),
    record('2', { request_id: '' }),
    record('1', { request_id: '' }),
    record('0', {}),
  ]);
  expect(rows.map((row) => row.id)).toEqual(['4', '3', '2', '1', '0']);
});
