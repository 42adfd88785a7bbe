/** What the page shows, as its address says it. */
export interface Shown {
  readonly graph: string;
  readonly branch?: string;
  readonly commit?: string;
  /** The branch that a merge of `branch` is prepared into. */
  readonly into?: string;
}

export function place(shown: Shown): string {
  return `/branches?${new URLSearchParams({ ...shown }).toString()}`;
}
