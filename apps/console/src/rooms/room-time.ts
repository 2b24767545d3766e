/** An instant as the browser's field for a date and time has it: on the wall clock here, to the minute. */
export function fieldOf(instant: string): string {
  const date = new Date(instant);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** The instant in such a field; `undefined` where it is empty. */
export function instantOf(field: string): string | undefined {
  const date = new Date(field);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

/** Whether a room can be joined now, in words. */
export function windowText({ validFrom, validUntil }: { readonly validFrom: string; readonly validUntil: string }, now: number): string {
  const shown = (instant: string): string => new Date(instant).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
  if (now < Date.parse(validFrom)) return `from ${shown(validFrom)}`;
  return now < Date.parse(validUntil) ? `open until ${shown(validUntil)}` : `over since ${shown(validUntil)}`;
}
