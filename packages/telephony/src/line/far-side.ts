import type { RtpLegRequest } from '@dialplane/media-api';
import type { InviteCommand } from '@dialplane/sip';

/** What a line has to know of whom it leads to: a trunk, by its quirks, or a SIP phone. */
export interface FarSide {
  /** Name of the trunk; absent for a SIP phone. */
  readonly trunk?: string;
  /** Username of the SIP phone; absent for a trunk. */
  readonly phone?: string;
  /** The number of ours that it sees, E.164: what is shown to whom it wants to be connected to (REFER). */
  readonly ownNumber?: string;
  /** How sound is offered to it, and what is taken of its offers. */
  readonly media: Omit<RtpLegRequest, 'kind' | 'offer'>;
  /** Who makes the tone that it hears while whom it calls is being rung: its own network (180), or we (183 with a description). */
  readonly ringback: 'theirs' | 'ours';
  /** Who makes the first offer of an outgoing line: we in the INVITE, or they in the response (RFC 3261 §13.2.1). */
  readonly offer: 'early' | 'delayed';
  /** How long an INVITE waits for a first response of any kind, in milliseconds; without it as long as RFC 3261 says. */
  readonly firstResponseMs?: number;
  /** Whether it takes REFER (RFC 3515). */
  readonly transfer: 'refer' | 'none';
  /** Whether it takes one with Replaces (RFC 3891). */
  readonly attendedTransfer: 'refer' | 'none';
}

/** One way to try. */
export interface LineAttempt {
  readonly far: FarSide;
  /** URI of that address of the trunk that is called; absent for one that the trunk has only named itself, and for SIP phones. */
  readonly address?: string;
  /** The INVITE, but for its description. */
  readonly invite: Omit<InviteCommand, 'kind' | 'sessionId' | 'description'>;
  /** The number that is shown, E.164. */
  readonly callerId?: string;
  /** Why this way, in a sentence. */
  readonly why: string;
}
