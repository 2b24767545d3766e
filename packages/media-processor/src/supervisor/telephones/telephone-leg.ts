import type { MediaCommand, RtpLegRequest } from '@dialplane/media-api';
import type { ProcessCommand } from '../../process-api/process-messages.ts';
import { TelephoneNegotiation, type TelephoneNegotiated, type TelephoneSurroundings } from './telephone-negotiation.ts';

/** What asks an RTP leg for a description, or brings one. */
export type TelephoneCommand = Extract<MediaCommand, { readonly kind: 'openLeg' | 'describe' | 'offer' }>;

export type TelephoneOutcome = { readonly command: TelephoneCommand; readonly negotiated: TelephoneNegotiated };

/** Commands that wait, for ports or for the media process to know the leg: more than anybody sends in the milliseconds that takes. */
const mostWaiting = 16;

/** opening (commands wait) ──ports are there──▶ open */
type TelephoneLegState =
  | { readonly kind: 'opening'; readonly waiting: readonly TelephoneCommand[] }
  | { readonly kind: 'open'; readonly negotiation: TelephoneNegotiation };

/** An RTP leg, as far as it is described: descriptions name ports, so all wait until a media process has opened them. */
export class TelephoneLeg {
  private readonly request: RtpLegRequest;
  private state: TelephoneLegState = { kind: 'opening', waiting: [] };
  /** What is for the media process, until that knows the leg. */
  private held: ProcessCommand[] | undefined = [];
  constructor(request: RtpLegRequest) {
    this.request = request;
  }

  /** @returns whether the command is kept until the media process knows the leg. */
  holds(command: ProcessCommand): boolean {
    if (this.held === undefined) return false;
    if (this.held.length < mostWaiting) this.held.push(command);
    return true;
  }

  /** The media process knows the leg. @returns what was kept for it, in order. */
  release(): readonly ProcessCommand[] {
    const held = this.held ?? [];
    this.held = undefined;
    return held;
  }

  /** @returns what comes of the command; nothing while there are no ports. */
  handle(command: TelephoneCommand): readonly TelephoneOutcome[] {
    const { state } = this;
    if (state.kind === 'open') return [{ command, negotiated: negotiate(state.negotiation, command) }];
    if (state.waiting.length >= mostWaiting) {
      return [{ command, negotiated: { kind: 'refused', reason: 'MEDIA_PROCESSOR_UNAVAILABLE', sentence: 'The leg has no ports yet, and much waits for them already.' } }];
    }
    this.state = { kind: 'opening', waiting: [...state.waiting, command] };
    return [];
  }

  /** Ports are there. @returns what comes of the commands that waited, in order. */
  open(surroundings: TelephoneSurroundings): readonly TelephoneOutcome[] {
    if (this.state.kind === 'open') return [];
    const { waiting } = this.state;
    const negotiation = new TelephoneNegotiation(this.request, surroundings);
    this.state = { kind: 'open', negotiation };
    return waiting.map((command) => ({ command, negotiated: negotiate(negotiation, command) }));
  }
}

/** A leg that is opened with the other side's offer answers it; one that is opened without one offers. */
function negotiate(negotiation: TelephoneNegotiation, command: TelephoneCommand): TelephoneNegotiated {
  switch (command.kind) {
    case 'describe':
      return negotiation.handle(command.description);
    case 'offer':
      return negotiation.offer(command.direction);
    default:
      return command.request.offer === undefined ? negotiation.offer() : negotiation.handle(command.request.offer);
  }
}
