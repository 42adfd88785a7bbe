import type { Diagnostic } from '../api/client';
import { tokensOf } from './tokens';

/** What is wrong with a text, at a place of that very text. */
export interface Finding {
  readonly severity: 'error' | 'warning';
  readonly code: string;
  readonly message: string;
  readonly from: number;
  readonly to: number;
  /** Of the start, from 1; absent when the finding is about the whole text. */
  readonly place?: { readonly line: number; readonly column: number };
  /** What was probably meant instead of what stands at the place. */
  readonly instead?: string;
}

interface LintReport {
  readonly results?: readonly { readonly name: string; readonly error?: string; readonly warnings?: readonly string[] }[];
  readonly findings?: readonly { readonly severity: string; readonly code: string; readonly message: string }[];
}

const AT_THE_END = /^(\w+): ([^]*?)(?: \((\d+):(\d+)\))?$/;
const AT_THE_BEGINNING = /^(?:(\d+):(\d+): )?([^]*)$/;
const LONGEST_MARK = 200;
const MEANT = /; did you mean '([^']+)'\?$/;

/** What the lint route says of a text, errors before warnings, each in the order of the text. */
export function findingsOf(report: unknown, text: string): readonly Finding[] {
  const { results = [], findings = [] } = (report ?? {}) as LintReport;
  const places = new Places(text);
  const found = [
    ...findings.flatMap(({ severity, code, message }) => {
      const [, line, column, rest = ''] = AT_THE_BEGINNING.exec(message) ?? [];
      return severity === 'info' ? [] : [places.finding(severity === 'error' ? 'error' : 'warning', code, rest, line, column)];
    }),
    ...results.flatMap((result) => [
      ...(result.error?.split('\n') ?? []).map((one) => {
        const [, code = '', message = one, line, column] = AT_THE_END.exec(one) ?? [];
        return places.finding('error', code, message, line, column);
      }),
      ...(result.warnings ?? []).map((message) => places.finding('warning', '', message)),
    ]),
  ];
  return sorted(found);
}

/** What a refused request says of its text. */
export function findingsOfRefusal(diagnostics: readonly Diagnostic[], text: string): readonly Finding[] {
  const places = new Places(text);
  return sorted(
    diagnostics.map(({ code, message, line, column }) => places.finding('error', code, message, line, column)),
  );
}

function sorted(found: readonly Finding[]): readonly Finding[] {
  return [...found].sort((a, b) => a.severity.localeCompare(b.severity) || a.from - b.from);
}

class Places {
  private readonly lines: readonly number[];

  constructor(private readonly text: string) {
    this.lines = [0, ...[...text.matchAll(/\n/g)].map((found) => found.index + 1)];
  }

  finding(severity: Finding['severity'], code: string, message: string, line?: string | number, column?: string | number): Finding {
    if (line === undefined || column === undefined) return { severity, code, message, from: 0, to: 0 };
    const place = { line: Number(line), column: Number(column) };
    const from = Math.min((this.lines[place.line - 1] ?? this.text.length) + place.column - 1, this.text.length);
    const instead = MEANT.exec(message)?.[1];
    return { severity, code, message, from, to: this.end(from), place, ...(instead !== undefined && { instead }) };
  }

  /** The end of the token that begins here; the place itself where none does. */
  private end(from: number): number {
    const [first] = tokensOf(this.text.slice(from, from + LONGEST_MARK));
    return first?.from === 0 ? from + first.to : from;
  }
}
