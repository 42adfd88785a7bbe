import { Button, Label } from '@patternfly/react-core';
import type { Finding } from '../language/findings';

interface Properties {
  /** Nothing while the text as it stands has not been checked. */
  readonly findings: readonly Finding[] | undefined;
  readonly goTo: (position: number) => void;
  readonly replace: (from: number, to: number, text: string) => void;
}

/** What is wrong with the text, for whoever doesn't see the marks in it; each place is a way there. */
export function Findings({ findings, goTo, replace }: Properties) {
  const errors = findings?.filter((one) => one.severity === 'error').length ?? 0;
  const warnings = (findings?.length ?? 0) - errors;
  return (
    <div className="findings" data-testid="findings">
      <p role="status" className="findings-count">
        {findings && counted(errors, warnings)}
      </p>
      {findings && findings.length > 0 && (
        <ul aria-label="Findings" data-testid="diagnostics">
          {findings.map((one, index) => (
            <li key={index}>
              <Label isCompact status={one.severity === 'error' ? 'danger' : 'warning'}>
                {one.code || one.severity}
              </Label>{' '}
              {one.place && (
                <Button variant="link" isInline onClick={() => goTo(one.from)}>
                  line {one.place.line}, column {one.place.column}
                </Button>
              )}
              {one.place && ': '}
              {one.message}{' '}
              {one.instead !== undefined && (
                <Button variant="link" isInline onClick={() => replace(one.from, one.to, one.instead ?? '')}>
                  Write {one.instead}
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function counted(errors: number, warnings: number): string {
  const parts = [
    ...(errors > 0 ? [`${errors} ${errors === 1 ? 'error' : 'errors'}`] : []),
    ...(warnings > 0 ? [`${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`] : []),
  ];
  return parts.length === 0 ? 'No errors' : parts.join(', ');
}
