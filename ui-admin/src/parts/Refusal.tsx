import { Alert } from '@patternfly/react-core';
import { ApiError } from '../api/client';

/** Why an action on the page was not done, beside what it was about. */
export function Refusal({ title, error }: { title: string; error: unknown }) {
  const problem = error instanceof ApiError ? error.problem : undefined;
  const denied = problem?.status === 403;
  return (
    <Alert isInline variant="danger" title={denied ? 'Your policy does not allow this' : title} data-testid="refusal">
      {!denied && <p>{problem?.error ?? 'An unknown failure.'}</p>}
      {denied && problem.reasons && problem.reasons.length > 0 && (
        <p>
          <code>{problem.reasons.join(', ')}</code>
        </p>
      )}
      {problem?.decision_id && (
        <p>
          Decision <code>{problem.decision_id}</code>
        </p>
      )}
    </Alert>
  );
}
