import { expect, test } from 'vitest';
import { catalogueOf } from './catalogue';

const SHIPPING = `
// edge Ghost: Port -> Port
interface Labelled { code: String @key  note: String? @description("anything {worth} knowing") }
node Port @description("where ships call") implements Labelled {
  name: String @index
  note: String? @index
}
node Ship {
  imo: String
  flag: enum(no, pa, lr-flag)? @index
  tags: [String]?
  vec: Vector(8)?
  @key(imo) @range(draft, 0.0..30)
  draft: F32?
}
edge CallsAt: Ship -> Port @card(0..3) @instruction("planned calls") {
  eta: DateTime?  @unique(src, dst, eta)
  tug: Bool
}
edge Tows: Ship -> Ship
`;
const read = catalogueOf(SHIPPING);

test('nodes and edges are found with the ends and the word of an edge, and nothing in a comment', () => {
  expect(read.nodes.map((node) => node.name)).toEqual(['Port', 'Ship']);
  expect(read.edges.map(({ name, word, source, target }) => [name, word, source, target])).toEqual([
    ['CallsAt', 'callsAt', 'Ship', 'Port'],
    ['Tows', 'tows', 'Ship', 'Ship'],
  ]);
  expect(read.nodes[0]?.description).toBe('where ships call');
});

test('properties have their types as written', () => {
  expect(read.nodes[1]?.properties.map(({ name, type, nullable }) => [name, type, nullable])).toEqual([
    ['imo', 'String', false],
    ['flag', 'enum(no, pa, lr-flag)?', true],
    ['tags', '[String]?', true],
    ['vec', 'Vector(8)?', true],
    ['draft', 'F32?', true],
  ]);
  expect(read.edges[0]?.properties.map((one) => one.name)).toEqual(['eta', 'tug']);
  expect(read.edges[1]?.properties).toEqual([]);
});

test('an enum tells its values', () => {
  expect(read.nodes[1]?.properties[1]?.values).toEqual(['no', 'pa', 'lr-flag']);
});

test('a node has what its interfaces promise, and its own word counts', () => {
  const port = read.nodes[0]?.properties ?? [];
  expect(port.map((one) => one.name)).toEqual(['name', 'note', 'code']);
  expect(port[1]?.description).toBeUndefined();
});

test('keys are known, from the line and from the body', () => {
  expect(read.nodes[0]?.properties.filter((one) => one.key).map((one) => one.name)).toEqual(['code']);
  expect(read.nodes[1]?.properties.filter((one) => one.key).map((one) => one.name)).toEqual(['imo']);
});

test('an empty or broken text has an end', () => {
  expect(catalogueOf('')).toEqual({ nodes: [], edges: [] });
  expect(catalogueOf('node A { x: enum(').nodes.map((node) => node.name)).toEqual(['A']);
  expect(catalogueOf('node A @description("').nodes).toHaveLength(1);
  expect(catalogueOf('edge E: A ->').edges).toHaveLength(1);
});
