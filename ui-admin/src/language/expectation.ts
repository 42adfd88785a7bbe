import type { Token } from './tokens';

/** What may stand at a place of a query, as the grammar sees it; names of the schema are not known here. */
export interface Expected {
  readonly words?: readonly string[];
  readonly functions?: readonly string[];
  readonly variables?: boolean;
  readonly parameters?: boolean;
  readonly aliases?: boolean;
  readonly scalars?: boolean;
  readonly nodeTypes?: boolean;
  readonly edgeTypes?: boolean;
  /** Words of the edges that may begin at this variable. */
  readonly edgesFrom?: string;
  /** Properties of what this variable stands for. */
  readonly propertiesOf?: string;
  /** Properties of this type, but for those that stand already. */
  readonly members?: Members;
  /** Values of this property. */
  readonly valuesOf?: { readonly type: string; readonly property: string };
}

export interface Members {
  readonly type: string;
  readonly use: 'test' | 'insert' | 'set' | 'where';
  readonly taken: readonly string[];
}

/** What a query says of its names, wherever in it. */
export interface Facts {
  /** The declared type of each parameter, by its name with the sign. */
  readonly parameters: Map<string, string>;
  readonly bound: Map<string, string>;
  readonly hops: { readonly from: string; readonly edge: string; readonly to: string; readonly as?: string }[];
  readonly aliases: Set<string>;
}

const AGGREGATES = ['count', 'sum', 'avg', 'min', 'max'];
const TEXT_TESTS = ['search', 'fuzzy', 'match_text'];
const RANKS = ['nearest', 'bm25', 'rrf'];
const COMPARISONS = new Set(['=', '!=', '<', '<=', '>', '>=']);
const WORD_COMPARISONS = ['contains', 'starts_with'];
const CLAUSE: Expected = { words: ['not'], functions: TEXT_TESTS, variables: true };
const OPERAND: Expected = { functions: [...TEXT_TESTS, 'now', 'date', 'datetime'], variables: true };
const PROJECTION: Expected = { functions: AGGREGATES, variables: true };
const SORT: Expected = { functions: RANKS, variables: true, aliases: true };

/** The text has ended; this may stand next. */
class End extends Error {
  constructor(readonly expected: Expected) {
    super('the text ends here');
  }
}

/**
 * Reads one query as far as it goes.
 *
 * @param tokens without comments, beginning with the query's first
 * @returns what the query says, and what may stand where the tokens end
 */
export function expectedAfter(tokens: readonly Token[]): { readonly facts: Facts; readonly expected: Expected } {
  const walk = new Walk(tokens);
  try {
    return walk.queries();
  } catch (end) {
    if (end instanceof End) return { facts: walk.facts, expected: end.expected };
    throw end;
  }
}

/** Follows the grammar and forgives: a token that doesn't fit is passed, so that what stands behind it is still read. */
class Walk {
  readonly facts: Facts = { parameters: new Map(), bound: new Map(), hops: [], aliases: new Set() };
  private at = 0;

  constructor(private readonly tokens: readonly Token[]) {}

  queries(): never {
    for (;;) {
      this.next({ words: ['query'] });
      this.next({});
      if (this.take('(', {})) this.parameters();
      while (this.take('@', {})) {
        this.next({ words: ['description', 'instruction'] });
        if (this.take('(', {})) this.passTo(')');
      }
      if (this.take('{', {})) this.body();
    }
  }

  private parameters(): void {
    while (!this.take(')', {})) {
      const parameter = this.next({});
      if (parameter.kind !== 'variable' || !this.take(':', {})) continue;
      let type = this.next({ scalars: true }).text;
      if (type === '[') type += this.next({ scalars: true }).text;
      this.facts.parameters.set(parameter.text, type);
      while (![',', ')'].includes(this.peek({}).text)) this.at += 1;
      this.take(',', {});
    }
  }

  private body(): void {
    let words: readonly string[] = ['match', 'insert', 'update', 'delete'];
    for (;;) {
      const word = this.next({ words }).text;
      switch (word) {
        case 'match':
          if (this.take('{', {})) this.clauses();
          words = ['return'];
          break;
        case 'return':
          if (this.take('{', {})) this.projections();
          words = ['order', 'limit'];
          break;
        case 'order':
          if (this.take('{', {})) this.sorts();
          words = ['limit'];
          break;
        case 'limit':
          this.next({});
          words = [];
          break;
        case 'insert':
        case 'update':
        case 'delete':
          this.mutation(word);
          words = ['insert', 'update', 'delete'];
          break;
        case '}':
          return;
        default:
      }
    }
  }

  private clauses(): void {
    while (!this.take('}', CLAUSE)) this.clause();
  }

  private clause(): void {
    const first = this.peek(CLAUSE);
    if (first.text === 'not') {
      this.at += 1;
      if (this.take('{', {})) this.clauses();
      return;
    }
    if (first.kind !== 'variable') {
      this.test();
      return;
    }
    const second = this.at + 1 < this.tokens.length ? this.tokens[this.at + 1] : undefined;
    if (!second) throw new End({ edgesFrom: first.text, words: WORD_COMPARISONS });
    if (second.text === ':') {
      this.at += 2;
      this.binding(first.text);
    } else if (second.kind === 'variable') {
      this.at += 2;
      if (this.take(':', {})) this.hop(first.text, second.text);
    } else if (second.kind === 'name' && !this.comparesAt(this.at + 1)) {
      this.at += 1;
      this.hop(first.text);
    } else if (second.text === '<' && this.undirectedAt(this.at + 1)) {
      this.at += 2;
      this.hop(first.text);
    } else this.test();
  }

  /** `$a contains $b` is a traversal when there is such an edge; without the second variable it is none. */
  private comparesAt(place: number): boolean {
    const after = this.tokens[place + 1];
    return WORD_COMPARISONS.includes(this.tokens[place]?.text ?? '') && after?.kind !== 'variable';
  }

  private undirectedAt(place: number): boolean {
    const word = this.tokens[place + 1];
    const close = this.tokens[place + 2];
    return word === undefined || (word.kind === 'name' && (close === undefined || close.text === '>'));
  }

  private binding(variable: string): void {
    const type = this.next({ nodeTypes: true });
    if (type.kind !== 'type') return;
    this.facts.bound.set(variable, type.text);
    if (!this.take('{', CLAUSE)) return;
    this.assignments({ type: type.text, use: 'test', taken: [] });
  }

  private hop(from: string, as?: string): void {
    const edge = this.next({ edgesFrom: from }).text;
    this.take('>', { variables: true });
    if (this.take('{', { variables: true })) this.passTo('}');
    const to = this.peek({ variables: true });
    if (to.kind !== 'variable') return;
    this.at += 1;
    this.facts.hops.push({ from, edge, to: to.text, ...(as !== undefined && { as }) });
  }

  private test(): void {
    const before = this.at;
    this.expression(OPERAND, { words: WORD_COMPARISONS });
    const operator = this.peek({ words: WORD_COMPARISONS, ...CLAUSE }).text;
    if (COMPARISONS.has(operator) || WORD_COMPARISONS.includes(operator)) {
      this.at += 1;
      this.expression(OPERAND, CLAUSE);
    }
    if (this.at === before) this.at += 1;
  }

  private projections(): void {
    while (!this.take('}', PROJECTION)) {
      this.expression(PROJECTION, { words: ['as'], ...PROJECTION });
      if (this.take('as', { words: ['as'], ...PROJECTION })) this.facts.aliases.add(this.next({}).text);
      this.take(',', PROJECTION);
    }
  }

  private sorts(): void {
    while (!this.take('}', SORT)) {
      this.expression(SORT, { words: ['asc', 'desc'] });
      if (!this.take('asc', { words: ['asc', 'desc'] })) this.take('desc', { words: ['asc', 'desc'] });
      this.take(',', {});
    }
  }

  /** One operand. What closes a block is left standing. */
  private expression(expected: Expected, after: Expected): void {
    const first = this.peek(expected);
    if (first.text === '}' || first.text === ')') return;
    this.at += 1;
    if (first.kind === 'variable') {
      if (!this.take('.', after)) return;
      if (this.peek({ propertiesOf: first.text }).kind === 'name') this.at += 1;
    } else if (first.kind === 'name' && this.take('(', after)) {
      while (!this.take(')', expected)) {
        this.expression({ ...expected, functions: first.text === 'rrf' ? ['nearest', 'bm25'] : [] }, {});
        if (!this.take(',', {}) && this.peek({}).text !== ')') this.at += 1;
      }
    } else if (first.text === '[') this.passTo(']');
  }

  private mutation(word: 'insert' | 'update' | 'delete'): void {
    const type = this.next({ nodeTypes: true, edgeTypes: word !== 'update' }).text;
    if (word === 'insert') {
      if (this.take('{', {})) this.assignments({ type, use: 'insert', taken: [] });
      return;
    }
    if (word === 'update' && this.take('set', { words: ['set'] }) && this.take('{', {})) {
      this.assignments({ type, use: 'set', taken: [] });
    }
    if (!this.take('where', { words: ['where'] })) return;
    const property = this.next({ members: { type, use: 'where', taken: [] } }).text;
    this.next({});
    this.value({ type, property });
  }

  private assignments(members: Members): void {
    const taken: string[] = [];
    while (!this.take('}', { members: { ...members, taken } })) {
      const property = this.next({ members: { ...members, taken } }).text;
      taken.push(property);
      if (!this.take(':', {})) continue;
      this.value({ type: members.type, property });
      this.take(',', { members: { ...members, taken } });
    }
  }

  private value(valuesOf: { readonly type: string; readonly property: string }): void {
    const first = this.peek({ valuesOf, parameters: true });
    if (first.text === '}') return;
    this.at += 1;
    if (first.text === '[') this.passTo(']');
    else if (first.kind === 'name' && this.tokens[this.at]?.text === '(') this.passTo(')');
  }

  private passTo(close: string): void {
    while (this.next({}).text !== close);
  }

  private peek(expected: Expected): Token {
    const token = this.tokens[this.at];
    if (!token) throw new End(expected);
    return token;
  }

  private next(expected: Expected): Token {
    const token = this.peek(expected);
    this.at += 1;
    return token;
  }

  private take(text: string, expected: Expected): boolean {
    if (this.peek(expected).text !== text) return false;
    this.at += 1;
    return true;
  }
}
