import { expect, test } from 'vitest';
import { cellText, pictureOf } from './values';

test('a cell shows absence, texts, numbers and nested values', () => {
  expect(cellText(null)).toBe('null');
  expect(cellText(undefined)).toBe('null');
  expect(cellText('null')).toBe('null');
  expect(cellText(3.5)).toBe('3.5');
  expect(cellText(false)).toBe('false');
  expect(cellText([1, { a: 'b' }])).toBe('[1,{"a":"b"}]');
});

test('two text columns become the ends of links and the third one their label', () => {
  const picture = pictureOf(['from', 'to', 'flights'], [
    { from: 'SEA', to: 'LAX', flights: 9 },
    { from: 'LAX', to: 'SFO', flights: 4 },
  ]);
  expect(picture).toEqual({
    nodes: ['SEA', 'LAX', 'SFO'],
    links: [
      { from: 'SEA', to: 'LAX', label: '9' },
      { from: 'LAX', to: 'SFO', label: '4' },
    ],
  });
});

test('a row whose end is absent is left out of the picture', () => {
  const picture = pictureOf(['a', 'b'], [{ a: 'x', b: 'y' }, { a: 'z', b: null }]);
  expect(picture).toEqual({ nodes: ['x', 'y'], links: [{ from: 'x', to: 'y', label: '' }] });
});

test('no rows or fewer than two text columns make no picture', () => {
  expect(pictureOf(['a', 'b'], [])).toBeUndefined();
  expect(pictureOf(['a', 'n'], [{ a: 'x', n: 1 }])).toBeUndefined();
});
