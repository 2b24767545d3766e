import type { Redirection } from '@dialplane/calling-api';
import type { MediaCommand } from '@dialplane/media-api';
import { addMilliseconds, Deadlines, type Instant } from '@dialplane/sansio';
import type { SessionCommand } from '@dialplane/sip';
import type { LineEnd, LineEvent } from '@dialplane/telephony-api';
import type { CallFailure } from '../trunks/call-failures.ts';
import type { FarSide } from './far-side.ts';
import { LineMedia, type LegPlace } from './line-media.ts';
import type { LineState } from './line-state.ts';

/** What a line wants done. */
export type LineOutput =
  | { readonly kind: 'tell'; readonly event: LineEvent }
  | { readonly kind: 'media'; readonly command: MediaCommand }
  /** Whom it calls has redirected it: where may it go now? Answered by `redirection`. */
  | { readonly kind: 'redirected'; readonly far: FarSide; readonly contacts: readonly string[]; readonly reason: Redirection['reason'] }
  /** An address of a trunk was called, and the call got through, or not. */
  | TrunkCalled
  /** For one of its sessions: each attempt has its own. */
  | { readonly kind: 'session'; readonly command: SessionCommand };

export interface TrunkCalled {
  readonly kind: 'trunkCalled';
  readonly trunk: string;
  /** As the attempt had it. */
  readonly address: string;
  /** `heard`: the call got as far as whom it was for. */
  readonly outcome: { readonly kind: 'heard' } | CallFailure;
}

/** How long a line waits, in milliseconds. */
export interface LineTimes {
  /** For a description of the media processor. */
  readonly describeMs: number;
  /** For a word of whom was called (beyond 100), while there is somebody else to try. */
  readonly progressMs: number;
  /** After nothing more is heard of the peer, until it is asked whether it is still there. */
  readonly silenceMs: number;
}

export const lineTimes: LineTimes = { describeMs: 10_000, progressMs: 10_000, silenceMs: 20_000 };

export interface LineOptions {
  readonly lineId: string;
  /** Raw identifier of the participant that the telephone is. */
  readonly identifier: string;
  readonly times?: LineTimes;
}

type LineDeadline = 'description' | 'progress' | 'silence';
type WithoutSession<Command> = Command extends SessionCommand ? Omit<Command, 'sessionId'> : never;

/**
 * One line at work: its state, its leg, and what the input being handled has had as outputs so far. The modules beside this file (`outgoing`, `incoming`,
 * `negotiation`, `transfers`) change it.
 */
export class LiveLine {
  readonly options: LineOptions;
  readonly times: LineTimes;
  readonly deadlines = new Deadlines<LineDeadline>();
  readonly media: LineMedia;
  readonly outputs: LineOutput[] = [];
  state: LineState;
  /** Where the owner wants the leg. */
  place: LegPlace | undefined;
  /** Of the attempt, or of the dialog. */
  sessionId: string;
  /** The REFER that the owner has yet to answer finally. */
  referId: string | undefined;
  /** Keys that are sent by INFO, the one that is under way first. */
  keys = '';
  /** Request-URIs that were called: a redirection to one of them goes round in a circle. */
  readonly called = new Set<string>();
  redirections = 0;
  #attempts = 0;

  constructor(options: LineOptions, state: LineState, place: LegPlace | undefined) {
    this.options = options;
    this.times = options.times ?? lineTimes;
    this.state = state;
    this.place = place;
    this.sessionId = options.lineId;
    this.media = new LineMedia((command) => this.outputs.push({ kind: 'media', command }));
  }

  /** The next attempt has a session of its own: what still comes of the one before is not heard. */
  renewSession(): void {
    this.#attempts += 1;
    this.sessionId = `${this.options.lineId}/${this.#attempts}`;
  }

  arm(key: LineDeadline, milliseconds: number, now: Instant): void {
    this.deadlines.set(key, addMilliseconds(now, milliseconds));
  }

  tell(event: LineEvent): void {
    this.outputs.push({ kind: 'tell', event });
  }

  session(command: WithoutSession<SessionCommand>): void {
    this.outputs.push({ kind: 'session', command: { ...command, sessionId: this.sessionId } as SessionCommand });
  }

  openLeg(far: FarSide, now: Instant, offer?: string): void {
    if (this.place === undefined) return;
    this.media.open(this.place, { ...far.media, identifier: this.options.identifier }, offer);
    this.arm('description', this.times.describeMs, now);
  }

  /** The line is over: its leg is closed and the owner told, once. The session ends by itself or has been told to. */
  end(end: LineEnd): void {
    if (this.state.kind === 'over') return;
    this.state = { kind: 'over' };
    this.media.close();
    for (const [key] of this.deadlines.list()) this.deadlines.clear(key);
    this.tell({ kind: 'ended', lineId: this.options.lineId, end });
  }

  /** Likewise where the session goes on so far. @param reason The value of a Reason header (RFC 3326). */
  hangUp(end: LineEnd, reason?: string): void {
    if (this.state.kind === 'over') return;
    this.session({ kind: 'end', ...(reason !== undefined && { reason }) });
    this.end(end);
  }
}
