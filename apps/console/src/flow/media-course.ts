import type { CallFlow, FlowDetail } from '@dialplane/calling-api';
import { inOrder, isServed, offsetOf } from './flow-analysis.ts';
import { namingOf } from './flow-lanes.ts';

/** A decision about the media of a group call: which process, which mode, what was switched. */
export interface MediaTurn {
  /** Of the entry in the record. */
  readonly sequence: number;
  readonly atMs: number;
  /** Whom it concerns; undefined for everybody. */
  readonly laneId?: string;
  readonly what: string;
  readonly why: string;
}

/** What the media processor saw of a participant's connection, last. */
export interface LegRow {
  readonly laneId: string;
  readonly report: Extract<FlowDetail, { readonly kind: 'mediaReport' }>;
}

/** What the media processor decided and what the controller decided for everybody, in order. Empty for a call between two people. */
export function mediaCourse(flow: CallFlow): readonly MediaTurn[] {
  if (!isServed(flow)) return [];
  const named = namingOf(flow);
  return inOrder(flow).flatMap((event) => {
    const { detail, from, to, sequence } = event;
    const isOurs = from === 'mediaProcessor' || (from === 'controller' && to === undefined);
    if (detail.kind !== 'decision' || !isOurs) return [];
    const laneId = to === 'controller' ? undefined : to;
    return [{ sequence, atMs: offsetOf(flow, event), what: named(detail.what), why: named(detail.why), ...(laneId === undefined ? {} : { laneId }) }];
  });
}

/** The newest report of each participant's connection. */
export function legRows(flow: CallFlow): readonly LegRow[] {
  const rows = new Map<string, LegRow>();
  for (const { detail, from, to } of flow.events) {
    if (detail.kind === 'mediaReport') rows.set(`${to ?? from} ${detail.mediaSessionId}`, { laneId: to ?? from, report: detail });
  }
  return [...rows.values()];
}
