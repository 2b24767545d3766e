import type { PlaneLog } from './plane-messages.ts';

const intervalMs = 10_000;

/**
 * A log that strangers cannot fill: of the lines whose field `limited` names the same kind, one in ten seconds is written, and with the next how many were not. The
 * field itself is left out; lines without it are written always.
 */
export class LimitedLog {
  private readonly sink: PlaneLog;
  private readonly kinds = new Map<string, { until: number; omitted: number }>();

  constructor(sink: PlaneLog) {
    this.sink = sink;
  }

  readonly write: PlaneLog = (level, { limited, ...fields }, message) => {
    if (typeof limited !== 'string') return this.sink(level, fields, message);
    const now = performance.now();
    const known = this.kinds.get(limited);
    if (known !== undefined && now < known.until) {
      known.omitted += 1;
      return;
    }
    this.kinds.set(limited, { until: now + intervalMs, omitted: 0 });
    this.sink(level, known === undefined || known.omitted === 0 ? fields : { ...fields, omitted: known.omitted }, message);
  };
}
