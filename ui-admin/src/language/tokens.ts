/** One token of a schema or a query; offsets are UTF-16 units, `to` is past the end. */
export interface Token {
  readonly kind: 'comment' | 'string' | 'variable' | 'type' | 'name' | 'number' | 'sign';
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

const SPACE = /[\s\uFEFF]+/y;
const FORMS: readonly (readonly [Token['kind'], RegExp])[] = [
  ['comment', /\/\/[^\n]*|\/\*[^]*?(?:\*\/|$)/y],
  ['string', /"(?:\\[^]|[^"\\])*(?:"|$)/y],
  ['variable', /\$\w*/y],
  ['type', /[A-Z]\w*/y],
  ['name', /[a-z_]\w*/y],
  ['number', /\d+(?:\.\d+)?/y],
  ['sign', /->|\.\.|!=|<=|>=|[^]/y],
];

/** All tokens of a text, comments included. Any text has tokens: what fits no form is a sign. */
export function tokensOf(text: string): readonly Token[] {
  const found: Token[] = [];
  for (let at = 0; at < text.length; ) {
    SPACE.lastIndex = at;
    at += SPACE.exec(text)?.[0].length ?? 0;
    for (const [kind, form] of FORMS) {
      form.lastIndex = at;
      const match = form.exec(text);
      if (!match) continue;
      found.push({ kind, text: match[0], from: at, to: at + match[0].length });
      at += match[0].length;
      break;
    }
  }
  return found;
}

/** Whether a position lies in a comment or a string, where no name is meant. */
export function inProse(token: Token, position: number): boolean {
  if (position <= token.from || position > token.to) return false;
  if (position < token.to) return token.kind === 'comment' || token.kind === 'string';
  if (token.kind === 'comment') return !(token.text.startsWith('/*') && /^\/\*[^]*\*\/$/.test(token.text));
  return token.kind === 'string' && !/^"(?:\\[^]|[^"\\])*"$/.test(token.text);
}
