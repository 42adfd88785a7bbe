import { expect, test } from 'vitest';
import { keyOf, openConflicts, resolutionsOf, type Choice, type Conflict } from './settlement';

const conflict = (entity_id: string, kind = 'divergent_update'): Conflict => ({ type_name: 'Part', entity_id, entity_kind: 'node', kind, message: 'm' });
const chosen = (...pairs: [Conflict, Choice][]) => new Map(pairs.map(([one, choice]) => [keyOf(one), choice]));
const BOLT = conflict('bolt');
const NUT = conflict('nut', 'delete_vs_update');

test('a conflict is open until it has a choice that can be read', () => {
  expect(openConflicts([BOLT, NUT], 2, chosen(), undefined).unsettled).toBe(2);
  expect(openConflicts([BOLT, NUT], 2, chosen([BOLT, { use: 'ours' }]), undefined).unsettled).toBe(1);
  expect(openConflicts([BOLT], 1, chosen([BOLT, { use: 'value', text: '{' }]), 'ours').unsettled).toBe(1);
  expect(openConflicts([BOLT], 1, chosen([BOLT, { use: 'value', text: '[]' }]), undefined).unsettled).toBe(1);
  expect(openConflicts([BOLT], 1, chosen([BOLT, { use: 'value', text: '{}' }]), undefined).unsettled).toBe(0);
});

test('conflicts beyond those that were told are settled by a word for all', () => {
  expect(openConflicts([BOLT], 250, chosen([BOLT, { use: 'ours' }]), undefined).unsettled).toBe(249);
  expect(openConflicts([BOLT], 250, chosen(), 'theirs').unsettled).toBe(0);
});

test('a broken constraint is settled by no choice', () => {
  const broken = conflict('bolt', 'unique_violation');
  expect(openConflicts([broken], 1, chosen([broken, { use: 'ours' }]), 'ours')).toEqual({ unsettled: 0, impossible: 1 });
  expect(resolutionsOf([broken], chosen([broken, { use: 'ours' }]))).toEqual([]);
});

test('choices travel with their entity, values as JSON, and none of a conflict that is gone', () => {
  const choices = chosen([BOLT, { use: 'value', text: '{"weight": 9}' }], [NUT, { use: 'theirs' }], [conflict('gone'), { use: 'ours' }]);
  expect(resolutionsOf([BOLT, NUT], choices)).toEqual([
    { type_name: 'Part', entity_id: 'bolt', use: 'value', value: { weight: 9 } },
    { type_name: 'Part', entity_id: 'nut', use: 'theirs' },
  ]);
});
