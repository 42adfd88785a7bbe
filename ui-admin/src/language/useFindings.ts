import { useEffect, useState } from 'react';
import { dataOf, useApi } from '../api/client';
import { Checks } from './checks';
import { findingsOf, type Finding } from './findings';

/** What the compiler says of a text while it is being written; nothing until the very text has been checked. */
export function useFindings(tenant: string, graph: string, text: string): readonly Finding[] | undefined {
  const api = useApi();
  const [checked, setChecked] = useState<{ readonly of: string; readonly findings: readonly Finding[] }>();
  const question = JSON.stringify([tenant, graph, text]);
  useEffect(() => {
    const checks = new Checks(
      (query, signal) =>
        dataOf(
          api.POST('/v1/tenants/{tenant}/graphs/{graph}/lint', { params: { path: { tenant, graph } }, body: { query }, signal }),
        ),
      (report) => setChecked(report && { of: question, findings: findingsOf(report, text) }),
    );
    checks.changed(text);
    return () => checks.stop();
  }, [api, tenant, graph, text, question]);
  return checked?.of === question ? checked.findings : undefined;
}
