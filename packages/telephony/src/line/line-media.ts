import type { MediaDescription } from '@dialplane/calling-api';
import type { MediaCommand, MediaDirection, MediaEvent, MediaFailure, RtpLegRequest } from '@dialplane/media-api';

/** Where a line's leg is; the owner of the call names both. */
export interface LegPlace {
  readonly conferenceId: string;
  readonly legId: string;
}

/** Who the leg belongs to and on what terms it is opened. */
export interface LegTerms extends Omit<RtpLegRequest, 'kind' | 'offer'> {
  /** Raw identifier of the participant. */
  readonly identifier: string;
}

/** What comes of the leg. Descriptions are SDP, for the peer. */
export type LegNews =
  | { readonly kind: 'offer'; readonly sdp: string }
  | { readonly kind: 'answer'; readonly sdp: string }
  /** The description that was asked for does not come. What was agreed before stays. */
  | { readonly kind: 'refused'; readonly reason: MediaFailure; readonly sentence?: string };

/**
 * How far the leg is:
 *
 * ```
 * absent ─▶ asked ─▶ offering ─▶ agreed ◀─▶ asked
 *             └───── (answer) ─────▲
 * ```
 */
type LegState =
  | { readonly kind: 'absent' }
  /** A description of the leg has been asked for: an offer, or the answer to the peer's. */
  | { readonly kind: 'asked'; readonly place: LegPlace }
  /** Our offer is with the peer. */
  | { readonly kind: 'offering'; readonly place: LegPlace }
  | { readonly kind: 'agreed'; readonly place: LegPlace };

/** The leg of one line in the media processor: opened, described by one side after the other (RFC 3264), closed. */
export class LineMedia {
  private state: LegState = { kind: 'absent' };
  /** Of the peer's last description, and of our last offer. */
  private revision = 0;
  private offered = 0;
  /** Our last description in the session, with which a leg in another place goes on. */
  private lastDescription: string | undefined;
  /** The leg of which both descriptions were there once. */
  private agreedAt: string | undefined;
  private readonly command: (command: MediaCommand) => void;

  constructor(command: (command: MediaCommand) => void) {
    this.command = command;
  }

  /** Where it is, while there is one. */
  get place(): LegPlace | undefined {
    return this.state.kind === 'absent' ? undefined : this.state.place;
  }

  /** Whether both sides have described themselves and nothing else is under way. */
  get isAgreed(): boolean {
    return this.state.kind === 'agreed';
  }

  /** Whether there is something agreed that stands while another offer is made. */
  get wasAgreed(): boolean {
    return this.agreedAt !== undefined && this.agreedAt === this.place?.legId;
  }

  /** Whether an event is about this leg. */
  owns(event: MediaEvent): boolean {
    const { place } = this;
    return place !== undefined && 'legId' in event && event.conferenceId === place.conferenceId && event.legId === place.legId;
  }

  /** Opens it with the peer's offer, whose answer follows; without one our own offer follows. One that was open is closed. */
  open(place: LegPlace, { identifier, ...terms }: LegTerms, offer?: string): void {
    const continues = this.wasAgreed ? this.lastDescription : undefined;
    this.close();
    this.state = { kind: 'asked', place };
    this.revision = 0;
    const description = offer === undefined ? undefined : this.describedBy('offer', offer);
    this.command({
      kind: 'openLeg', ...place, identifier, isMuted: false,
      request: { kind: 'rtp', ...terms, ...(description !== undefined && { offer: description }), ...(continues !== undefined && { continues }) },
    });
  }

  /** Takes the peer's answer; later ones to the same offer (another branch of a forked INVITE, RFC 3261 §13.2.2.4) replace it. */
  takeAnswer(sdp: string): void {
    if (this.state.kind !== 'offering' && this.state.kind !== 'agreed') return;
    const { place } = this.state;
    this.agree(place);
    this.command({ kind: 'describe', ...place, description: this.describedBy('answer', sdp, this.offered) });
  }

  /** Has the peer's new offer answered. */
  takeOffer(sdp: string): void {
    if (this.state.kind === 'absent') return;
    const { place } = this.state;
    this.state = { kind: 'asked', place };
    this.command({ kind: 'describe', ...place, description: this.describedBy('offer', sdp) });
  }

  /** Asks for a new offer of ours in an agreed leg: hold, or what a re-INVITE without offer wants (RFC 3261 §14.2). */
  offerAnew(direction: MediaDirection): void {
    if (this.state.kind !== 'agreed') return;
    const { place } = this.state;
    this.state = { kind: 'asked', place };
    this.command({ kind: 'offer', ...place, direction });
  }

  /** Our offer was refused by the peer: what was agreed before stays (RFC 3264 §8). */
  withdrawOffer(): void {
    if (this.state.kind !== 'absent') this.state = { kind: 'agreed', place: this.state.place };
  }

  close(): void {
    const { place } = this;
    this.state = { kind: 'absent' };
    if (place !== undefined) this.command({ kind: 'closeLeg', ...place });
  }

  /** What an event about this leg means for the session; `undefined` for those that are the owner's alone. */
  handle(event: MediaEvent): LegNews | undefined {
    const { state } = this;
    if (state.kind === 'absent') return undefined;
    if (event.kind === 'legDescribed') return state.kind === 'asked' ? this.described(state.place, event.description) : undefined;
    const isRefusal = event.kind === 'commandFailed' && (event.command === 'openLeg' || event.command === 'describe' || event.command === 'offer');
    if (!isRefusal) return undefined;
    this.fallBack(event.command === 'openLeg' ? undefined : state.place);
    return { kind: 'refused', reason: event.reason, ...(event.sentence !== undefined && { sentence: event.sentence }) };
  }

  /** What was asked for has not come in time. */
  giveUp(): LegNews {
    const { place } = this;
    if (this.wasAgreed) this.fallBack(place);
    else this.close();
    return { kind: 'refused', reason: 'MEDIA_PROCESSOR_UNAVAILABLE', sentence: 'The media processor did not describe the leg of the telephone in time.' };
  }

  /** To what was agreed before, if anything. */
  private fallBack(place: LegPlace | undefined): void {
    this.state = place === undefined ? { kind: 'absent' } : { kind: 'agreed', place };
  }

  private described(place: LegPlace, { type, sdp, revision }: MediaDescription): LegNews {
    this.lastDescription = sdp;
    if (type === 'answer') this.agree(place);
    else {
      this.state = { kind: 'offering', place };
      this.offered = revision;
    }
    return { kind: type, sdp };
  }

  private agree(place: LegPlace): void {
    this.state = { kind: 'agreed', place };
    this.agreedAt = place.legId;
  }

  private describedBy(type: 'offer' | 'answer', sdp: string, answers?: number): MediaDescription {
    this.revision += 1;
    return { type, sdp, revision: this.revision, ...(answers !== undefined && { answers }), streams: [] };
  }
}
