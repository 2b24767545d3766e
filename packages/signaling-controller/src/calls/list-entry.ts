import type { CallKind, CallListEntry, FlowLane } from '@dialplane/calling-api';
import { concludeCall, type CallFacts } from './call-facts.ts';
import type { CallAbout } from './running-call.ts';

/** What the people who read of a call are told. */
export interface CallOutline {
  readonly about: CallAbout;
  readonly kind: CallKind;
  readonly lanes: readonly FlowLane[];
  readonly parties: Iterable<string>;
  readonly facts: CallFacts;
}

/** A call as an element of a list. @param now wall-clock milliseconds. */
export function listEntry({ about, kind, lanes, parties, facts }: CallOutline, now: number): CallListEntry {
  const names = new Map(lanes.flatMap(({ identifier, displayName }) => (identifier === undefined || displayName === undefined ? [] : [[identifier, displayName] as const])));
  const { end } = facts;
  return {
    callId: about.callId,
    callType: kind === 'oneToOne' ? 'P2P' : 'Group',
    startedAt: new Date(about.startedAt).toISOString(),
    ...(end !== undefined && { endedAt: new Date(end.at).toISOString(), resultCategory: end.reason.category }),
    caller: about.caller,
    participants: [...parties].map((identifier) => {
      const displayName = names.get(identifier);
      return displayName === undefined ? { identifier } : { identifier, displayName };
    }),
    conclusion: concludeCall(facts, (identifier) => names.get(identifier) ?? identifier.replace(/^4:/, ''), now),
    ...(facts.roomId !== undefined && { roomId: facts.roomId }),
  };
}
