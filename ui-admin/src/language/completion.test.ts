import { describe, expect, test } from 'vitest';
import { catalogueOf, NOTHING_KNOWN } from './catalogue';
import { completionsAt } from './completion';

const CATALOGUE = catalogueOf(`
node Airport @description("a public airport") { iata: String @key  state: String?  latitude: F64  opened: DateTime?  size: enum(small, large)  open: Bool? }
node Carrier { code: String @key }
edge Route: Airport -> Airport { flights: I32 }
edge ServedBy: Airport -> Carrier
`);

/** The options where the text has a bar, and what would be replaced. */
function at(marked: string, catalogue = CATALOGUE) {
  const position = marked.indexOf('|');
  const text = marked.replace('|', '');
  const found = completionsAt(text, position, catalogue);
  return { labels: found?.options.map((one) => one.label) ?? [], replaced: found && text.slice(found.from, position), options: found?.options ?? [] };
}

describe('by the grammar', () => {
  test.each([
    ['|', ['query']],
    ['que|', ['query']],
    ['query q() { |', ['match', 'insert', 'update', 'delete']],
    ['query q() { match { $a: Airport } |', ['return']],
    ['query q() { match { $a: Airport } return { $a.iata } |', ['order', 'limit']],
    ['query q() { match { $a: Airport } return { $a.iata } order { $a.iata } |', ['limit']],
    ['query q() { match { $a: Airport } return { $a.iata } order { $a.iata |', ['asc', 'desc']],
    ['query q() @|', ['description', 'instruction']],
    ['query q() { update Airport |', ['set']],
    ['query q() { delete Route |', ['where']],
    ['query q() { match { $a: Airport } return { $a.iata } } |', ['query']],
  ])('%s', (text, words) => expect(at(text).labels).toEqual(words));

  test('names that the writer makes up are not completed', () => {
    for (const text of ['query |', 'query q(|', 'query q($|', 'query q() { match { $a: Airport } return { $a.iata as | } }']) {
      expect(at(text).labels).toEqual([]);
    }
  });

  test('nothing in comments and strings', () => {
    expect(at('query q() { // |').labels).toEqual([]);
    expect(at('query q() { /* | */ match').labels).toEqual([]);
    expect(at('query q() { match { $a: Airport { state: "C|A" } }').labels).toEqual([]);
    expect(at('query q() { match { $a: Airport { state: "C|').labels).toEqual([]);
    expect(at('/* done */|').labels).toEqual(['query']);
  });
});

describe('names of the schema', () => {
  test('a binding takes node types', () => {
    expect(at('query q() { match { $a: |').labels).toEqual(['Airport', 'Carrier']);
    expect(at('query q() { match { $a: Air|').replaced).toBe('Air');
    expect(at('query q() { match { $a: |').options[0]).toMatchObject({ kind: 'node', description: 'a public airport' });
  });

  test('a dot takes the properties of the variable, wherever it is bound', () => {
    const all = ['iata', 'state', 'latitude', 'opened', 'size', 'open'];
    expect(at('query q() { match { $a: Airport  $a.|').labels).toEqual(all);
    expect(at('query q() { match { $a.| = 3  $a: Airport } return { $a.iata } }').labels).toEqual(all);
    expect(at('query q() { match { $a: Airport } return { $a.sta|').labels).toEqual(all);
    expect(at('query q() { match { $a: Airport } return { count($a.|').labels).toEqual(all);
    expect(at('query q() { match { $c: Carrier } return { $c.| } }').options[0]).toMatchObject({ label: 'code', detail: 'String key' });
  });

  test('a dot with nothing behind it leaves the next clause alone', () => {
    expect(at('query q() { match { $a.|  $b: Carrier  $a servedBy $b } return { $b.code } }').labels).toContain('iata');
  });

  test('ends of edges are known by the edge, backwards and in chains too', () => {
    expect(at('query q() { match { $a servedBy $c } return { $c.|').labels).toEqual(['code']);
    expect(at('query q() { match { $a servedBy $c } return { $a.|').labels).toContain('iata');
    expect(at('query q() { match { $c: Carrier  $c servedBy $a  $a route{1,2} $b } return { $b.|').labels).toContain('iata');
    expect(at('query q() { match { $a <route> $b } return { $b.|').labels).toContain('iata');
  });

  test('an edge variable has the properties of its edge', () => {
    expect(at('query q() { match { $a: Airport  $a $r:route $b } return { $r.|').labels).toEqual(['flights']);
  });

  test('edges that fit the variable are offered', () => {
    expect(at('query q() { match { $a: Airport  $a |').labels).toEqual(['route', 'servedBy', 'contains', 'starts_with']);
    expect(at('query q() { match { $c: Carrier  $c ser| $a }').labels).toEqual(['servedBy', 'contains', 'starts_with']);
    expect(at('query q() { match { $a: Airport  $a $r: |').labels).toEqual(['route', 'servedBy']);
    expect(at('query q() { match { $a: Airport  $a $r: |').options[1]).toMatchObject({ detail: 'Airport → Carrier' });
  });

  test('tests in braces take the properties that are not tested yet', () => {
    expect(at('query q() { match { $a: Airport { state: "CA", |').labels).toEqual(['iata', 'latitude', 'opened', 'size', 'open']);
  });

  test('values: parameters, members of an enum, truths, instants', () => {
    expect(at('query q($s: String) { match { $a: Airport { size: |').labels).toEqual(['"small"', '"large"', '$s']);
    expect(at('query q() { match { $a: Airport { open: |').labels).toEqual(['true', 'false']);
    expect(at('query q() { match { $a: Airport { opened: |').labels).toEqual(['now', 'datetime']);
  });

  test('without a schema the grammar still helps', () => {
    expect(at('query q() { match { $a: |', NOTHING_KNOWN).labels).toEqual([]);
    expect(at('query q() { |', NOTHING_KNOWN).labels).toContain('match');
  });
});

describe('names of the query', () => {
  test('variables and parameters, each once, with what they stand for; the one being written is none', () => {
    const { labels, options, replaced } = at('query q($s: String) { match { $a: Airport  $a route $b  $|');
    expect(labels).toEqual(['$a', '$b', '$s', 'search', 'fuzzy', 'match_text', 'not']);
    expect(options[1]).toMatchObject({ detail: 'Airport' });
    expect(options[2]).toMatchObject({ detail: 'String' });
    expect(replaced).toBe('$');
  });

  test('a parameter takes a type', () => {
    expect(at('query q($s: |').labels).toContain('DateTime');
    expect(at('query q($s: [I|').labels).toContain('I32');
  });

  test('results take aggregates, orders take columns and ranks', () => {
    expect(at('query q() { match { $a: Airport } return { |').labels).toEqual(['$a', 'count', 'sum', 'avg', 'min', 'max']);
    const order = at('query q() { match { $a: Airport } return { count($a) as n } order { |').labels;
    expect(order).toEqual(['$a', 'n', 'nearest', 'bm25', 'rrf']);
  });

  test('one query knows nothing of another one', () => {
    const other = 'query p($x: Bool) { match { $z: Carrier } return { $z.code } } ';
    expect(at(`${other}query q() { match { $a: Airport  |`).labels).not.toContain('$z');
    expect(at(`query q() { match { $a: Airport  | } return { $a.iata } } ${other}`).labels).not.toContain('$x');
  });
});

describe('writes', () => {
  test('insert takes nodes and edges, then required properties first', () => {
    expect(at('query w() { insert |').labels).toEqual(['Airport', 'Carrier', 'Route', 'ServedBy']);
    const route = at('query w() { insert Route { |');
    expect(route.labels).toEqual(['from', 'to', 'flights']);
    expect(route.options[2]).toMatchObject({ rank: 1, write: 'flights: ' });
    expect(at('query w() { insert Route { from: "SEA", |').labels).toEqual(['to', 'flights']);
  });

  test('update takes nodes alone and never assigns a key', () => {
    expect(at('query w() { update |').labels).toEqual(['Airport', 'Carrier']);
    expect(at('query w() { update Airport set { |').labels).not.toContain('iata');
    expect(at('query w() { update Airport set { state: "CA" } where |').labels).toContain('iata');
    expect(at('query w($s: String) { delete Airport where size = |').labels).toEqual(['"small"', '"large"', '$s']);
  });
});
