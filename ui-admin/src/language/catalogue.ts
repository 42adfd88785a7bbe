import { tokensOf, type Token } from './tokens';

/** A property as the schema writes it; `type` is its text, such as `[I32]?`. */
export interface Property {
  readonly name: string;
  readonly type: string;
  readonly nullable: boolean;
  readonly key: boolean;
  /** The values of an enum; none for other types. */
  readonly values: readonly string[];
  readonly description?: string;
}

export interface NodeType {
  readonly name: string;
  readonly properties: readonly Property[];
  readonly description?: string;
}

export interface EdgeType extends NodeType {
  /** How a traversal names it. */
  readonly word: string;
  readonly source: string;
  readonly target: string;
}

export interface Catalogue {
  readonly nodes: readonly NodeType[];
  readonly edges: readonly EdgeType[];
}

export const NOTHING_KNOWN: Catalogue = { nodes: [], edges: [] };

interface Body {
  readonly properties: readonly Property[];
  readonly interfaces: readonly string[];
  readonly description?: string;
}

/**
 * The names of a schema's source. It is read for completion only: the server has accepted the text, so whatever this
 * reader doesn't know is passed over instead of refused.
 */
export function catalogueOf(source: string): Catalogue {
  return new Reader(source).read();
}

class Reader {
  private readonly tokens: readonly Token[];
  private at = 0;

  constructor(private readonly source: string) {
    this.tokens = tokensOf(source).filter((token) => token.kind !== 'comment');
  }

  read(): Catalogue {
    const interfaces = new Map<string, readonly Property[]>();
    const nodes: { name: string; body: Body }[] = [];
    const edges: EdgeType[] = [];
    while (this.at < this.tokens.length) {
      const word = this.next();
      const name = this.peek();
      if (name?.kind !== 'type') continue;
      this.at += 1;
      if (word === 'interface') interfaces.set(name.text, this.body().properties);
      else if (word === 'node') nodes.push({ name: name.text, body: this.body() });
      else if (word === 'edge') {
        this.take(':');
        const from = this.next();
        this.take('->');
        const target = this.next();
        const { interfaces: _none, ...body } = this.body();
        edges.push({ name: name.text, word: name.text[0]?.toLowerCase() + name.text.slice(1), source: from, target, ...body });
      }
    }
    return {
      nodes: nodes.map(({ name, body: { interfaces: implemented, ...body } }) => ({
        name,
        ...body,
        properties: withContracts(body.properties, implemented.flatMap((one) => interfaces.get(one) ?? [])),
      })),
      edges,
    };
  }

  /** From behind a declaration's name to its end: annotations, interfaces, and members where there are braces. */
  private body(): Body {
    let description: string | undefined;
    const interfaces: string[] = [];
    while (this.at < this.tokens.length) {
      if (this.take('@')) {
        const annotation = this.annotation();
        if (annotation.name === 'description') description = annotation.text;
      } else if (this.take('implements')) {
        do interfaces.push(this.next());
        while (this.take(','));
      } else break;
    }
    const properties = this.take('{') ? this.members() : [];
    return { properties, interfaces, ...(description !== undefined && { description }) };
  }

  private members(): readonly Property[] {
    const properties: Property[] = [];
    const keys = new Set<string>();
    while (this.at < this.tokens.length && !this.take('}')) {
      if (this.take('@')) {
        const { name, members } = this.annotation();
        if (name === 'key') members.forEach((member) => keys.add(member));
      } else if (this.tokens[this.at + 1]?.text === ':') properties.push(this.property());
      else this.at += 1;
    }
    return properties.map((one) => (keys.has(one.name) ? { ...one, key: true } : one));
  }

  private property(): Property {
    const name = this.next();
    this.take(':');
    const from = this.peek()?.from ?? this.source.length;
    let values: readonly string[] = [];
    let to = this.pass();
    if (this.source[from] === '[') while (this.at < this.tokens.length && this.source[to - 1] !== ']') to = this.pass();
    else if (this.peek()?.text === '(') {
      const word = this.source.slice(from, to);
      const open = to;
      while (this.at < this.tokens.length && this.source[to - 1] !== ')') to = this.pass();
      if (word === 'enum') values = this.source.slice(open, to).replace(/^\s*\(|\)$/g, '').split(',').map((one) => one.trim());
    }
    const nullable = this.peek()?.text === '?';
    if (nullable) to = this.pass();
    let key = false;
    let description: string | undefined;
    while (this.peek()?.text === '@') {
      const start = this.at;
      this.at += 1;
      const annotation = this.annotation();
      // With arguments of its own it is a constraint of the body that shares the line.
      if (annotation.members.length > 0) {
        this.at = start;
        break;
      }
      if (annotation.name === 'key') key = true;
      if (annotation.name === 'description') description = annotation.text;
    }
    return { name, type: this.source.slice(from, to), nullable, key, values, ...(description !== undefined && { description }) };
  }

  /** Behind the sign @: the name, the texts among its arguments, and the properties that it names. */
  private annotation(): { readonly name: string; readonly text: string; readonly members: readonly string[] } {
    const name = this.next();
    const members: string[] = [];
    let text = '';
    if (this.take('(')) {
      while (this.at < this.tokens.length && !this.take(')')) {
        const token = this.peek();
        this.at += 1;
        if (token?.kind === 'name') members.push(token.text);
        if (token?.kind === 'string' && text === '') text = unquoted(token.text);
      }
    }
    return { name, text, members };
  }

  private peek(): Token | undefined {
    return this.tokens[this.at];
  }

  private next(): string {
    const text = this.peek()?.text ?? '';
    this.at += 1;
    return text;
  }

  /** Passes one token and tells where it ends. */
  private pass(): number {
    const to = this.peek()?.to ?? this.source.length;
    this.at += 1;
    return to;
  }

  private take(text: string): boolean {
    if (this.peek()?.text !== text) return false;
    this.at += 1;
    return true;
  }
}

function withContracts(own: readonly Property[], contracts: readonly Property[]): readonly Property[] {
  const known = new Set(own.map((one) => one.name));
  const injected = contracts.filter((one) => !known.has(one.name) && known.add(one.name));
  return [...own, ...injected];
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

function unquoted(literal: string): string {
  return literal.slice(1, -1).replace(/\\([^])/g, (_whole, one: string) => ESCAPES[one] ?? one);
}
