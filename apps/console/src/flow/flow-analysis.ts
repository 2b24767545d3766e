import type { CallFlow, FlowCandidate, FlowEvent } from '@dialplane/calling-api';
import { codecName, pathOf, transportOf, type MediaPath, type MediaWay } from './media-path.ts';

/** A candidate pair as one lane saw it: every report of it, folded into its last word. */
export interface PairRow {
  readonly laneId: string;
  readonly local: FlowCandidate;
  readonly remote: FlowCandidate;
  readonly outcome: 'succeeded' | 'failed' | 'selected';
  readonly path: MediaPath;
  readonly transport: string;
  readonly rttMs?: number;
  /** After the start of the call. */
  readonly firstMs: number;
}

/** One kind of media in one direction, as one lane saw it. */
export interface StreamRow {
  readonly laneId: string;
  readonly direction: 'send' | 'receive';
  readonly mediaStreamType: 'Audio' | 'Video' | 'ScreenSharing';
  readonly codec?: string;
  readonly firstMs?: number;
  readonly lastMs?: number;
  readonly packets?: number;
  readonly bytes?: number;
  readonly packetsLost?: number;
}

/** The moments that people ask about. Milliseconds; absent when the record does not hold them. */
export interface Milestones {
  /** From the start until a device rang. */
  readonly ringingMs?: number;
  /** From the start until somebody answered: a person, or a telephone. */
  readonly answeredMs?: number;
  /** From the answer until the first received media. */
  readonly answerToMediaMs?: number;
  /** From the start to the end. */
  readonly totalMs?: number;
  /** The way that media took in the end. */
  readonly way?: MediaWay;
  /** Of a call that people join, instead of being rung: how many did, and when one of them first received something. */
  readonly joined?: { readonly people: number; readonly mediaMs?: number };
}

/** The pairs tried, in order of their first report. A lane has one selected pair: the one it selected last. */
export function candidatePairs(flow: CallFlow): readonly PairRow[] {
  const rows = new Map<string, PairRow>();
  for (const event of flow.events) {
    const { detail, from } = event;
    if (detail.kind !== 'candidatePair') continue;
    const key = JSON.stringify([from, candidateKey(detail.local), candidateKey(detail.remote)]);
    const before = rows.get(key);
    const rttMs = detail.rttMs ?? before?.rttMs;
    if (detail.outcome === 'selected') demoteSelected(rows, from);
    rows.set(key, {
      laneId: from, local: detail.local, remote: detail.remote,
      outcome: before?.outcome === 'selected' && detail.outcome === 'succeeded' ? 'selected' : detail.outcome,
      path: pathOf(detail.local, detail.remote), transport: transportOf(detail.local),
      ...(rttMs === undefined ? {} : { rttMs }), firstMs: before?.firstMs ?? offsetOf(flow, event),
    });
  }
  return [...rows.values()].filter((row, _, all) => !isSuperseded(row, all));
}

function demoteSelected(rows: Map<string, PairRow>, laneId: string): void {
  for (const [key, row] of rows) if (row.laneId === laneId && row.outcome === 'selected') rows.set(key, { ...row, outcome: 'succeeded' });
}

/**
 * A remote candidate that only the check revealed (peer-reflexive, its address hidden) and that was signaled a moment later under
 * the same port is the same candidate (RFC 8445 §7.3.1.3).
 */
function isSuperseded(row: PairRow, all: readonly PairRow[]): boolean {
  if (row.remote.candidateType !== 'prflx' || row.remote.address !== undefined) return false;
  return all.some((other) => other !== row && other.laneId === row.laneId && other.outcome !== 'failed' && other.local.port === row.local.port && other.remote.port === row.remote.port);
}

/** Media per lane, direction and kind, with its first and last packet. */
export function mediaStreams(flow: CallFlow): readonly StreamRow[] {
  const rows = new Map<string, StreamRow>();
  for (const event of flow.events) {
    const { detail, from } = event;
    if (detail.kind !== 'firstMedia' && detail.kind !== 'lastMedia') continue;
    const key = `${from} ${detail.direction} ${detail.mediaStreamType}`;
    const row = rows.get(key) ?? { laneId: from, direction: detail.direction, mediaStreamType: detail.mediaStreamType };
    const atMs = offsetOf(flow, event);
    if (detail.kind === 'firstMedia') rows.set(key, { ...row, firstMs: Math.min(row.firstMs ?? atMs, atMs), ...(detail.codec === undefined ? {} : { codec: codecName(detail.codec) }) });
    else {
      const { packets, bytes, packetsLost } = detail;
      rows.set(key, { ...row, lastMs: atMs, packets, bytes, ...(packetsLost === undefined ? {} : { packetsLost }) });
    }
  }
  return [...rows.values()];
}

/** When it rang, was answered, was heard, and which way media went. */
export function milestones(flow: CallFlow): Milestones {
  const at = (matches: (event: FlowEvent) => boolean): FlowEvent | undefined => flow.events.find(matches);
  const ringing = at(({ detail }) => detail.kind === 'participantState' && detail.state === 'Ringing') ?? at(({ detail, from, to }) => detail.kind === 'callState' && detail.state === 'Ringing' && !isTelephone(flow, to ?? from));
  const answer = at((event) => isAcceptance(event) || isTelephonesAnswer(flow, event));
  const answeredMs = answer === undefined ? undefined : offsetOf(flow, answer);
  const joins = flow.events.filter(({ detail }) => detail.kind === 'request' && detail.operation === 'joinCall' && detail.status < 300);
  const media = at(({ detail }) => detail.kind === 'firstMedia' && detail.direction === 'receive');
  const selected = selectedPair(candidatePairs(flow));
  return {
    ...(ringing === undefined ? {} : { ringingMs: offsetOf(flow, ringing) }),
    ...(answeredMs === undefined ? {} : { answeredMs: Math.max(0, answeredMs) }),
    ...(media === undefined || answeredMs === undefined ? {} : { answerToMediaMs: Math.max(0, offsetOf(flow, media) - answeredMs) }),
    ...(flow.endedAt === undefined ? {} : { totalMs: Date.parse(flow.endedAt) - Date.parse(flow.startedAt) }),
    ...(selected === undefined ? {} : { way: { path: selected.path, transport: selected.transport, isServed: isServed(flow) } }),
    ...(joins.length === 0 ? {} : { joined: { people: new Set(joins.map(({ from }) => from)).size, ...(media === undefined ? {} : { mediaMs: offsetOf(flow, media) }) } }),
  };
}

const isAcceptance = ({ detail }: FlowEvent): boolean => detail.kind === 'request' && detail.operation === 'acceptCall' && detail.status < 300;

/** A telephone is told to ring long before it does, if it does. */
const isTelephone = ({ lanes }: CallFlow, laneId: string): boolean => lanes.some(({ id, identifier }) => id === laneId && identifier?.startsWith('4:') === true);

const isTelephonesAnswer = ({ lanes }: CallFlow, { detail, from }: FlowEvent): boolean =>
  detail.kind === 'callState' && detail.state === 'Connected' && lanes.some(({ id, role }) => id === from && (role === 'callee' || role === 'phone'));

/** Whether media flows through the media processor: in every call but those between two devices. */
export function isServed({ events }: CallFlow): boolean {
  return events.some(({ from }) => from === 'mediaProcessor');
}

/** The pair media used last; that of `laneId`, or of any lane. */
export function selectedPair(pairs: readonly PairRow[], laneId?: string): PairRow | undefined {
  return pairs.findLast((pair) => pair.outcome === 'selected' && (laneId === undefined || pair.laneId === laneId));
}

/** Milliseconds from the start of the call to an entry. A request is recorded when it is answered; it counts from its arrival. */
export function offsetOf(flow: CallFlow, event: FlowEvent): number {
  return Math.max(0, begunAt(event) - Date.parse(flow.startedAt));
}

/** The entries in the order in which they began. */
export function inOrder(flow: CallFlow): readonly FlowEvent[] {
  return flow.events.toSorted((a, b) => begunAt(a) - begunAt(b) || rankOf(a) - rankOf(b) || a.sequence - b.sequence);
}

/** Epoch ms, whole: the record is no finer. */
const begunAt = ({ time, detail }: FlowEvent): number => Math.floor(Date.parse(time) - (detail.kind === 'request' ? detail.durationMs : 0));

/** What a request brings about carries the time of the request. */
const rankOf = ({ detail }: FlowEvent): number => (detail.kind === 'request' ? 0 : 1);

const candidateKey = ({ candidateType, protocol, relayProtocol, address, port }: FlowCandidate): readonly unknown[] => [candidateType, protocol, relayProtocol, address, port];
