import type { CallOutput } from '@dialplane/call';
import { type EndpointEvent, passesBy } from '@dialplane/calling-api';

/** An event that goes to more clients than this is one line of the flow record. */
const maxLinesPerEvent = 8;

/**
 * Who hears of what in one turn: in a large call the same event goes to hundreds, and each of them would be a line. What passes
 * by (speakers, messages, keys, what is watched) is none at all.
 */
export class FanOuts {
  private readonly audiences = new Map<EndpointEvent['type'], number>();
  private readonly told = new Set<EndpointEvent['type']>();

  constructor(outputs: readonly CallOutput[]) {
    for (const output of outputs) if (output.kind === 'event') this.audiences.set(output.event.type, (this.audiences.get(output.event.type) ?? 0) + 1);
  }

  /** One client; or so many, said once; or nobody that is to be spoken of (again). */
  audienceOf(event: EndpointEvent): 'one' | number | undefined {
    const { type } = event;
    if (passesBy(event) || this.told.has(type)) return undefined;
    const count = this.audiences.get(type) ?? 0;
    if (count <= maxLinesPerEvent) return 'one';
    this.told.add(type);
    return count;
  }
}

/** What is worth a word of an event in the flow record. */
export function summaryOf(event: EndpointEvent): string | undefined {
  switch (event.type) {
    case 'callStateChanged':
      return event.endReason === undefined ? event.state : `${event.state} ${event.endReason.code}/${event.endReason.subCode}`;
    case 'incomingCall':
      return `from ${event.call.caller.displayName ?? event.call.caller.identifier}`.slice(0, 512);
    case 'mediaDescription':
      return `${event.description.type} ${event.description.revision}`;
    case 'mediaCandidates':
      return `${event.candidates.length} candidates`;
    case 'mediaSessionUpdated':
      return event.mediaSession.state;
    case 'participantsUpdated':
      return [...event.updated.map((one) => `${one.displayName ?? one.identifier} ${one.state}`), ...event.removed.map((one) => `${one.identifier} left`)].join(', ').slice(0, 512);
    case 'selfUpdated':
      return event.isMuted ? 'muted' : 'unmuted';
    case 'callModesChanged':
    case 'mediaModesChanged':
      return `audio ${event.modes.audio}, video ${event.modes.video}`;
    case 'reactionReceived':
      return event.reactionType;
    case 'transferChanged':
      return event.state;
    case 'transferRequested':
      return `to ${event.target}`;
    default:
      return undefined;
  }
}
