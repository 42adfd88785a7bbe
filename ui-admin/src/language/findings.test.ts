import { expect, test } from 'vitest';
import { findingsOf, findingsOfRefusal } from './findings';

const TEXT = 'query s() {\n  match { $a: Aeroport $a rout $b }\n  return { $a.stat }\n}';
const report = (error: string, findings: unknown[] = []) => ({ results: [{ name: 's', error, warnings: [] }], findings });

test('errors of a query are marked from their place to the end of the word', () => {
  const found = findingsOf(report("T6: Airport has no property 'stat' (3:15)\nT1: 'Aeroport' is not a node type (2:15)"), TEXT);
  expect(found.map((one) => [one.code, TEXT.slice(one.from, one.to), one.message])).toEqual([
    ['T1', 'Aeroport', "'Aeroport' is not a node type"],
    ['T6', 'stat', "Airport has no property 'stat'"],
  ]);
  expect(found[0]?.place).toEqual({ line: 2, column: 15 });
});

test('a name that was probably meant is told apart', () => {
  const [found] = findingsOf(report("T4: 'rout' is not an edge type of this schema; did you mean 'route'? (2:27)"), TEXT);
  expect(found?.instead).toBe('route');
});

test('a text that does not parse has its place in front', () => {
  const [found] = findingsOf({ results: [], findings: [{ severity: 'error', code: 'Q000', message: '4:2: the text ends here' }] }, TEXT);
  expect(found).toMatchObject({ code: 'Q000', message: 'the text ends here', from: TEXT.length, to: TEXT.length });
});

test('warnings come after errors and may have no place; what is only information is left out', () => {
  const found = findingsOf(
    {
      results: [{ name: 's', warnings: ['declares no parameters'] }, { name: 't', error: 'T1: no (2:15)' }],
      findings: [
        { severity: 'warning', code: 'L201', message: 'Airport.city is never assigned' },
        { severity: 'info', code: 'I1', message: 'so it is' },
      ],
    },
    TEXT,
  );
  expect(found.map((one) => [one.severity, one.code, one.message])).toEqual([
    ['error', 'T1', 'no'],
    ['warning', 'L201', 'Airport.city is never assigned'],
    ['warning', '', 'declares no parameters'],
  ]);
  expect(found[1]?.place).toBeUndefined();
});

test('a place behind the text is its end, and an answer of another form marks nothing', () => {
  expect(findingsOf(report('T1: no (99:1)'), TEXT)[0]).toMatchObject({ from: TEXT.length, to: TEXT.length });
  expect(findingsOf(undefined, TEXT)).toEqual([]);
  expect(findingsOf({ status: 'ok' }, TEXT)).toEqual([]);
});

test('a refused run is marked like a checked text', () => {
  const [found] = findingsOfRefusal([{ code: 'T1', message: 'no node type', line: 2, column: 15 }], TEXT);
  expect(found).toMatchObject({ severity: 'error', code: 'T1', from: 26, to: 34 });
});
