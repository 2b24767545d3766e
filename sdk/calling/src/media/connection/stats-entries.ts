/** An entry of a statistics report (W3C webrtc-stats); which members it has depends on its type and on the browser. */
export type StatsEntry = Readonly<Record<string, unknown>> & { readonly id: string; readonly type: string };

/** The entries of one type. */
export function statsOfType(report: RTCStatsReport, type: string): StatsEntry[] {
  const entries: StatsEntry[] = [];
  report.forEach((entry: StatsEntry) => {
    if (entry.type === type) entries.push(entry);
  });
  return entries;
}

/** A member that is a number, or undefined. */
export function numberOf(entry: StatsEntry, name: string): number | undefined {
  const value = entry[name];
  return typeof value === 'number' ? value : undefined;
}
