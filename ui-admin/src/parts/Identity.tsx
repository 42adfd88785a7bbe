const WHOLE = 16;

/** An id as people compare them: by its end. The whole one is its title. */
export function Identity({ id }: { id: string }) {
  return id.length <= WHOLE ? <>{id}</> : <code title={id} className="identity">…{id.slice(-8)}</code>;
}
