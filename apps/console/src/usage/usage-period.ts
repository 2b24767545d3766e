/** Days of UTC, as the ledger counts them; both are included. */
export interface UsagePeriod {
  readonly firstDay: string;
  readonly lastDay: string;
}

const dayMs = 86_400_000;

/** The last 30 days, today included. */
export function recentDays(now: number): UsagePeriod {
  return { firstDay: dayOf(now - 29 * dayMs), lastDay: dayOf(now) };
}

/** The instants of a query, or undefined where the days are none or in the wrong order. */
export function instantsOf({ firstDay, lastDay }: UsagePeriod): { readonly from: string; readonly to: string } | undefined {
  const from = Date.parse(`${firstDay}T00:00:00Z`);
  const to = Date.parse(`${lastDay}T00:00:00Z`) + dayMs;
  return Number.isNaN(from) || Number.isNaN(to) || from >= to ? undefined : { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
