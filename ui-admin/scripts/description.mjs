/**
 * The API's description names an answer that has one success only "default", and does not say which properties an
 * answer always has. Both are made plain here, before types are made of it: every property of an answer is present,
 * except those that the server leaves out or sends as null.
 */
const ABSENT_AT_TIMES = new Set([
  'actor_id',
  'after',
  'base',
  'before',
  'branch',
  'branch_delete_error',
  'branch_deleted',
  'commit',
  'decision_id',
  'endpoints',
  'entity_id',
  'entity_kind',
  'figures',
  'finished_at',
  'first_broken',
  'graph',
  'graph_branch',
  'graph_commit_id',
  'hash',
  'merged_parent',
  'merged_parent_commit_id',
  'next',
  'next_page_token',
  'ours',
  'outcome',
  'parent',
  'parent_commit_id',
  'policy_revision',
  'request_id',
  'snapshot',
  'started_at',
  'suspension',
  'theirs',
  'why',
]);
const ALWAYS = {
  CommitOutput: ['graph_commit_id'],
  DatasetOutput: ['entity_kind'],
  DecisionOutput: ['decision_id', 'policy_revision'],
  MergeOutput: ['outcome'],
  PreviewOutput: ['outcome'],
};
const AT_TIMES = { MergeConflict: ['type_name'] };
const SENT = /(Request|Body)$/;

export function plain(description) {
  const copy = structuredClone(description);
  for (const [name, schema] of Object.entries(copy.components.schemas)) {
    if (SENT.test(name) || !schema.properties || schema.required) continue;
    const always = ALWAYS[name] ?? [];
    const atTimes = AT_TIMES[name] ?? [];
    schema.required = Object.keys(schema.properties).filter(
      (key) => always.includes(key) || !(ABSENT_AT_TIMES.has(key) || atTimes.includes(key)),
    );
  }
  for (const operations of Object.values(copy.paths)) {
    for (const { responses } of Object.values(operations)) {
      if (responses?.default && !Object.keys(responses).some((code) => code.startsWith('2'))) {
        responses[200] = responses.default;
        delete responses.default;
      }
    }
  }
  return copy;
}
