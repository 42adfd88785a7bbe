import type { Schemas } from '../api/client';

export type TrailRecord = Schemas['AuditOutput'];

/** What the trail says of one request: what was decided, and how it ended. */
export interface RequestRow {
  readonly id: string;
  readonly ts: string;
  readonly actor: string;
  readonly operation: string;
  readonly graph: string | undefined;
  readonly branch: string | undefined;
  readonly allow: boolean;
  readonly reasons: readonly string[];
  /** Of the end; absent while only the decision is known. */
  readonly outcome: string | undefined;
  readonly commit: string | undefined;
  readonly request: string | undefined;
  readonly decision: string | undefined;
}

/** Joins the records of one request and one operation; order is that of the first record of each. A refusal outweighs what allowed it before. */
export function joined(records: readonly TrailRecord[]): readonly RequestRow[] {
  const rows = new Map<string, RequestRow>();
  for (const record of records) {
    const key = record.request_id ? `${record.request_id} ${record.operation} ${record.actor}` : record.id;
    const before = rows.get(key);
    const decides = !before || (before.allow && !record.allow);
    rows.set(key, {
      id: before?.id ?? record.id,
      ts: before && before.ts < record.ts ? before.ts : record.ts,
      actor: record.actor,
      operation: record.operation,
      graph: before?.graph ?? record.graph,
      branch: before?.branch ?? record.branch,
      allow: (before?.allow ?? true) && record.allow,
      reasons: decides || before.reasons.length === 0 ? record.reasons : before.reasons,
      outcome: before?.outcome ?? record.outcome,
      commit: before?.commit ?? record.graph_commit_id,
      request: record.request_id,
      decision: before?.decision ?? record.decision_id,
    });
  }
  return [...rows.values()];
}
