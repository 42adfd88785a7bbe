/** The known name that was probably meant: within a third of the longer one in edits, without regard to case. */
export function closest(written: string, known: readonly string[]): string | undefined {
  let best: string | undefined;
  let least = Infinity;
  for (const name of known) {
    const edits = distance(written.toLowerCase(), name.toLowerCase());
    const longest = Math.max(written.length, name.length);
    if (name === written || longest < 3 || edits > Math.max(1, Math.floor(longest / 3)) || edits >= least) continue;
    best = name;
    least = edits;
  }
  return best;
}

/** Levenshtein, a row at a time. */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_none, at) => at);
  for (let i = 1; i <= one.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= other.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (one[i - 1] === other[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[other.length] ?? 0;
}
