import type { CallRecord } from '@dialplane/call';
import type { CallSummary, EndReason } from '@dialplane/calling-api';
import type { ClientDescription } from '../endpoints/registered-endpoint.ts';
import type { Clock } from '../clock.ts';
import type { CallFacts } from './call-facts.ts';
import type { CallFlowRecorder } from './call-flow-recorder.ts';
import { callSummaries } from './call-summaries.ts';
import type { CallOutline } from './list-entry.ts';
import type { CallAbout, RunningCall } from './running-call.ts';

/** How a call ended: with the engine's record, or without one when the engine failed. */
export interface Ending {
  readonly reason: EndReason;
  readonly record?: CallRecord;
}

/** A call that ended a moment ago: clients still report what they saw of it. */
export class EndedCall implements Omit<CallOutline, 'facts'> {
  readonly about: CallAbout;
  readonly kind: CallOutline['kind'];
  readonly lanes: CallOutline['lanes'];
  readonly parties: ReadonlySet<string>;
  /** Those whom the store may not hold yet. */
  readonly unstoredParties: readonly string[];
  readonly flow: CallFlowRecorder;
  /** Wall-clock milliseconds. */
  readonly endedAt: number;
  readonly summaries: readonly CallSummary[];
  /** What its list entry in the store was drawn from. */
  storedFacts: CallFacts | undefined;
  private readonly participantIds: ReadonlyMap<string, string>;

  /** Draws the conclusion of `call`; its flow record goes on here. */
  constructor(call: RunningCall, { reason, record }: Ending, clock: Clock, clientOf: (endpointId: string) => ClientDescription) {
    const [now, wall] = [clock.now(), clock.wallMs()];
    const dating = (at: number): number => Math.round(wall - (now - at));
    this.about = call.about;
    this.kind = record?.kind ?? call.kind;
    this.lanes = call.lanes;
    this.parties = new Set(call.parties);
    this.unstoredParties = call.listUnstoredParties();
    this.flow = call.flow;
    this.endedAt = record === undefined ? wall : dating(record.endedAt);
    this.summaries = record === undefined ? [] : callSummaries(record, dating, clientOf);
    this.participantIds = record === undefined ? call.participantIds : new Map(record.participations.map((part) => [part.endpointId, part.participantId]));
    call.flow.learn({
      end: { at: this.endedAt, reason },
      ...(record?.connectedAt !== undefined && { connectedAt: dating(record.connectedAt) }),
      ...(record !== undefined && { trunks: trunksOf(record) }),
    });
  }

  /** The lane of an endpoint in the flow record: its participant id. */
  laneOf(endpointId: string): string | undefined {
    return this.participantIds.get(endpointId);
  }
}

function trunksOf({ participations }: CallRecord): string[] {
  return [...new Set(participations.flatMap(({ line, connectedAt }) => (line?.trunk === undefined || connectedAt === undefined ? [] : [line.trunk])))];
}
