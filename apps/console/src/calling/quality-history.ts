import type { QualityPoint } from './media-quality.ts';

/** An hour, a point a second. */
const maxPoints = 3600;
const maxCalls = 8;

/** What this tab measured of its own calls, for the charts; forgotten with the tab. Oldest points and calls go first. */
export class QualityHistory {
  private readonly calls = new Map<string, QualityPoint[]>();

  add(callId: string, point: QualityPoint): void {
    const points = this.calls.get(callId) ?? [];
    this.calls.delete(callId);
    this.calls.set(callId, [...points.slice(-(maxPoints - 1)), point]);
    for (const oldest of this.calls.keys()) {
      if (this.calls.size <= maxCalls) break;
      this.calls.delete(oldest);
    }
  }

  /** Oldest first; the same array until something is added. */
  of(callId: string): readonly QualityPoint[] {
    return this.calls.get(callId) ?? none;
  }
}

const none: readonly QualityPoint[] = [];
