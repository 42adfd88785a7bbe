export type Row = Readonly<Record<string, unknown>>;

/** A value as a cell shows it; null is told apart from the text "null" by its own style. */
export function cellText(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'object') return JSON.stringify(value);
  return String(value);
}

export interface Picture {
  readonly nodes: readonly string[];
  readonly links: readonly { readonly from: string; readonly to: string; readonly label: string }[];
}

/** The first two columns that hold texts are taken as the ends of a link, a third column as its label. */
export function pictureOf(columns: readonly string[], rows: readonly Row[]): Picture | undefined {
  const first = rows[0];
  if (!first) return undefined;
  const texts = columns.filter((column) => typeof first[column] === 'string');
  const [from, to] = texts;
  if (from === undefined || to === undefined) return undefined;
  const label = columns.find((column) => column !== from && column !== to);
  const nodes = new Set<string>();
  const links = rows.flatMap((row) => {
    const source = row[from];
    const target = row[to];
    if (typeof source !== 'string' || typeof target !== 'string') return [];
    nodes.add(source).add(target);
    return [{ from: source, to: target, label: label === undefined ? '' : cellText(row[label]) }];
  });
  return links.length === 0 ? undefined : { nodes: [...nodes], links };
}
