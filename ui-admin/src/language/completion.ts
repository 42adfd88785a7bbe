import type { Catalogue, EdgeType, NodeType, Property } from './catalogue';
import { expectedAfter, type Expected, type Facts, type Members } from './expectation';
import { inProse, tokensOf, type Token } from './tokens';

export interface Option {
  readonly label: string;
  readonly kind: 'keyword' | 'function' | 'variable' | 'node' | 'edge' | 'property' | 'type' | 'value';
  /** A few words beside the label: a property's type, an edge's ends. */
  readonly detail?: string;
  readonly description?: string;
  /** What is written instead of the label. */
  readonly write?: string;
  /** Stands before others; 0 without a word. */
  readonly rank?: number;
}

export interface Completion {
  /** Where the word begins that a chosen option replaces. */
  readonly from: number;
  readonly options: readonly Option[];
}

const SCALARS = ['String', 'Bool', 'I32', 'I64', 'U32', 'U64', 'F32', 'F64', 'Date', 'DateTime', 'Blob', 'Vector'];
const NONE: readonly Option[] = [];

/**
 * What may be written at a position of a query text: by the grammar up to the position, with the names of the schema and
 * of the query around it. Nothing inside comments and strings.
 */
export function completionsAt(text: string, position: number, catalogue: Catalogue): Completion | undefined {
  const all = tokensOf(text);
  if (all.some((token) => inProse(token, position))) return undefined;
  const tokens = all.filter((token) => token.kind !== 'comment');
  const typed = tokens.find((token) => token.from < position && position <= token.to && isWord(token));
  const from = typed?.from ?? position;
  const own = ownQuery(tokens, from);
  const { expected } = expectedAfter(own.filter((token) => token.to <= from));
  // The word that is being written says nothing yet.
  const { facts } = expectedAfter(own.filter((token) => token !== typed));
  const options = new Options(catalogue, facts, own.filter((token) => token !== typed)).of(expected);
  return options.length === 0 ? undefined : { from, options };
}

const isWord = (token: Token) => ['variable', 'type', 'name'].includes(token.kind);

/** The tokens of the query around a position: from its first word to the next query's. No word is reserved, so a query begins with three tokens. */
function ownQuery(tokens: readonly Token[], position: number): readonly Token[] {
  const begins = (at: number) =>
    tokens[at]?.text === 'query' && tokens[at + 1]?.kind === 'name' && tokens[at + 2]?.text === '(';
  let start = 0;
  let end = tokens.length;
  for (let at = 0; at < tokens.length; at += 1) {
    if (!begins(at)) continue;
    if ((tokens[at]?.from ?? 0) < position) start = at;
    else {
      end = at;
      break;
    }
  }
  return tokens.slice(start, end);
}

class Options {
  private readonly types: ReadonlyMap<string, NodeType | EdgeType>;

  constructor(
    private readonly catalogue: Catalogue,
    private readonly facts: Facts,
    private readonly around: readonly Token[],
  ) {
    this.types = typesOf(facts, catalogue);
  }

  of(expected: Expected): readonly Option[] {
    return [
      ...(expected.propertiesOf === undefined ? NONE : this.properties(this.types.get(expected.propertiesOf))),
      ...(expected.members ? this.members(expected.members) : NONE),
      ...(expected.valuesOf ? this.values(expected.valuesOf.type, expected.valuesOf.property) : NONE),
      ...(expected.edgesFrom === undefined ? NONE : this.edges(expected.edgesFrom)),
      ...(expected.nodeTypes ? this.catalogue.nodes.map(nodeOption) : NONE),
      ...(expected.edgeTypes ? this.catalogue.edges.map((edge) => edgeOption(edge, edge.name)) : NONE),
      ...(expected.scalars ? SCALARS.map((label): Option => ({ label, kind: 'type' })) : NONE),
      ...(expected.variables ? this.variables() : NONE),
      ...(expected.parameters ? this.parameters() : NONE),
      ...(expected.aliases ? [...this.facts.aliases].map((label): Option => ({ label, kind: 'variable', detail: 'column' })) : NONE),
      ...(expected.functions ?? []).map((label): Option => ({ label, kind: 'function', write: label === 'now' ? 'now()' : `${label}(` })),
      ...(expected.words ?? []).map((label): Option => ({ label, kind: 'keyword' })),
    ];
  }

  private properties(type: NodeType | undefined): readonly Option[] {
    return (type?.properties ?? []).map(propertyOption);
  }

  private members({ type: name, use, taken }: Members): readonly Option[] {
    const type = this.entity(name);
    if (!type) return NONE;
    const ends: readonly Option[] =
      'word' in type && use !== 'test'
        ? [
            { label: 'from', kind: 'property', detail: `${type.source} id`, rank: 2 },
            { label: 'to', kind: 'property', detail: `${type.target} id`, rank: 2 },
          ]
        : NONE;
    const own = type.properties
      .filter((one) => !(use === 'set' && one.key))
      .map((one): Option => ({ ...propertyOption(one), ...(use === 'insert' && !one.nullable && { rank: 1 }) }));
    return [...ends, ...own].filter((one) => !taken.includes(one.label)).map((one) => (use === 'where' ? one : { ...one, write: `${one.label}: ` }));
  }

  private values(typeName: string, name: string): readonly Option[] {
    const property = this.entity(typeName)?.properties.find((one) => one.name === name);
    if (!property) return NONE;
    if (property.values.length > 0) return property.values.map((value): Option => ({ label: `"${value}"`, kind: 'value' }));
    switch (property.type.replace('?', '')) {
      case 'Bool':
        return [{ label: 'true', kind: 'value' }, { label: 'false', kind: 'value' }];
      case 'Date':
        return [{ label: 'date', kind: 'function', write: 'date("' }];
      case 'DateTime':
        return [{ label: 'now', kind: 'function', write: 'now()' }, { label: 'datetime', kind: 'function', write: 'datetime("' }];
      default:
        return NONE;
    }
  }

  /** Those that fit the variable's type; all of them while it isn't known. */
  private edges(variable: string): readonly Option[] {
    const type = this.types.get(variable);
    return this.catalogue.edges
      .filter((edge) => !type || edge.source === type.name || edge.target === type.name)
      .map((edge) => edgeOption(edge, edge.word));
  }

  private variables(): readonly Option[] {
    const bound = new Set(
      this.around.filter((token) => token.kind === 'variable' && token.text.length > 1).map((token) => token.text),
    );
    this.facts.parameters.forEach((_type, name) => bound.delete(name));
    bound.delete('$_');
    const names = [...bound].map((label): Option => {
      const type = this.types.get(label);
      return { label, kind: 'variable', ...(type && { detail: type.name }) };
    });
    return [...names, ...this.parameters()];
  }

  private parameters(): readonly Option[] {
    return [...this.facts.parameters].map(([label, type]) => ({ label, kind: 'variable', detail: type.startsWith('[') ? `${type}]` : type }));
  }

  private entity(name: string): NodeType | EdgeType | undefined {
    return this.catalogue.nodes.find((one) => one.name === name) ?? this.catalogue.edges.find((one) => one.name === name);
  }
}

/** What each variable stands for: by its binding, else by the ends of the edges that it is linked by. */
function typesOf({ bound, hops }: Facts, { nodes, edges }: Catalogue): ReadonlyMap<string, NodeType | EdgeType> {
  const types = new Map<string, NodeType | EdgeType>();
  const learn = (variable: string, name: string) => {
    const type = nodes.find((node) => node.name === name);
    if (type && variable !== '$_' && !types.has(variable)) types.set(variable, type);
  };
  bound.forEach((name, variable) => learn(variable, name));
  // Each round learns from those before it; a chain of hops is as long as there are hops.
  for (let round = 0; round <= hops.length; round += 1) {
    for (const { from, edge: word, to, as } of hops) {
      const edge = edges.find((one) => one.word === word) ?? edges.find((one) => one.name.toLowerCase() === word.toLowerCase());
      if (!edge) continue;
      if (as !== undefined && as !== '$_') types.set(as, edge);
      const backward = types.get(from) ? types.get(from)?.name !== edge.source : types.get(to) !== undefined && types.get(to)?.name !== edge.target;
      learn(from, backward ? edge.target : edge.source);
      learn(to, backward ? edge.source : edge.target);
    }
  }
  return types;
}

const described = (one: { readonly description?: string }) => (one.description === undefined ? {} : { description: one.description });

const nodeOption = (node: NodeType): Option => ({ label: node.name, kind: 'node', ...described(node) });

const edgeOption = (edge: EdgeType, label: string): Option => ({
  label,
  kind: 'edge',
  detail: `${edge.source} → ${edge.target}`,
  ...described(edge),
});

const propertyOption = (one: Property): Option => ({
  label: one.name,
  kind: 'property',
  detail: one.key ? `${one.type} key` : one.type,
  ...described(one),
});
