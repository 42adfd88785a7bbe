const FORM = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium', timeZone: 'UTC' });

/** An instant in ISO form, as UTC. */
export function moment(iso: string): string {
  return `${FORM.format(new Date(iso))} UTC`;
}

/** Microseconds since the epoch, as UTC. */
export function micros(value: number): string {
  return `${FORM.format(new Date(value / 1_000))} UTC`;
}
