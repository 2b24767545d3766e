/** What a counter grew by; undefined where it is not told, and 0 where it was restarted. */
export function growth(before: number | undefined, after: number | undefined): number | undefined {
  return before === undefined || after === undefined ? undefined : Math.max(0, after - before);
}

/** Growth of a counter per second. */
export function perSecond(before: number | undefined, after: number | undefined, elapsedMs: number): number | undefined {
  const grown = growth(before, after);
  return grown === undefined || elapsedMs <= 0 ? undefined : (grown * 1000) / elapsedMs;
}

/** `part / whole`; undefined where there is no whole. */
export function ratio(part: number | undefined, whole: number | undefined): number | undefined {
  return part === undefined || whole === undefined || whole <= 0 ? undefined : part / whole;
}

/** Share of packets lost of those that were sent in an interval, 0 to 1. A late packet may make the loss negative: then 0. */
export function lossRate(lost: number | undefined, arrived: number | undefined): number | undefined {
  if (lost === undefined || arrived === undefined || lost + arrived <= 0) return undefined;
  return Math.min(1, Math.max(0, lost) / (Math.max(0, lost) + arrived));
}
