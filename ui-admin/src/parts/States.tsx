import {
  Alert,
  Bullseye,
  Button,
  EmptyState,
  EmptyStateActions,
  EmptyStateBody,
  EmptyStateFooter,
  Spinner,
} from '@patternfly/react-core';
import { LockIcon } from '@patternfly/react-icons/dist/esm/icons/lock-icon';
import type { ReactNode } from 'react';
import { ApiError } from '../api/client';

export function Loading({ what }: { what: string }) {
  return (
    <Bullseye>
      <Spinner aria-label={what} />
    </Bullseye>
  );
}

export function Empty({ title, children }: { title: string; children: ReactNode }) {
  return (
    <EmptyState titleText={title} headingLevel="h2">
      <EmptyStateBody>{children}</EmptyStateBody>
    </EmptyState>
  );
}

/** A denial is shown as one: who decided and why, and nothing to retry. Everything else says what to do next. */
export function Failed({ error, retry }: { error: unknown; retry?: () => void }) {
  const problem = error instanceof ApiError ? error.problem : undefined;
  if (problem?.status === 403) {
    return (
      <EmptyState titleText="Your policy does not allow this" headingLevel="h2" icon={LockIcon} data-testid="denied">
        <EmptyStateBody>
          {problem.reasons && problem.reasons.length > 0 && (
            <ul>
              {problem.reasons.map((reason) => (
                <li key={reason}>
                  <code>{reason}</code>
                </li>
              ))}
            </ul>
          )}
          {problem.decision_id && (
            <p>
              Decision <code>{problem.decision_id}</code>
            </p>
          )}
        </EmptyStateBody>
      </EmptyState>
    );
  }
  return (
    <EmptyState titleText="That did not work" headingLevel="h2" status="danger" data-testid="failed">
      <EmptyStateBody>
        <p>{problem?.error ?? (error instanceof Error ? error.message : 'An unknown failure.')}</p>
        {problem?.request_id && (
          <p>
            Request <code>{problem.request_id}</code>
          </p>
        )}
      </EmptyStateBody>
      {retry && (
        <EmptyStateFooter>
          <EmptyStateActions>
            <Button onClick={retry}>Try again</Button>
          </EmptyStateActions>
        </EmptyStateFooter>
      )}
    </EmptyState>
  );
}

export function Notice({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <Alert isInline variant="info" title={title}>
      {children}
    </Alert>
  );
}
