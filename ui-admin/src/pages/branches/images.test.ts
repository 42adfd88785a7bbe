import { expect, test } from 'vitest';
import { linesOf } from './images';

test('states stand side by side, ends before properties, and what differs is known', () => {
  const lines = linesOf([
    { properties: { flights: 1, note: null } as never, endpoints: { from: 'SEA', to: 'LAX' } },
    { properties: { flights: 2, note: null } as never, endpoints: { from: 'SEA', to: 'LAX' } },
  ]);
  expect(lines.map((line) => [line.name, line.values, line.same])).toEqual([
    ['from', ['SEA', 'SEA'], true],
    ['to', ['LAX', 'LAX'], true],
    ['flights', [1, 2], false],
    ['note', [null, null], true],
  ]);
});

test('an entity that is absent on one side differs in everything', () => {
  const lines = linesOf([undefined, { properties: { b: null, a: 1 } as never }]);
  expect(lines.map((line) => [line.name, line.values, line.same])).toEqual([
    ['a', [undefined, 1], false],
    ['b', [undefined, null], false],
  ]);
});
